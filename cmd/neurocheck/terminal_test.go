//go:build unix

package main

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// terminal is the whole program in a real pseudo-terminal, with an emulator of the
// screen that a person would see.
type terminal struct {
	t   *testing.T
	cmd *exec.Cmd
	tty *os.File
	end chan struct{} // closed when the program has ended
	err error         // how

	mu      sync.Mutex
	changed *sync.Cond
	screen  *vt.SafeEmulator
}

// patience is the longest time that a test waits for a text on the screen. It is a bound
// on a hang, not a measure of speed.
const patience = 30 * time.Second

// inTerminal starts neurocheck in a terminal.
func inTerminal(t *testing.T, env []string, width, height int, args ...string) *terminal {
	t.Helper()
	term := &terminal{t: t, cmd: exec.Command("neurocheck", args...), end: make(chan struct{}), screen: vt.NewSafeEmulator(width, height)}
	term.changed = sync.NewCond(&term.mu)
	term.cmd.Env = env
	tty, err := pty.StartWithSize(term.cmd, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)})
	if err != nil {
		t.Fatal(err)
	}
	// The size was set in a way that makes reading block, and a file that is being
	// read so is not closed before something comes.
	if err := syscall.SetNonblock(int(tty.Fd()), true); err != nil {
		t.Fatal(err)
	}
	term.tty = tty
	go term.show()
	answered := make(chan struct{})
	go func() { // the emulator answers the program's queries
		defer close(answered)
		buf := make([]byte, 4096)
		for {
			n, err := term.screen.Read(buf)
			if n > 0 {
				_, _ = tty.Write(buf[:n])
			}
			if err != nil {
				return
			}
		}
	}()
	timer := time.AfterFunc(patience, func() { term.changed.Broadcast() })
	t.Cleanup(func() {
		timer.Stop()
		_ = term.cmd.Process.Kill()
		<-term.end
		if answers, ok := term.screen.InputPipe().(io.Closer); ok {
			_ = answers.Close()
		}
		<-answered
		_ = tty.Close()
	})
	return term
}

// show feeds the emulator until the program ends.
func (term *terminal) show() {
	buf := make([]byte, 64<<10)
	for {
		n, err := term.tty.Read(buf)
		if n > 0 {
			term.mu.Lock()
			_, _ = term.screen.Write(buf[:n])
			term.mu.Unlock()
			term.changed.Broadcast()
		}
		if err != nil {
			break
		}
	}
	term.err = term.cmd.Wait()
	close(term.end)
	term.changed.Broadcast()
}

// seen is the screen as a person sees it. The caller holds mu.
func (term *terminal) seen() string { return ansi.Strip(term.screen.Render()) }

// see waits until all the texts are on the screen at once.
func (term *terminal) see(texts ...string) {
	term.t.Helper()
	term.until(func(screen string) (missing string) {
		for _, text := range texts {
			if !strings.Contains(screen, text) {
				missing = text
			}
		}
		return missing
	})
}

// reads waits until the screen matches a pattern, and returns the match of its group.
func (term *terminal) reads(pattern string) (found string) {
	term.t.Helper()
	words := regexp.MustCompile(pattern)
	term.until(func(screen string) (missing string) {
		match := words.FindStringSubmatch(screen)
		if match == nil {
			return pattern
		}
		found = match[1]
		return ""
	})
	return found
}

// until waits until nothing is missing on the screen.
func (term *terminal) until(lacks func(screen string) (missing string)) {
	term.t.Helper()
	until := time.Now().Add(patience)
	wake := time.AfterFunc(patience, term.changed.Broadcast)
	defer wake.Stop()
	term.mu.Lock()
	defer term.mu.Unlock()
	for {
		screen := term.seen()
		missing := lacks(screen)
		if missing == "" {
			return
		}
		if time.Now().After(until) || term.ended() && !term.altScreen() {
			term.t.Fatalf("%q is not to be seen on\n%s", missing, screen)
		}
		term.changed.Wait()
	}
}

