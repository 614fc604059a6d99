//go:build unix

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"neurocheck/internal/store"
)

// filesIn lists the files below some folders but those of the log itself.
func filesIn(t *testing.T, log string, folders ...string) (list []string) {
	t.Helper()
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && !strings.HasPrefix(path, log) {
				list = append(list, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(list)
	return list
}

// At a workstation ctrl+p shows the command of a file, with a word that works once. The
// audit names the member and the seat, and the server gets no file.
func TestFilesOfAWorkstation(t *testing.T) {
	t.Parallel()
	s := newSSHServer(t)
	desk := s.key("Desk 2", "", "")
	other := s.key("Desk 3", "", "")
	s.start()
	here, err := os.Getwd() // of the server, too
	if err != nil {
		t.Fatal(err)
	}
	folders := []string{s.dir, filepath.Dir(s.log), here}
	for _, e := range s.env {
		if home, ok := strings.CutPrefix(e, "HOME="); ok {
			folders = append(folders, home)
		}
	}
	term := s.signs(desk, "m", "a", "r")
	term.see("12 on the ward")
	before := filesIn(t, s.log, folders...)

	// word opens the dialog on the board, chooses a file, and returns the word for it.
	word := func(choice, command string) string {
		t.Helper()
		term.press("\x10") // ctrl+p
		term.see("A FILE of Haematology 4 (demo)")
		term.answers(choice)
		term.see("a file would be written there", "ssh -p "+s.port+" ward.example "+command)
		word := term.reads(`--once ([A-Z2-7]{8})`)
		term.answers("0")
		term.see("12 on the ward")
		return word
	}
	for choice, file := range map[string][2]string{
		"3": {"board --json", `{"ok":true,"command":"board"`}, "4": {"handover", "HANDOVER"},
		"5": {"report --ward", "<!DOCTYPE html>"}, "6": {"export", "check_id,"},
	} {
		once := append(strings.Fields(file[0]), "--once", word(choice, file[0]))
		if out, _, exit := s.ssh([]string{other}, once...); exit != 5 || out != "" {
			t.Errorf("%s at another seat: %d", file[0], exit)
		}
		out, words, exit := s.ssh([]string{desk}, once...)
		if exit != 0 && exit != attentionExit || !strings.Contains(out, file[1]) {
			t.Errorf("%s: %d, %.100q, %s", file[0], exit, out, words)
		}
		if out, _, exit := s.ssh([]string{desk}, once...); exit != 5 || out != "" {
			t.Errorf("%s a second time: %d", file[0], exit)
		}
	}
	trail := run(t, s.env, "audit", "--by", "Grace Lin", "--person", "Maria Santos")
	for _, want := range []string{"read the patient: board (at the seat Desk 2)", "read the handover (at the seat Desk 2)",
		"made a report: ward (at the seat Desk 2)", "exported: csv ("} {
		if !strings.Contains(trail, want) {
			t.Errorf("the audit lacks %q:\n%s", want, trail)
		}
	}
	if strings.Contains(trail, "Desk 3") {
		t.Errorf("a word worked at another seat:\n%s", trail)
	}

	// The screens that write files at a terminal show the command, and write none.
	term.types("h")
	term.see("HANDOVER")
	term.see("more lines") // it has been read: before, ctrl+p asks which file
	term.press("\x10")     // ctrl+p
	term.see("ward.example handover --once ")
	term.answers("0")
	term.esc("12 on the ward")
	term.commands("export")
	term.see("ward.example export --once ")
	term.answers("0")
	term.see("12 on the ward")
	term.quits()
	for _, file := range filesIn(t, s.log, folders...) {
		if !slices.Contains(before, file) {
			t.Errorf("the server got the file %s", file)
		}
	}
}

// Settings that an administrator puts in force are those of a seat that is open, and of the
// log that it saves into. The screen of the settings names their file.
func TestSettingsOfASeat(t *testing.T) {
	t.Parallel()
	s := newSSHServer(t)
	file := filepath.Join(s.dir, "site.toml")
	s.env = append(s.env, "NEUROCHECK_CONFIG="+file)
	write := func(path, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(file, "[intervals]\nnone = \"12h\"\n")
	desk, maria := s.key("Desk 2", "", ""), []string{s.key("maria", "Maria Santos", "")}
	s.start()
	term := s.signs(desk, "g", "r", "a")
	term.see("12 on the ward")
	term.finds("Yael")
	term.see("LEVI, Yael", "every 12 h")
	next := filepath.Join(s.dir, "next.toml")
	write(next, "[intervals]\nnone = \"6h\"\n")
	run(t, s.env, "config", "apply", next, "--by", "Grace Lin")
	term.see("LEVI, Yael", "every 6 h")
	term.commands("settings")
	term.see("SETTINGS", "and what this file sets", "site.toml")
	term.esc("LEVI, Yael")

	// A command of a client opens the ward, too: a file that was edited is recorded, and no
	// command goes by other settings than the screens.
	write(file, "[intervals]\nnone = \"7h\"\n")
	if _, words, exit := s.ssh(maria, "board"); exit != 0 {
		t.Fatalf("exit status %d: %s", exit, words)
	}
	term.see("LEVI, Yael", "every 7 h")
	write(file, "[intervals]\nnone = 7\n")
	if _, words, exit := s.ssh(maria, "board"); exit != 0 || !strings.Contains(words, "SETTINGS ERROR, site.toml line 2") {
		t.Errorf("exit status %d: %s", exit, words)
	}
	term.quits()
}

// A program that was begun without a settings file finds the one that an administrator puts in
// force later.
func TestTheFirstSettingsFileIsFound(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", dir)
	t.Setenv("NEUROCHECK_CONFIG", "")
	log := filepath.Join(dir, "ward.db")
	staffedWard(t, home(t), log)
	s, err := store.OpenReadOnly(t.Context(), log)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	read := settingsReader(&cobra.Command{}, s)
	keeps := func(want int) {
		t.Helper()
		settings, err := read(t.Context())
		if err != nil || settings.Site.Backups.Keep != want {
			t.Errorf("%d copies are kept, not %d: %v", settings.Site.Backups.Keep, want, err)
		}
	}
	keeps(7)
	place := filepath.Join(dir, "neurocheck")
	if err := os.MkdirAll(place, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(place, "site.toml"), []byte("[backup]\nkeep = 3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	keeps(3)
}
