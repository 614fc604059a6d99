package kit

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
)

// The times by which a burst is told from typing.
const (
	burstLength = 5                     // characters
	burstGap    = 30 * time.Millisecond // between two of them, at most
	burstEnd    = 60 * time.Millisecond // of silence
)

// lineFeed is the key that a scanner sends which ends a line with LF, or with CR LF.
const lineFeed = "ctrl+j"

// Manner is the way in which a character acts if nothing shows yet whether it belongs to
// a burst.
type Manner int

const (
	Waits  Manner = iota // after 30 ms without another: lists, questions, commands
	AtOnce               // at once; a burst takes it back: answers of a form
	IsText               // at once; a burst only reports it: text fields
)

// Burst reports characters that came faster than fingers type, or a paste.
type Burst struct {
	Text  string
	Paste bool
	End   string // "enter" or "tab" if such a key ended it; the key is not delivered

	// Since is the serial of the first press, and Keys the number of characters that
	// were delivered as keys before the burst was recognized: in a form the caller takes
	// back the answers they gave, in a text field the text holds them already.
	Since uint64
	Keys  int
}

// Line returns the text of a burst without blanks around it and without its last line
// break, as a wristband reads.
func (b Burst) Line() string { return strings.TrimSpace(b.Text) }

// QuietMsg tells the reader that the time it asked for has passed.
type QuietMsg struct{ serial uint64 }

// Timer makes a command that sends a message after a time. Tests inject their own.
type Timer func(time.Duration, tea.Msg) tea.Cmd

// Tick is the timer of a running program.
func Tick(d time.Duration, msg tea.Msg) tea.Cmd {
	return tea.Tick(d, func(time.Time) tea.Msg { return msg })
}

// Reader turns key presses into keys and bursts. An item that it returns is a Key or a
// Burst.
type Reader struct {
	After Timer

	join   joiner
	serial uint64    // of the last press
	timer  uint64    // the number of the timer that counts; older ones are ignored
	run    []Key     // characters less than burstGap apart
	sent   int       // of run, the number delivered as keys
	hold   bool      // the characters after the sent ones wait
	last   time.Time // of the last character
	enter  time.Time // of the last enter
}

// Press reads a key press. manner tells how a character acts on the screen that is on
// top now.
func (r *Reader) Press(msg tea.KeyPressMsg, now time.Time, manner func(Key) Manner) ([]any, tea.Cmd) {
	k := NewKey(msg)
	r.serial++
	k.Serial, k.At = r.serial, now
	var out []any
	for _, whole := range r.join.press(k, now) {
		out = append(out, r.read(whole, now, manner)...)
	}
	return out, r.wait(now)
}

// Paste reports a paste as a burst, after the keys that came before it.
func (r *Reader) Paste(text string, now time.Time) []any {
	out := r.flush()
	r.serial++
	return append(out, Burst{Text: text, Paste: true, Since: r.serial})
}

// Quiet returns the items that the passing of time completed.
func (r *Reader) Quiet(msg QuietMsg, now time.Time, manner func(Key) Manner) ([]any, tea.Cmd) {
	if msg.serial != r.timer {
		return nil, nil
	}
	if len(r.run) > 0 {
		return r.finish(""), r.wait(now)
	}
	var out []any
	for _, k := range r.join.release() {
		out = append(out, r.read(k, now, manner)...)
	}
	return out, r.wait(now)
}

// Drop forgets all that is held, for a screen that another one replaces.
func (r *Reader) Drop() {
	r.join.release()
	r.run, r.sent, r.hold = nil, 0, false
	r.timer++
}

func (r *Reader) read(k Key, now time.Time, manner func(Key) Manner) []any {
	var out []any
	if gap := now.Sub(r.last); len(r.run) > 0 && (gap < 0 || gap >= r.gap()) {
		out = r.finish("")
	}
	if k.Name == lineFeed {
		if gap := now.Sub(r.enter); gap >= 0 && gap < burstGap {
			return out // the second half of CR LF
		}
		if len(r.run) > 0 {
			k.Name = "enter"
		}
	}
	if k.Name == "enter" {
		r.enter = now
	}
	if !k.Typed() {
		end := ""
		if k.Name == "enter" || k.Name == "tab" {
			end = k.Name
		}
		burst := r.isBurst()
		out = append(out, r.finish(end)...)
		if burst && end != "" {
			return out
		}
		return append(out, k)
	}
	r.run, r.last = append(r.run, k), now
	switch how := manner(k); {
	case r.hold: // a character before it waits, and the order stays
	case how == IsText, how == AtOnce && !r.isBurst():
		r.sent++
		return append(out, k)
	default:
		r.hold = true
	}
	return out
}

// gap returns the time after which the run is over.
func (r *Reader) gap() time.Duration {
	if r.isBurst() {
		return burstEnd
	}
	return burstGap
}

func (r *Reader) isBurst() bool { return len(r.run) >= burstLength }

// finish ends the run: as a burst, or as the keys that were not delivered yet.
func (r *Reader) finish(end string) []any {
	if !r.isBurst() {
		return r.flush()
	}
	b := Burst{End: end, Since: r.run[0].Serial, Keys: r.sent}
	for _, k := range r.run {
		b.Text += k.Text
	}
	r.run, r.sent, r.hold = nil, 0, false
	return []any{b}
}

func (r *Reader) flush() []any {
	var out []any
	if !r.isBurst() {
		for _, k := range r.run[r.sent:] {
			out = append(out, k)
		}
	}
	r.run, r.sent, r.hold = nil, 0, false
	return out
}

// wait starts a timer if something is held, or if a burst is not over. Typing in a form
// or a text field needs none.
func (r *Reader) wait(now time.Time) tea.Cmd {
	d := r.join.wait(now)
	if r.hold || r.isBurst() {
		d = r.gap()
	}
	r.timer++
	if d == 0 || r.After == nil {
		return nil
	}
	return r.After(d, QuietMsg{r.timer})
}
