//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The story of the README: a published course comes in as CSV, and the board
// shows that the second check is flagged.
func TestPublishedCourseIsFlagged(t *testing.T) {
	t.Parallel()
	env := home(t)
	course, err := filepath.Abs("../../testdata/teclistamab-case2.csv")
	if err != nil {
		t.Fatal(err)
	}
	if out := run(t, env, "import", "--example", course); !strings.Contains(out, "1 flagged for follow-up") {
		t.Errorf("import said %q", out)
	}
	term := inTerminal(t, env, 80, 24)
	term.signUp()
	term.see("NOT ACCEPTED 1", "⚑", "ICE 8 ↓2", "accept")
	term.types("enter")
	term.see("PATIENT", "ICE 10", "ICE 8", "not accepted: a accepts")
	term.types("f")
	term.see("FOLLOW-UPS   1 open   1 not accepted", "accept within 59m")
	term.types("a")
	term.see("Accept for Case Two", "MRN 0000302")
	term.answers("1")
	term.see("0 not accepted", "accepted "+clockShown(t))
	if status := term.quits(); status != 0 {
		t.Errorf("exit status %d", status)
	}
	if out := run(t, env, "verify"); !strings.Contains(out, "whole") {
		t.Errorf("verify said %q", out)
	}
}

// On a ward with PINs a command that writes knows who runs it.
func TestCommandsThatWriteAskWhoRunsThem(t *testing.T) {
	t.Parallel()
	env := home(t)
	term := inTerminal(t, env, 80, 24)
	term.signUp()
	term.quits()
	course, err := filepath.Abs("../../testdata/teclistamab-case2.csv")
	if err != nil {
		t.Fatal(err)
	}
	refused := func(words string, env []string, args ...string) {
		t.Helper()
		cmd := exec.Command("neurocheck", args...)
		cmd.Env = env
		if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), words) {
			t.Errorf("neurocheck %s: %v, and said %q, not %q", strings.Join(args, " "), err, out, words)
		}
	}
	wrong, right := append(env[:len(env):len(env)], "NEUROCHECK_PIN=975310"), append(env[:len(env):len(env)], "NEUROCHECK_PIN="+thePIN)
	refused("say who you are with --by NAME", env, "import", course)
	refused("put it into NEUROCHECK_PIN", env, "import", course, "--by", "Sam Lee")
	refused("that is not the PIN", wrong, "import", course, "--by", "Sam Lee")
	refused("no such name on the staff", right, "import", course, "--by", "Sam")
	run(t, right, "import", "--on-ward", course, "--by", "sam lee")
	file := filepath.Join(envOf(env, "HOME"), "pin")
	if err := os.WriteFile(file, []byte(thePIN+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused("name a file that holds it with --pin-file", env, "check", "0000302", "--by", "Sam Lee")
	refused("the answers ended before the save", env, "check", "0000302", "--by", "Sam Lee", "--pin-file", file, "--at", "now")
	run(t, wrong, "audit", "--by", "Sam Lee", "--pin-file", file) // the file counts, not the environment
	refused("say who you are with --by NAME", env, "staff", "add", "Nora Vale")
	secret := strings.Fields(run(t, right, "staff", "add", "Nora Vale", "--role", "admin", "--by", "Sam Lee"))[0]
	refused("choose your own", append(env[:len(env):len(env)], "NEUROCHECK_PIN="+secret), "staff", "add", "X", "--by", "Nora Vale")
	run(t, env, "staff", "reset", "Nora Vale", "--recover")
	refused("that is not the PIN", append(env[:len(env):len(env)], "NEUROCHECK_PIN="+secret), "staff", "add", "X", "--by", "Nora Vale")

	refused("say who you are with --by NAME", env, "audit")
	refused("say who you are with --by NAME", env, "board")
	trail := run(t, right, "audit", "--by", "Sam Lee")
	for _, words := range []string{"Sam Lee                 gave a wrong PIN", "Sam Lee                 recorded a check", "Sam Lee                 set the PIN: Nora Vale (for one sign-in)"} {
		if !strings.Contains(trail, words) {
			t.Errorf("the audit trail does not say %q:\n%s", words, trail)
		}
	}
	if !regexp.MustCompile(`login \S+ +set the PIN: Nora Vale`).MatchString(trail) {
		t.Errorf("the audit trail does not say who recovered:\n%s", trail)
	}
	if strings.Contains(trail, thePIN) || strings.Contains(trail, secret) || strings.Contains(trail, "975310") {
		t.Errorf("the audit trail holds a PIN:\n%s", trail)
	}
	pepper := filepath.Join(envOf(env, "HOME"), ".config", "neurocheck", "pepper")
	if err := os.Rename(pepper, pepper+".away"); err != nil {
		t.Fatal(err)
	}
	refused("pepper file", right, "staff", "add", "X", "--by", "Sam Lee")
	if out := run(t, env, "verify"); !strings.Contains(out, "whole") {
		t.Errorf("verify said %q", out)
	}
}

func envOf(env []string, name string) string {
	for _, e := range env {
		if value, ok := strings.CutPrefix(e, name+"="); ok {
			return value
		}
	}
	return ""
}

func TestDraftSurvivesAKill(t *testing.T) {
	t.Parallel()
	for _, death := range []syscall.Signal{syscall.SIGKILL, syscall.SIGHUP, syscall.SIGTERM} {
		t.Run(death.String(), func(t *testing.T) {
			t.Parallel()
			env := home(t)
			term := inTerminal(t, env, 80, 24)
			term.signUp()
			term.halfFilled()
			term.signal(death)
			term.leaves()
			draftIsBack(t, env)
		})
	}
}

func TestResizeWhileTyping(t *testing.T) {
	t.Parallel()
	env := home(t)
	term := inTerminal(t, env, 80, 24)
	term.signUp()
	term.admit("0042317", "OKAFOR, Ada", "14 Mar 1961")
	term.types("n")
	term.see("What year is it?")
	sizes := [][2]int{{200, 60}, {120, 40}, {80, 24}, {40, 10}}
	for i, key := range []string{"y", "y", "y", "y"} {
		term.types(key)
		if i == len(sizes)-1 { // a key that is read in a window that is too small is dropped
			term.see("▌ Names 3 objects")
		}
		term.resize(sizes[i][0], sizes[i][1])
	}
	term.see("Make the window larger: it is 40×10,", "80×24 is needed")
	term.types("0", "0", "0")
	term.resize(80, 24)
	term.see("ICE 4 to 10 of 10", "▌ Names 3 objects")
	time.Sleep(2 * untilRead) // the keys typed for the window that was too small are dropped
	term.types("3")
	term.see("ICE 7 to 10 of 10", "Show me two fingers")
}

// B4: at 70 columns no key acts, neither on the form nor on the question over it, and
// nothing is saved.
func TestNothingActsAt70Columns(t *testing.T) {
	t.Parallel()
	env := home(t)
	term := inTerminal(t, env, 80, 24)
	term.signUp()
	term.admit("0042317", "OKAFOR, Ada", "14 Mar 1961")
	small := func(keys ...string) {
		term.resize(70, 24)
		term.see("Make the window larger: it is 70×24, 80×24 is needed")
		term.types(keys...)
		term.see("Make the window larger: it is 70×24, 80×24 is needed")
		term.resize(80, 24)
	}
	small("n", "y", "y", "d", "1", "y", "enter")
	term.see("1 on the ward", "no check")
	time.Sleep(2 * untilRead)
	term.types("n")
	term.see("What year is it?")
	term.types("y")
	term.see("ICE 1 to 10 of 10", "▌ Month")
	small("y", "n", "z", "ctrl+s", "y")
	term.see("ICE 1 to 10 of 10", "▌ Month")
	time.Sleep(2 * untilRead)
	term.types("ctrl+s")
	term.see("SAVE this check?")
	small("y", "1", "enter")
	term.see("SAVE this check?")
	term.answers("0")
	term.see("ICE 1 to 10 of 10", "ctrl+s save")
	if out := run(t, signedIn(env), "export", "--by", "Sam Lee"); strings.Contains(out, "0042317") {
		t.Errorf("a check was saved:\n%s", out)
	}
}

// B20: an arrow key in two parts 60 ms apart is an arrow on the form, and leaves the form
// open.
func TestSplitArrow(t *testing.T) {
	t.Parallel()
	env := home(t)
	term := inTerminal(t, env, 80, 24)
	term.signUp()
	term.admit("0042317", "OKAFOR, Ada", "14 Mar 1961")
	term.types("n")
	term.see("▌ Year")
	for _, line := range []string{"▌ Month", "▌ City"} {
		term.sends("\x1b")
		time.Sleep(60 * time.Millisecond)
		term.sends("[B")
		term.see(line)
	}
	term.types("y")
	term.see("NEURO CHECK", "▌ Hospital", "ICE 1 to 10 of 10")
	// Both parts did no more than move: esc alone still leaves, and the draft is the answer.
	term.esc("on the ward")
	term.types("n")
	term.see("Your unsaved check of", "ICE 1 to 10 of 10", "▌ Hospital")
}

func TestStopKeyDoesNotDropIntoAShell(t *testing.T) {
	t.Parallel()
	env := home(t)
	term := inTerminal(t, env, 80, 24)
	term.signUp()
	term.types("ctrl+z")
	term.see("no check was saved here")
	term.types("p")
	term.see("PATIENT IN")
}

func TestPlainTerminals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, env, mark string }{
		{"no colour", "NO_COLOR=1", "⚑"},
		{"ASCII", "LC_ALL=C", "!"},
		{"Linux console", "TERM=linux", "!"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			env := append(home(t), c.env)
			term := inTerminal(t, env, 80, 24)
			term.signUp()
			term.admit("0042317", "OKAFOR, Ada", "14 Mar 1961")
			term.types("n")
			term.see("What year is it?")
			term.types("n")
			term.see(c.mark + " matches grade-1 features")
			if c.name == "no colour" && strings.Contains(term.raw(), "[38;") {
				t.Error("there is colour")
			}
		})
	}
}

// A wrong settings file does not stop the ward: every screen says so.
func TestWrongSettingsAreShown(t *testing.T) {
	t.Parallel()
	env := home(t)
	folder := filepath.Join(envOf(env, "HOME"), ".config", "neurocheck")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "site.toml"), []byte("[intervals]\nnone = \"8\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	term := inTerminal(t, env, 80, 24)
	term.signUp()
	term.see("on the ward", "SETTINGS ERROR, site.toml line 2. Using the defaults. Tell an administrator")
}
