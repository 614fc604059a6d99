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
)

// The story of the README: a published course comes in as CSV, and the board
// shows that the second check is flagged.
func TestPublishedCourseIsFlagged(t *testing.T) {
	env := home(t)
	course, err := filepath.Abs("../../testdata/teclistamab-case2.csv")
	if err != nil {
		t.Fatal(err)
	}
	if out := run(t, env, "import", course); !strings.Contains(out, "1 flagged for follow-up") {
		t.Errorf("import said %q", out)
	}
	term := inTerminal(t, env, 80, 24)
	term.signUp()
	term.see("NOT ACCEPTED 1", "no exam", "accept")
	term.types("enter")
	term.see("PATIENT", "ICE 10", "ICE 8", "accept within")
	term.types("f")
	term.see("FOLLOW-UPS   1 open   1 not accepted")
	term.types("a")
	term.see("Accept the follow-up of Case Two")
	term.types("1")
	term.see("accepted", "Sam Lee")
	term.types("ctrl+c")
	if status := term.leaves(); status != 0 {
		t.Errorf("exit status %d", status)
	}
	if out := run(t, env, "verify"); !strings.Contains(out, "whole") {
		t.Errorf("verify said %q", out)
	}
}

// On a ward with PINs a command that writes knows who runs it.
func TestCommandsThatWriteAskWhoRunsThem(t *testing.T) {
	env := home(t)
	term := inTerminal(t, env, 80, 24)
	term.signUp()
	term.types("ctrl+c")
	term.leaves()
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
	run(t, right, "import", course, "--by", "sam lee")
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
	for _, death := range []syscall.Signal{syscall.SIGKILL, syscall.SIGHUP, syscall.SIGTERM} {
		t.Run(death.String(), func(t *testing.T) {
			env := home(t)
			term := inTerminal(t, env, 80, 24)
			term.signUp()
			term.admit("0042317", "OKAFOR, Ada", "14 Mar 1961")
			term.types("n")
			term.see("NEURO CHECK", "What year is it?")
			term.types("y", "n", "y")
			term.see("Which hospital", "ICE 2 to 9 of 10")
			// The screen may be a moment ahead of the log: leaving and coming back shows
			// the draft in the log.
			term.esc("keep it as a draft")
			term.types("k")
			term.see("Kept as your draft")
			term.types("n")
			term.see("Your unsaved check of")
			term.signal(death)
			term.leaves()

			again := inTerminal(t, env, 80, 24)
			again.signIn("Sam Lee")
			again.see("OKAFOR, Ada", "no check")
			again.types("n")
			again.see("Your unsaved check of", "ICE 2 to 9 of 10", "Which hospital")
		})
	}
}

func TestResizeWhileTyping(t *testing.T) {
	env := home(t)
	term := inTerminal(t, env, 80, 24)
	term.signUp()
	term.admit("0042317", "OKAFOR, Ada", "14 Mar 1961")
	term.types("n")
	term.see("What year is it?")
	sizes := [][2]int{{200, 60}, {40, 10}, {80, 24}, {120, 40}, {80, 24}}
	for i, key := range []string{"y", "y", "y", "y", "3"} {
		term.types(key)
		term.resize(sizes[i][0], sizes[i][1])
	}
	term.see("ICE 7 to 10 of 10", "Show me two fingers")
}

func TestStopKeyDoesNotDropIntoAShell(t *testing.T) {
	env := home(t)
	term := inTerminal(t, env, 80, 24)
	term.signUp()
	term.types("ctrl+z", "a")
	term.see("ADMIT")
}

func TestPlainTerminals(t *testing.T) {
	for _, c := range []struct{ name, env, mark string }{
		{"no colour", "NO_COLOR=1", "⚑"},
		{"ASCII", "LC_ALL=C", "!"},
		{"Linux console", "TERM=linux", "!"},
	} {
		t.Run(c.name, func(t *testing.T) {
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
