//go:build unix

package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// unprivileged runs the program as another user if the test runs as root, because
// permissions do not hold for root.
type unprivileged struct {
	t       *testing.T
	dir     string // theirs
	program string
	env     []string
}

const unprivilegedID = 65534

func newUnprivileged(t *testing.T) *unprivileged {
	t.Helper()
	dir, err := os.MkdirTemp("", "neurocheck-nobody-") // t.TempDir's parent is not for others to enter
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = filepath.WalkDir(dir, func(path string, _ fs.DirEntry, _ error) error { return os.Chmod(path, 0o700) })
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	n := &unprivileged{t: t, dir: dir, program: filepath.Join(dir, "neurocheck")}
	n.env = append([]string{"HOME=" + dir, "PATH=" + os.Getenv("PATH"), "TERM=xterm-256color", "LANG=C.UTF-8", "TMPDIR=" + dir}, clockEnv()...)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	writeProgram(t, n.program, content)
	n.owns(n.program)
	n.owns(dir)
	return n
}

func (n *unprivileged) owns(path string) {
	n.t.Helper()
	if os.Getuid() != 0 {
		return
	}
	if err := os.Chown(path, unprivilegedID, unprivilegedID); err != nil {
		n.t.Fatal(err)
	}
}

func (n *unprivileged) command(args ...string) *exec.Cmd {
	cmd := exec.Command(n.program, args...)
	cmd.Env, cmd.Dir = n.env, n.dir
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: unprivilegedID, Gid: unprivilegedID}}
	}
	return cmd
}

// does runs a command and wants this exit status and these words.
func (n *unprivileged) does(status int, says string, args ...string) {
	n.t.Helper()
	cmd := n.command(args...)
	out, err := cmd.CombinedOutput()
	if got := cmd.ProcessState.ExitCode(); got != status || !strings.Contains(string(out), says) {
		n.t.Errorf("neurocheck %s: %v, not exit status %d that says %q:\n%s", strings.Join(args, " "), err, status, says, out)
	}
}

// screens opens the screens, and waits for these words.
func (n *unprivileged) screens(words string, args ...string) *terminal {
	n.t.Helper()
	term := commandInTerminal(n.t, n.command(args...), 200, 24)
	term.see(words)
	return term
}

// A log that cannot be written can be read, and a command that writes gives the reason.
func TestReadOnlyFileAndFolder(t *testing.T) {
	t.Parallel()
	course, err := os.ReadFile("../../testdata/made-up-week.csv")
	if err != nil {
		t.Fatal(err)
	}
	user := newUnprivileged(t)
	csv := filepath.Join(user.dir, "week.csv")
	if err := os.WriteFile(csv, course, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]struct{ file, folder fs.FileMode }{
		"file":   {0o400, 0o700},
		"folder": {0o600, 0o500},
		"both":   {0o400, 0o500},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := *user
			n.t = t
			folder := filepath.Join(n.dir, name)
			log := filepath.Join(folder, "log.db")
			n.does(0, "admitted", "import", "--db", log, csv)
			before, err := os.ReadFile(log)
			if err != nil {
				t.Fatal(err)
			}
			for path, mode := range map[string]fs.FileMode{log: mode.file, folder: mode.folder} {
				if err := os.Chmod(path, mode); err != nil {
					t.Fatal(err)
				}
			}

			n.does(0, "the record is whole", "verify", "--db", log)
			n.does(0, "week-a1", "export", "--db", log)
			n.does(0, "HANDOVER", "handover", "--db", log)
			n.does(1, "cannot write to "+log+" or its folder", "import", "--db", log, csv)
			n.does(0, "15 were there already", "import", "--dry-run", "--db", log, csv) // on a copy
			if status := n.screens("cannot write to "+log+" or its folder", "--db", log).leaves(); status != 1 {
				t.Errorf("the screens ended with %d", status)
			}
			if status := n.screens("READ-ONLY", "--db", log, "--read-only").quitsAfter("Quit neurocheck?"); status != 0 {
				t.Errorf("the screens ended with %d", status)
			}
			if mode.folder == 0o500 {
				n.does(1, "permission denied", "import", "--db", filepath.Join(folder, "new.db"), csv)
				n.does(1, "permission denied", "export", "--db", log, "--output", filepath.Join(folder, "out.csv"))
			}
			if now, err := os.ReadFile(log); err != nil || !bytes.Equal(now, before) {
				t.Errorf("the log was changed (%v)", err)
			}
		})
	}
}

// A log that may not be read is named.
func TestAFileThatMayNotBeRead(t *testing.T) {
	t.Parallel()
	n := newUnprivileged(t)
	log := filepath.Join(n.dir, "log.db")
	if err := os.WriteFile(log, []byte("somebody else's"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(log, 0); err != nil {
		t.Fatal(err)
	}
	n.does(1, "cannot open "+log+"; see to its permissions", "verify", "--db", log)
	csv := filepath.Join(n.dir, "checks.csv")
	if err := os.WriteFile(csv, []byte("mrn,performed_at,tool\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	n.does(1, "cannot open "+log, "import", "--db", log, csv)
}

// Settings in a folder of root, as the package has them, are not applied by the user of the
// ward, and the words name the other way.
func TestSettingsOfAnotherUser(t *testing.T) {
	t.Parallel()
	n := newUnprivileged(t)
	log, folder, next := filepath.Join(n.dir, "log.db"), filepath.Join(n.dir, "etc"), filepath.Join(n.dir, "next.toml")
	if err := errors.Join(os.Mkdir(folder, 0o500), os.WriteFile(next, []byte("[backup]\nkeep = 3\n"), 0o644)); err != nil {
		t.Fatal(err)
	}
	csv := filepath.Join(n.dir, "checks.csv")
	if err := os.WriteFile(csv, rowsOfChecks(1), 0o644); err != nil {
		t.Fatal(err)
	}
	n.does(0, "", "import", "--db", log, csv)
	n.does(1, "permission denied; who may write it edits the file itself", "config", "apply", next, "--db", log, "--config", filepath.Join(folder, "site.toml"))
}
