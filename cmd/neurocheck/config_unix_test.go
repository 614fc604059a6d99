//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"neurocheck/internal/downtime"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// Settings that are put in force while no program of the ward runs leave no downtime sheets in
// the folder before, and a file that other users may read stays readable for them.
func TestApplyWithoutAnotherProgram(t *testing.T) {
	t.Parallel()
	env, dir := home(t), t.TempDir()
	log, file, before := filepath.Join(dir, "ward.db"), filepath.Join(dir, "site.toml"), filepath.Join(dir, "before")
	staffedWard(t, env, log)
	env = append(env, "NEUROCHECK_DB="+log, "NEUROCHECK_CONFIG="+file, "NEUROCHECK_PIN="+thePIN)
	apply := func(folder string) {
		t.Helper()
		next := filepath.Join(dir, "next.toml")
		if err := os.WriteFile(next, fmt.Appendf(nil, "[downtime]\nfolder = %q\n", folder), 0o600); err != nil {
			t.Fatal(err)
		}
		run(t, env, "config", "apply", next, "--by", "Kim Adler")
	}
	apply(before)
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), log)
	if err != nil {
		t.Fatal(err)
	}
	site := ward.DefaultSite()
	site.DowntimeFolder = before
	k := downtime.Keeper{Store: s, Site: &site}
	if err := k.Update(t.Context(), clockStart()); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if sheets := filesIn(t, log, before); len(sheets) != 2 {
		t.Fatalf("there are %v", sheets)
	}
	alias := filepath.Join(dir, "alias")
	if err := os.Symlink(before, alias); err != nil {
		t.Skip(err) // on a system without links
	}
	apply(alias)
	if sheets := filesIn(t, log, before); len(sheets) != 2 {
		t.Errorf("by another name the folder has %v", sheets)
	}
	apply(filepath.Join(dir, "after"))
	if sheets := filesIn(t, log, before); len(sheets) > 0 {
		t.Errorf("the folder before has %v", sheets)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("the settings file is %v, %v", info.Mode(), err)
	}
}
