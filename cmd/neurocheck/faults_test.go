//go:build unix

package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"neurocheck/internal/faults"
)

// The faults of the whole program in a terminal; those of its log alone are in
// internal/faults, which also explains the long form.

// The window is closed over a half-filled form: the program ends, and the draft
// is back.
func TestDraftSurvivesAClosedTerminal(t *testing.T) {
	t.Parallel()
	env := home(t)
	term := inTerminal(t, env, 80, 24)
	term.signUp()
	term.halfFilled()
	if err := term.tty.Close(); err != nil {
		t.Fatal(err)
	}
	term.leaves()
	if strings.Contains(run(t, env, "verify"), "not whole") {
		t.Error("the record is not whole")
	}
	draftIsBack(t, env)
}

// halfFilled admits a patient and answers the first items of a check, until the log
// holds them.
func (term *terminal) halfFilled() {
	term.t.Helper()
	term.admit("0042317", "OKAFOR, Ada", "14 Mar 1961")
	term.types("n")
	term.see("NEURO CHECK", "What year is it?")
	term.types("y", "n", "y")
	term.see("Which hospital", "ICE 2 to 9 of 10")
	// The screen may be a moment ahead of the log: leaving and coming back shows the
	// draft in the log.
	term.esc("on the ward")
	term.types("n")
	term.see("Your unsaved check of", "ICE 2 to 9 of 10")
}

func draftIsBack(t *testing.T, env []string) {
	t.Helper()
	again := inTerminal(t, env, 80, 24)
	again.signIn("Sam Lee")
	again.see("OKAFOR, Ada", "no check")
	again.types("n")
	again.see("Your unsaved check of", "ICE 2 to 9 of 10", "▌ Hospital")
}

// The program is killed at random moments of typing, again and again: the draft
// that it leaves is never older than one that was seen before, and the record is whole.
func TestKilledInTheMiddleOfAForm(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(4, 3))
	env := home(t)
	term := inTerminal(t, env, 80, 24)
	term.signUp()
	term.halfFilled()
	for range faults.Times(2, 100) {
		term.types("down", "down", "down", "y", "-", "y", "n") // seen or not, kept or not
		moment := time.NewTimer(time.Duration(random.Int64N(int64(50 * time.Millisecond))))
		<-moment.C
		term.signal(syscall.SIGKILL)
		term.leaves()
		if said := run(t, env, "verify"); !strings.Contains(said, "the record is whole") {
			t.Fatal(said)
		}
		term = inTerminal(t, env, 80, 24)
		term.signIn("Sam Lee")
		term.see("OKAFOR, Ada", "no check")
		term.types("n")
		term.see("Your unsaved check of", "Year            yes", "Month           no", "City            yes")
	}
}

// The log is removed or replaced while the board is open: the screen says so by itself,
// and nothing that is typed is saved.
func TestTheLogIsGoneUnderTheScreens(t *testing.T) {
	t.Parallel()
	for name, happens := range map[string]func(log string) error{
		"removed": os.Remove,
		"replaced": func(log string) error {
			return errorsOf(os.WriteFile(log+".other", []byte("another file"), 0o600), os.Rename(log+".other", log))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := home(t)
			term := inTerminal(t, env, 120, 24)
			term.signUp()
			term.admit("0042317", "OKAFOR, Ada", "14 Mar 1961")
			logs, err := filepath.Glob(filepath.Join(strings.TrimPrefix(env[1], "XDG_DATA_HOME="), "neurocheck", "*.db"))
			if err != nil || len(logs) != 1 {
				t.Fatal(logs, err)
			}
			if err := happens(logs[0]); err != nil {
				t.Fatal(err)
			}
			term.see("was removed or replaced")
			term.types("n")
			term.see("was removed or replaced")
			term.types("ctrl+c")
			term.see("Quit neurocheck,")
			term.answers("1")
			term.leaves()
		})
	}
}

func errorsOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// A pipe in place of a file is refused: no one may ever write to it, and the program would
// wait for ever (cases.md C12).
func TestAPipeIsNoFile(t *testing.T) {
	t.Parallel()
	env := signedIn(home(t))
	folder := t.TempDir()
	log, pipe := filepath.Join(folder, "ward.db"), filepath.Join(folder, "pipe")
	staffedWard(t, env, log)
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	board := []string{"board", "--db", log, "--by", "Sam Lee"}
	for name, c := range map[string]struct {
		env, args []string
		status    int
		words     string
	}{
		"settings":   {nil, append(board, "--config", pipe), 0, "SETTINGS ERROR"},
		"PIN":        {nil, append(board, "--pin-file", pipe), 1, "is no regular file"},
		"pepper":     {[]string{"NEUROCHECK_PEPPER=" + pipe}, board, 1, "is no regular file"},
		"backup":     {nil, []string{"restore", pipe, "--db", filepath.Join(folder, "new.db")}, 1, "is a pipe: name a file, or - for standard input"},
		"key":        {nil, []string{"restore", "-i", pipe, log, "--db", filepath.Join(folder, "new.db")}, 1, "is a pipe"},
		"checks":     {nil, []string{"import", pipe, "--db", log, "--by", "Sam Lee"}, 1, "is a pipe"},
		"mapping":    {nil, []string{"import", "-", "--map", pipe, "--db", log, "--by", "Sam Lee"}, 1, "is a pipe"},
		"messages":   {nil, []string{"intake", pipe, "--db", log, "--by", "ADT"}, 1, "is a pipe"},
		"seat's key": {nil, []string{"seat", "add", "Desk", "--key-file", pipe, "--by", "Kim Adler", "--db", log}, 1, "is a pipe"},
		"to grade":   {nil, []string{"grade", pipe}, 1, "is a pipe"},
		"public key": {nil, []string{"seat", "add", "Door", "--key-file", "/dev/zero", "--by", "Kim Adler", "--db", log}, 3, "/dev/zero"},
	} {
		begin := time.Now()
		o := runToEnd(t, append(env[:len(env):len(env)], c.env...), c.args...)
		if o.status != c.status || !strings.Contains(o.err, c.words) || time.Since(begin) > 5*time.Second {
			t.Errorf("%s: exit status %d after %v, says %q", name, o.status, time.Since(begin), o.err)
		}
	}
}