func (term *terminal) altScreen() bool { return term.screen.IsAltScreen() }

func (term *terminal) ended() bool {
	select {
	case <-term.end:
		return true
	default:
		return false
	}
}

// types sends text or keys as the terminal does.
func (term *terminal) types(keys ...string) {
	term.t.Helper()
	for _, k := range keys {
		if code, ok := keyCodes[k]; ok {
			k = code
		}
		if _, err := term.tty.WriteString(k); err != nil {
			term.t.Fatal(err)
		}
	}
}

var keyCodes = map[string]string{
	"enter": "\r", "tab": "\t", "up": "\x1b[A", "down": "\x1b[B",
	"ctrl+c": "\x03", "ctrl+s": "\x13", "ctrl+z": "\x1a", "ctrl+n": "\x0e", "ctrl+u": "\x15",
}

// esc is sent alone: a terminal sends the same byte at the head of other keys, so
// the program waits a moment to see whether it is one.
func (term *terminal) esc(shows string) {
	term.t.Helper()
	term.types("\x1b")
	term.see(shows)
}

func (term *terminal) resize(width, height int) {
	term.t.Helper()
	term.mu.Lock()
	term.screen.Resize(width, height)
	term.mu.Unlock()
	if err := pty.Setsize(term.tty, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)}); err != nil {
		term.t.Fatal(err)
	}
}

// leaves waits until the program has ended and returns its exit status.
func (term *terminal) leaves() int {
	term.t.Helper()
	select {
	case <-term.end:
	case <-time.After(patience):
		term.t.Fatal("the program does not end")
	}
	if exit, ok := errors.AsType[*exec.ExitError](term.err); ok {
		return exit.ExitCode()
	}
	return 0
}

func (term *terminal) signal(sig syscall.Signal) {
	term.t.Helper()
	if err := term.cmd.Process.Signal(sig); err != nil {
		term.t.Fatal(err)
	}
}

// thePIN is everybody's.
const thePIN = "246810"

// signIn signs in the first name of the list, or the only one.
func (term *terminal) signIn(name string) {
	term.t.Helper()
	term.see("Who is at the keyboard?", name)
	term.types("enter")
	term.see("Signing in: " + name)
	term.types(thePIN, "enter")
}

// hire adds a name to the staff, from an administrator's board, with the role
// that the keys pick, and signs them in for the first time.
func (term *terminal) hire(name, role string) {
	term.t.Helper()
	term.types("s")
	term.see("STAFF", "administrator") // before the list is there the screen takes no key but esc
	term.types("a")
	term.see("ADD A NAME")
	term.types(name, "enter", role, "ctrl+s")
	secret := term.reads(`The PIN of ` + regexp.QuoteMeta(name) + ` is +(\d{8})`)
	term.types("ctrl+s")
	term.see("given out, not used")
	term.esc("on the ward")
	term.esc("Who is at the keyboard?")
	term.see(name) // the list from before the name was added is shown until the new one is read
	term.types(name, "enter")
	term.see("Signing in: " + name)
	term.types(secret, "enter")
	term.see("Choose the PIN")
	term.types(thePIN, "enter", thePIN, "ctrl+s")
}

// signUp goes through the first run, up to the board.
func (term *terminal) signUp() {
	term.t.Helper()
	term.see("This log is new")
	term.types("1")
	term.see("FIRST RUN")
	term.types("Haematology 4", "enter", "ctrl+u", "Europe/Lisbon", "enter", "Sam Lee", "enter", thePIN, "enter", thePIN, "ctrl+s")
	term.signIn("Sam Lee")
	term.see("on the ward")
}

// admit admits a patient from the board.
func (term *terminal) admit(mrn, name, born string) {
	term.t.Helper()
	term.types("a")
	term.see("ADMIT")
	for _, text := range []string{mrn, name, born} {
		term.types(text, "enter")
	}
	term.types("ctrl+s")
	term.see("1 on the ward", name, "no check") // the name alone is in the message as well
}

// raw is the screen with its styles.
func (term *terminal) raw() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.screen.Render()
}
