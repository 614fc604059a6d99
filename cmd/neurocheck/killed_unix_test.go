//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Programs that are killed while they export, back up or restore leave nothing behind
// that the next start does not sweep, wherever the file was going (cases.md C16), and
// others cannot read it meanwhile.
func TestTheNextStartSweepsWhatAKilledOneLeft(t *testing.T) {
	t.Parallel()
	folder, out := t.TempDir(), t.TempDir()
	env := home(t)
	log := filepath.Join(folder, "ward.db")
	run(t, env, "demo", "--write", log, "--checks", "8000")
	copied := filepath.Join(folder, "copy.db")
	run(t, env, "backup", "--db", log, copied)
	key := filepath.Join(folder, "public.txt")
	if err := os.WriteFile(key, []byte("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"export":           {"export", "--db", log, "-o", filepath.Join(out, "checks.csv")},
		"backup":           {"backup", "--db", log, filepath.Join(out, "ward.db")},
		"encrypted backup": {"backup", "--db", log, "-R", key, filepath.Join(out, "ward.age")},
		"restore":          {"restore", copied, "--db", filepath.Join(out, "new.db")},
		"try a restore":    {"restore", "--dry-run", copied, "--db", filepath.Join(folder, "other.db")},
	} {
		killedWithATemporaryFile(t, env, name, []string{folder, out}, args...)
	}
	run(t, env, "board", "--db", log)
	run(t, env, "restore", "--dry-run", copied, "--db", filepath.Join(out, "new.db"))
	for _, in := range []string{folder, out} {
		if left := names(t, in); strings.Contains(left, ".neurocheck-") {
			t.Errorf("left: %s", left)
		}
	}
	if left := names(t, out); left != "" {
		t.Errorf("left where files were going: %s", left)
	}
}

// killedWithATemporaryFile runs a command and kills it as soon as it has an unfinished
// file.
func killedWithATemporaryFile(t *testing.T, env []string, name string, folders []string, args ...string) {
	t.Helper()
	for range 20 {
		before := unfinished(folders)
		cmd := exec.Command("neurocheck", args...)
		cmd.Env = env
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		found := ""
		for found == "" && len(ended) == 0 {
			for _, path := range unfinished(folders) {
				if !slices.Contains(before, path) {
					found = path
				}
			}
			time.Sleep(100 * time.Microsecond)
		}
		_ = cmd.Process.Signal(syscall.SIGKILL)
		<-ended
		if info, err := os.Lstat(found); err == nil {
			if info.Mode().Perm()&0o077 != 0 {
				t.Errorf("%s: others may read the unfinished file: %v", name, info.Mode())
			}
			return
		}
		_ = os.Remove(args[len(args)-1]) // it was quicker
	}
	t.Errorf("%s: it was never killed in time", name)
}

func unfinished(folders []string) (paths []string) {
	for _, folder := range folders {
		all, _ := filepath.Glob(filepath.Join(folder, ".neurocheck-*"))
		paths = append(paths, all...)
	}
	return paths
}

// A log is as it was before an import that was killed while it wrote, and the same import
// runs then.
func TestAnImportThatIsKilled(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	env := home(t)
	log, file, few := filepath.Join(folder, "ward.db"), filepath.Join(folder, "all.csv"), filepath.Join(folder, "few.csv")
	for name, rows := range map[string]int{file: 6000, few: 19} {
		if err := os.WriteFile(name, rowsOfChecks(rows), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run(t, env, "import", few, "--db", log)
	before := run(t, env, "verify", "--db", log)
	killed := 0
	for range 3 {
		cmd := exec.Command("neurocheck", "import", file, "--db", log)
		cmd.Env = env
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		for writing := false; !writing && len(ended) == 0; time.Sleep(time.Millisecond) {
			info, err := os.Stat(log + "-wal")
			writing = err == nil && info.Size() > 64<<10
		}
		_ = cmd.Process.Signal(syscall.SIGKILL)
		if err := <-ended; err == nil {
			break // it was faster
		}
		killed++
		if after := run(t, env, "verify", "--db", log); after != before {
			t.Fatalf("before: %s\nafter: %s", before, after)
		}
	}
	if killed == 0 {
		t.Fatal("no import was killed while it wrote")
	}
	if said := run(t, env, "import", file, "--db", log); !strings.Contains(said, "19 were there already") {
		t.Error(said)
	}
}
