package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"filippo.io/age"
	"golang.org/x/sys/unix"
)

// watched tells when something new lies in a folder.
func watched(t *testing.T, folder string) *os.File {
	t.Helper()
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		t.Fatal(err)
	}
	events := os.NewFile(uintptr(fd), "inotify")
	if _, err := unix.InotifyAddWatch(fd, folder, unix.IN_CREATE); err != nil {
		t.Fatal(err)
	}
	if err := events.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return events
}

// ended returns the way in which a program ended that was asked to leave.
func ended(t *testing.T, cmd *exec.Cmd) (status int, said string) {
	t.Helper()
	err := cmd.Wait()
	if _, exit := errors.AsType[*exec.ExitError](err); err != nil && !exit {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), cmd.Stderr.(*bytes.Buffer).String()
}

// A backup that is stopped as soon as its first file exists leaves nothing, plain or
// encrypted. If the program ends before it is stopped, the backup is whole, and the
// test tries again.
func TestAStoppedBackupLeavesNothing(t *testing.T) {
	t.Parallel()
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		signal os.Signal
		flags  []string
	}{
		"plain, ctrl+c":          {os.Interrupt, nil},
		"plain, closed terminal": {syscall.SIGHUP, nil},
		"encrypted, ctrl+c":      {os.Interrupt, []string{"-r", key.Recipient().String()}},
		"encrypted, terminated":  {syscall.SIGTERM, []string{"-r", key.Recipient().String()}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := home(t)
			beside, target := t.TempDir(), t.TempDir()
			log := filepath.Join(beside, "ward.db")
			demoLog(t, log)
			path := filepath.Join(target, "copy")
			for range 100 {
				first := watched(t, target)
				cmd := exec.Command("neurocheck", append([]string{"backup", "--db", log, path}, c.flags...)...)
				cmd.Env, cmd.Stderr = env, new(bytes.Buffer)
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				if _, err := first.Read(make([]byte, 4096)); err != nil {
					t.Fatal(err)
				}
				first.Close()
				if err := cmd.Process.Signal(c.signal); err != nil {
					t.Fatal(err)
				}
				status, said := ended(t, cmd)
				if left := names(t, beside); left != "ward.db ward.db-queue" {
					t.Errorf("beside the log: %s", left)
				}
				if status != 0 {
					if left := names(t, target); status != 1 || said != "neurocheck: stopped\n" || left != "" {
						t.Errorf("status %d, said %q, left %s", status, said, left)
					}
					return
				}
				if left := names(t, target); left != "copy" {
					t.Errorf("left %s", left)
				}
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
			}
			t.Error("the program was never stopped in time")
		})
	}
}

// A restore that waits for the rest of its backup is stopped.
func TestAStoppedRestoreLeavesNothing(t *testing.T) {
	t.Parallel()
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(signal.String(), func(t *testing.T) {
			folder := t.TempDir()
			cmd := exec.Command("neurocheck", "restore", "-", "--db", filepath.Join(folder, "new", "ward.db"))
			cmd.Env, cmd.Stderr = home(t), new(bytes.Buffer)
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			// More than a pipe holds: when it is all written, the program is at it.
			if _, err := io.WriteString(in, "SQLite format 3\x00"+strings.Repeat("x", 1<<20)); err != nil {
				t.Fatal(err)
			}
			if left := names(t, folder); !strings.HasPrefix(left, ".neurocheck-") {
				t.Errorf("it is not at it: there is %q", left)
			}
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if status, said := ended(t, cmd); status != 1 || said != "neurocheck: stopped\n" {
				t.Errorf("status %d, said %q", status, said)
			}
			if left := names(t, folder); left != "" {
				t.Errorf("left %s", left)
			}
		})
	}
}
