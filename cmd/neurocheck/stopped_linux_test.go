package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"neurocheck/internal/faults"
	"neurocheck/internal/store"
	"neurocheck/internal/wholefile"
)

// readings are commands that show patients, with a word of their output.
var readings = map[string][]string{
	"OKAFOR":        {"handover", "--by", "Sam Lee"},
	`"mrn"`:         {"board", "--json", "--by", "Sam Lee"},
	"performed_at":  {"export", "--by", "Sam Lee"},
	`"Bundle"`:      {"export", "--format", "fhir", "--by", "Sam Lee"},
	"<html":         {"report", "--patient", "0042317", "--by", "Sam Lee"},
	"patient_added": {"audit", "--json", "--by", "Sam Lee"},
}

// stoppedWriter starts an import and stops it with SIGSTOP in the middle of its save, with
// the writers' turn and SQLite's lock. goOn lets it go on to its end.
func stoppedWriter(t *testing.T, env []string, log string) (goOn func()) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "many.csv")
	if err := os.WriteFile(file, rowsOfChecks(4000), 0o600); err != nil {
		t.Fatal(err)
	}
	queue, err := os.Open(log + "-queue")
	if err != nil {
		t.Fatal(err)
	}
	defer queue.Close()
	isHeld := func() bool {
		if err := unix.Flock(int(queue.Fd()), unix.LOCK_EX|unix.LOCK_NB); errors.Is(err, unix.EWOULDBLOCK) {
			return true
		}
		_ = unix.Flock(int(queue.Fd()), unix.LOCK_UN)
		return false
	}
	cmd := exec.Command("neurocheck", "import", file, "--by", "Kim Adler", "--db", log)
	cmd.Env = env
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	// The sign-in holds it for a moment, on a busy machine for longer, and is on record then. The
	// import holds it for long: it is stopped again until it is the import, which goes on to
	// hold it.
	before := recordsIn(t, log)
	signal := func(s os.Signal) {
		if err := cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
	}
	for long := 0; ; time.Sleep(5 * time.Millisecond) {
		select {
		case err := <-ended:
			t.Fatalf("the import ended before it was stopped: %v %s", err, said.String())
		default:
		}
		if long++; !isHeld() {
			long = 0
		}
		if long < 12 || recordsIn(t, log) == before {
			continue
		}
		if signal(syscall.SIGSTOP); isHeld() {
			break
		}
		long = 0
		signal(syscall.SIGCONT)
	}
	return func() {
		signal(syscall.SIGCONT)
		if err := <-ended; err != nil {
			t.Fatalf("the import that was stopped: %v %s", err, said.String())
		}
	}
}

// recordsIn returns the number of records of a log.
func recordsIn(t *testing.T, log string) int64 {
	t.Helper()
	s, err := store.OpenReadOnly(t.Context(), log)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	seq, _, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

// A writer that was stopped keeps no one from signing in and reading: the patient is shown
// within a few seconds, it is said that the audit lacks it, and the audit has it afterwards
// with its own time. Wrong PINs are counted all the while (cases.md C13).
func TestReadingBesideAStoppedWriter(t *testing.T) {
	t.Parallel()
	env := signedIn(home(t))
	log := filepath.Join(t.TempDir(), "ward.db")
	staffedWard(t, env, log)
	goOn := stoppedWriter(t, env, log)
	var all sync.WaitGroup
	for word, args := range readings {
		all.Go(func() {
			o := runToEnd(t, env, append(args, "--db", log)...)
			if o.status != 0 || !strings.Contains(o.out, word) || !strings.Contains(o.err, "the audit lacks this act so far") {
				t.Errorf("%v: exit status %d, shows %.200q, says %q", args, o.status, o.out, o.err)
			}
			if o.took > 9*time.Second {
				t.Errorf("%v took %v", args, o.took)
			}
		})
	}
	all.Wait()
	guesses(t, env, log)
	term := inTerminal(t, env, 80, 24, "--db", log)
	term.signIn("Sam Lee")
	term.see("OKAFOR, Ada")
	term.types("enter")
	term.see("OKAFOR, Ada", "The audit lacks what was read here")
	goOn()
	term.until(func(screen string) string {
		if strings.Contains(screen, "The audit lacks") {
			return "the end of the line about the audit"
		}
		return ""
	})
	term.quits()
	trail := run(t, env, "audit", "--by", "Sam Lee", "--person", "Sam Lee", "--db", log)
	for _, words := range []string{"read the handover", "exported", "made a report", "read the patient: board", "read the audit trail", "signed in (recorded late"} {
		if !strings.Contains(trail, words) {
			t.Errorf("the audit does not say %q:\n%s", words, trail)
		}
	}
	if late := strings.Count(trail, "recorded late"); late < 2*len(readings) {
		t.Errorf("%d late records, not %d:\n%s", late, 2*len(readings), trail)
	}
	if out := run(t, env, "verify", "--db", log); !strings.Contains(out, "whole") {
		t.Errorf("verify said %q", out)
	}
}

// guesses tries wrong PINs for Kim Adler: three are judged at once.
func guesses(t *testing.T, env []string, log string) {
	t.Helper()
	wrong := append(env[:len(env):len(env)], "NEUROCHECK_PIN=975310")
	judged := 0
	for i := range 8 {
		args := []string{"handover", "--by", "Kim Adler", "--db", log}
		if i == 7 {
			wrong = env // the right one has to wait as well
		}
		switch o := runToEnd(t, wrong, args...); {
		case strings.Contains(o.err, "that is not the PIN"):
			judged++
		case o.status != 5 || !strings.Contains(o.err, "wrong tries: wait") || o.out != "":
			t.Errorf("guess %d: exit status %d, %q", i, o.status, o.err)
		}
	}
	if judged != 3 {
		t.Errorf("%d of 7 wrong PINs were judged at once, not 3", judged)
	}
}

// A full disk keeps no one from signing in and reading, also if the counts of wrong PINs, the
// home and the temporary folder are on it (cases.md C3).
func TestReadingOnAFullDisk(t *testing.T) {
	folder := faults.OnSmallDisk(t, "24")
	if folder == "" {
		return
	}
	t.Setenv("TMPDIR", folder)
	env := signedIn(home(t))
	tries := filepath.Join(envOf(env, "HOME"), ".config", "neurocheck", "pepper-tries")
	log := filepath.Join(folder, "ward.db")
	staffedWard(t, env, log)
	empty := faults.FillDisk(t, folder, 0)
	for word, args := range readings {
		o := runToEnd(t, env, append(args, "--db", log)...)
		if o.status != 0 || !strings.Contains(o.out, word) || !strings.Contains(o.err, "the audit lacks this act so far") || !strings.Contains(o.err, "the disk is full") {
			t.Errorf("%v: exit status %d, shows %.200q, says %q", args, o.status, o.out, o.err)
		}
	}
	t.Cleanup(func() { _ = os.Remove(wholefile.InMemory(tries)) }) // it has the wrong ones
	guesses(t, env, log)
	empty()
	trail := run(t, env, "audit", "--by", "Sam Lee", "--db", log)
	if late := strings.Count(trail, "recorded late"); late < len(readings) {
		t.Errorf("%s late records:\n%s", strconv.Itoa(late), trail)
	}
}
