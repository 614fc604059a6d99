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
	"unicode/utf8"

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

	pressed  time.Time     // the last key, when it was drawn
	patience time.Duration // the longest wait for a text

	mu      sync.Mutex
	changed *sync.Cond
	screen  *vt.SafeEmulator
	drawn   int // the times at which the program wrote
}

// patience is the longest time that a test waits for a text on the screen. It is a bound
// on a hang, not a measure of speed.
const patience = 30 * time.Second

// inTerminal starts neurocheck in a terminal.
func inTerminal(t *testing.T, env []string, width, height int, args ...string) *terminal {
	t.Helper()
	return programInTerminal(t, env, width, height, "neurocheck", args...)
}

// programInTerminal starts a program in a terminal.
func programInTerminal(t *testing.T, env []string, width, height int, program string, args ...string) *terminal {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = env
	return commandInTerminal(t, cmd, width, height)
}

// commandInTerminal starts a command in a terminal.
func commandInTerminal(t *testing.T, cmd *exec.Cmd, width, height int) *terminal {
	t.Helper()
	term := &terminal{t: t, cmd: cmd, end: make(chan struct{}), patience: patience, screen: vt.NewSafeEmulator(width, height)}
	term.changed = sync.NewCond(&term.mu)
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
	t.Cleanup(func() {
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
			term.drawn++
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
	until := time.Now().Add(term.patience)
	wake := time.AfterFunc(term.patience, term.changed.Broadcast)
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

// The pace of the keys. A person types no faster, and the program takes keys less than
// 30 ms apart for a scan.
const (
	betweenKeys = 40 * time.Millisecond
	untilDrawn  = 250 * time.Millisecond // the longest wait for a key that changes nothing
	untilRead   = 250 * time.Millisecond // a question drops the keys of its first 200 ms
)

// types presses keys as a person does: it waits until the screen changes before the next
// one. A text of several characters is pasted.
func (term *terminal) types(keys ...string) {
	term.t.Helper()
	for _, k := range keys {
		code, ok := keyCodes[k]
		switch {
		case ok:
			term.press(code)
		case utf8.RuneCountInString(k) == 1:
			term.press(k)
		default:
			term.press("\x1b[200~" + k + "\x1b[201~")
		}
	}
}

// spells types a text character by character into a field, which draws each: a machine that
// stalls makes no scan of them.
func (term *terminal) spells(text string) {
	term.t.Helper()
	for _, r := range text {
		term.pressUntil(string(r), patience)
	}
}

// answers presses the key that answers a question, after the time that a person needs to
// read it, and again if the program says that it was too soon, as after an error.
func (term *terminal) answers(key string) {
	term.t.Helper()
	time.Sleep(untilRead)
	term.types(key)
	if strings.Contains(term.now(), "too soon: ") {
		time.Sleep(2 * untilRead)
		term.types(key)
	}
}

// press sends the code of one key and waits until the program has drawn.
func (term *terminal) press(code string) {
	term.t.Helper()
	term.pressUntil(code, untilDrawn)
}

// pressUntil is press with the longest wait. The time to the next key begins when this one
// is drawn, because the program may have been late.
func (term *terminal) pressUntil(code string, most time.Duration) {
	term.t.Helper()
	time.Sleep(time.Until(term.pressed.Add(betweenKeys)))
	term.mu.Lock()
	before := term.drawn
	term.mu.Unlock()
	end := time.Now().Add(most)
	term.sends(code)
	wake := time.AfterFunc(most, term.changed.Broadcast)
	defer wake.Stop()
	term.mu.Lock()
	defer term.mu.Unlock()
	for term.drawn == before && time.Now().Before(end) && !term.ended() {
		term.changed.Wait()
	}
	term.pressed = time.Now()
}

// sends writes bytes to the terminal at once, as a scanner or a slow line does.
func (term *terminal) sends(code string) {
	term.t.Helper()
	if _, err := term.tty.WriteString(code); err != nil {
		term.t.Fatal(err)
	}
}

var keyCodes = map[string]string{
	"enter": "\r", "tab": "\t", "up": "\x1b[A", "down": "\x1b[B",
	"ctrl+c": "\x03", "ctrl+l": "\x0c", "ctrl+s": "\x13", "ctrl+z": "\x1a", "ctrl+u": "\x15",
}

// esc presses esc alone. The program waits a moment for the rest of an arrow key.
func (term *terminal) esc(shows string) {
	term.t.Helper()
	term.press("\x1b")
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
		term.mu.Lock()
		defer term.mu.Unlock()
		term.t.Fatalf("the program does not end:\n%s", term.seen())
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

// signIn signs in a member of staff, by the first letters of the name.
func (term *terminal) signIn(name string) {
	term.t.Helper()
	term.see("Who are you?", name)
	term.spells(strings.ToLower(name[:3]))
	term.types("enter")
	term.see("SIGN IN   " + name)
	term.spells(thePIN)
	term.types("enter")
}

// hire adds a name to the staff, from an administrator's board, with the figure of a
// role, and signs them in for the first time.
func (term *terminal) hire(name, role string) {
	term.t.Helper()
	term.commands("staff")
	term.see("STAFF", "administrator", "enter new PIN")
	term.types("enter")
	term.see("4 add another name")
	term.answers("4")
	term.see("ADD A NAME")
	term.types(name, "enter")
	term.answers(role)
	term.see("ADD " + name)
	term.answers("1")
	secret := term.reads(`Give this only to ` + regexp.QuoteMeta(name) + `: (\S+)`)
	term.answers("1")
	term.see("not used")
	term.esc("on the ward")
	term.types("ctrl+l")
	term.see("LOCKED by")
	term.esc("Who are you?")
	term.see(name) // the list is loaded again
	term.spells(strings.ToLower(name[:3]))
	term.types("enter")
	term.see("SIGN IN   " + name)
	term.spells(secret)
	term.types("enter")
	term.see("Choose the PIN")
	term.types(thePIN, "enter", thePIN, "enter")
}

// commands runs a command of the command line.
func (term *terminal) commands(line string) {
	term.t.Helper()
	term.types(":")
	term.spells(line)
	term.types("enter")
}

// quits answers the question that ctrl+c asks the person who is signed in, and returns the exit
// status.
func (term *terminal) quits() int {
	term.t.Helper()
	return term.quitsAfter("Quit neurocheck,")
}

// quitsAfter answers that question of ctrl+c.
func (term *terminal) quitsAfter(question string) int {
	term.t.Helper()
	term.types("ctrl+c")
	term.see(question)
	term.answers("1")
	return term.leaves()
}

// signUp goes through the first run, up to the board.
func (term *terminal) signUp() {
	term.t.Helper()
	term.see("This log is new")
	term.answers("1")
	term.see("FIRST RUN")
	term.types("Haematology 4", "enter", "Europe/Lisbon", "enter", "Sam Lee", "enter", thePIN, "enter", thePIN, "enter")
	term.see("SET UP Haematology 4?", "administrator Sam Lee")
	term.answers("1")
	term.signIn("Sam Lee")
	term.see("on the ward")
}

// admit admits the first patient from the board.
func (term *terminal) admit(mrn, name, born string) {
	term.t.Helper()
	term.admits(mrn, name, born, "1 on the ward")
}

// admits admits a patient from the board, which then shows a count.
func (term *terminal) admits(mrn, name, born, count string) {
	term.t.Helper()
	term.types("p")
	term.see("PATIENT IN")
	term.types("4", "enter")
	term.see("ADMIT")
	for _, text := range []string{mrn, name, born} {
		term.types(text, "enter")
	}
	term.types("ctrl+s")
	term.see("1 y admit as written", "MRN "+mrn)
	term.answers("1")
	term.see(count, name, "no check") // the name alone is in the message as well
}

// now returns the screen as it is.
func (term *terminal) now() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.seen()
}

// raw is the screen with its styles.
func (term *terminal) raw() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.screen.Render()
}
