//go:build unix

package main

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A hang-up is ignored by a program that inherits that, as one under nohup does. The tests
// send it, so that they must not inherit it: a signal that is caught is reset in the
// programs that they start.
func init() {
	if signal.Ignored(syscall.SIGHUP) {
		signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	}
}

// soon is the longest time from a signal to the end of the program, with a margin for a
// busy machine over the two seconds that are promised.
const soon = 4 * time.Second

// INT, TERM and HUP end every command, also one that waits for input which never comes,
// or for a log that a stopped program holds (cases.md C12).
func TestSignalsEndEveryCommand(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	env := append(home(t), "NEUROCHECK_PIN=246813")
	fifo := filepath.Join(folder, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(folder, "ward.db")
	demoLog(t, log)
	holdLog(t, log)
	for name, args := range map[string][]string{
		"restore a FIFO":         {"restore", fifo, "--db", filepath.Join(folder, "new.db")},
		"restore its input":      {"restore", "-", "--db", filepath.Join(folder, "new.db")},
		"import a FIFO":          {"import", fifo, "--db", filepath.Join(folder, "new.db")},
		"import its input":       {"import", "-", "--db", filepath.Join(folder, "new.db")},
		"grade its input":        {"grade"},
		"grade a FIFO":           {"grade", fifo},
		"settings from a FIFO":   {"config", "--config", fifo},
		"board of a held log":    {"board", "--db", log, "--config", fifo},
		"apply a FIFO":           {"config", "apply", fifo, "--db", log},
		"keys from a FIFO":       {"restore", "-i", fifo, log, "--db", filepath.Join(folder, "new.db")},
		"write in a held log":    {"staff", "disable", "Maria Santos", "--recover", "--db", log},
		"handover of a held log": {"handover", "--db", log},
		"import without an end":  {"import", "/dev/zero", "--db", filepath.Join(folder, "new.db")},
	} {
		for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
			t.Run(name+" "+signal.String(), func(t *testing.T) {
				t.Parallel()
				p := waiting(t, env, args...)
				time.Sleep(300 * time.Millisecond)
				p.send(signal)
				p.endsWithin(soon)
			})
		}
	}
}

// A second ctrl+c does not wait for anything.
func TestASecondSignalEndsAtOnce(t *testing.T) {
	t.Parallel()
	p := waiting(t, home(t), "grade")
	time.Sleep(300 * time.Millisecond)
	p.send(syscall.SIGINT)
	time.Sleep(100 * time.Millisecond)
	p.send(syscall.SIGINT)
	p.endsWithin(grace - 300*time.Millisecond)
}

// holdLog holds the lock of the writer until the test ends, as a program does that was
// stopped in the middle of a save.
func holdLog(t *testing.T, log string) {
	t.Helper()
	db, err := sql.Open("sqlite3", log+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	tx, err := db.BeginTx(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tx.Rollback(); db.Close() })
}

// process is the program without a terminal, with an input that stays open and silent.
type process struct {
	t   *testing.T
	cmd *exec.Cmd
	out strings.Builder
	end chan error
}

func waiting(t *testing.T, env []string, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command("neurocheck", args...), end: make(chan error, 1)}
	p.cmd.Env = env
	silent, open, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = silent, io.Discard, &p.out
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.end <- p.cmd.Wait() }()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		open.Close()
		silent.Close()
	})
	return p
}

func (p *process) send(s syscall.Signal) {
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Fatal(err)
	}
}

func (p *process) endsWithin(most time.Duration) {
	p.t.Helper()
	select {
	case <-p.end:
	case <-time.After(most):
		p.t.Errorf("still running %v after the signal; it said %q", most, p.out.String())
	}
}
