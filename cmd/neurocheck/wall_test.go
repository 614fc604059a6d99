//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// unnamed fails the test if the screen shows a patient of the story.
func (term *terminal) unnamed() {
	term.t.Helper()
	for _, text := range []string{"OKAFOR", "Ada", "0042317", "1961"} {
		if strings.Contains(term.now(), text) {
			term.t.Errorf("the wall shows %q:\n%s", text, term.now())
		}
	}
}

// On a ward with PINs the wall asks for one first, at the sign-in or with --by, records who
// showed it, and is left with a PIN only. It says so if the log goes away, and goes on.
func TestWall(t *testing.T) {
	t.Parallel()
	env := home(t)
	path := filepath.Join(envOf(env, "XDG_DATA_HOME"), "neurocheck", "neurocheck.db")
	staffedWard(t, env, path)
	term := inTerminal(t, env, 80, 24, "wall")
	term.signIn("Sam Lee")
	term.see("1 bed   page 1 of 1")
	term.unnamed()
	term.types("ctrl+c")
	term.see("sign in first")
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	term.see("NO CONNECTION: board as of ", "no check  ")
	term.unnamed()
	if err := os.Rename(path+".away", path); err != nil {
		t.Fatal(err)
	}
	term.until(func(screen string) string {
		if strings.Contains(screen, "NO CONNECTION") {
			return "an end of NO CONNECTION"
		}
		return ""
	})
	term.resize(200, 60)
	term.see("██")
	term.unnamed()
	term.esc("LOCKED by Sam Lee")

	term = inTerminal(t, signedIn(env), 80, 24, "wall", "--by", "sam lee")
	term.see("1 bed   page 1 of 1", "esc leave (asks PIN)")
	term.esc("SIGN IN   Sam Lee")
	if shown := strings.Count(run(t, signedIn(env), "audit", "--by", "Sam Lee"), "Sam Lee                 read the patient: wall"); shown != 2 {
		t.Errorf("the audit has %d walls, not 2:\n%s", shown, run(t, signedIn(env), "audit", "--by", "Sam Lee"))
	}
}

// A log without PINs asks for none, and esc asks whether to end the program.
func TestWallWithoutPINs(t *testing.T) {
	t.Parallel()
	env := home(t)
	path := filepath.Join(envOf(env, "HOME"), "demo.db")
	demoLog(t, path)
	term := inTerminal(t, append(env, "LC_ALL=C"), 80, 24, "wall", "--db", path)
	term.see("12 beds   page 1 of 1", "3B  grade 4", "LATE min")
	term.esc("Quit neurocheck?")
	term.answers("1")
	if status := term.leaves(); status != 0 {
		t.Errorf("exit status %d", status)
	}
}
