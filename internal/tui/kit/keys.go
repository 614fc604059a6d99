package kit

import (
	"time"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

// Key is one key press as bindings compare it. The same letter has the same name with
// and without Caps Lock, and a key of the keypad has the name of its character.
type Key struct {
	Name   string // "a", "3", "enter", "up", "ctrl+s", "shift+tab", "space"
	Text   string // the characters that the key types; empty for other keys
	Keypad bool
	Serial uint64    // the number of the press; later presses have greater numbers
	At     time.Time // the time of the press; a character that waits acts later
}

// Typed reports whether the key types one character.
func (k Key) Typed() bool { return k.Text != "" && utf8.RuneCountInString(k.Text) == 1 }

// Foreign reports whether the key types a letter of another script than Latin, so that
// no binding can match it.
func (k Key) Foreign() bool {
	r, _ := utf8.DecodeRuneInString(k.Text)
	return k.Text != "" && unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r)
}

// keypad holds the keys that a keypad sends as codes of its own, ESC O p and the like.
var keypad = map[rune]string{
	tea.KeyKp0: "0", tea.KeyKp1: "1", tea.KeyKp2: "2", tea.KeyKp3: "3", tea.KeyKp4: "4",
	tea.KeyKp5: "5", tea.KeyKp6: "6", tea.KeyKp7: "7", tea.KeyKp8: "8", tea.KeyKp9: "9",
	tea.KeyKpMinus: "-", tea.KeyKpPlus: "+", tea.KeyKpMultiply: "*", tea.KeyKpDivide: "/",
	tea.KeyKpDecimal: ".", tea.KeyKpComma: ",", tea.KeyKpSep: ",", tea.KeyKpEqual: "=",
}

// NewKey reads a key press of Bubble Tea.
func NewKey(msg tea.KeyPressMsg) Key {
	if text, ok := keypad[msg.Code]; ok {
		return Key{Name: text, Text: text, Keypad: true}
	}
	k := Key{Name: msg.String(), Text: msg.Text}
	command := msg.Mod.Contains(tea.ModCtrl) || msg.Mod.Contains(tea.ModAlt)
	switch {
	case msg.Code == tea.KeyKpEnter:
		k.Keypad = true
	case command && msg.Code < utf8.RuneSelf: // ctrl+S under Caps Lock is ctrl+s
		k.Name, k.Text = "ctrl+", ""
		if !msg.Mod.Contains(tea.ModCtrl) {
			k.Name = "alt+"
		}
		k.Name += string(unicode.ToLower(msg.Code))
		if msg.Code < ' ' || msg.Code == 0x7f {
			k.Name = msg.Keystroke()
		}
	case msg.Text != "" && utf8.RuneCountInString(msg.Text) == 1:
		r, _ := utf8.DecodeRuneInString(msg.Text)
		if k.Name = string(unicode.ToLower(r)); r == ' ' {
			k.Name = "space"
		}
	}
	return k
}

// arrowTime is the time after ESC in which the rest of an arrow key may arrive. A slow
// line splits the three characters of an arrow.
const arrowTime = 150 * time.Millisecond

// arrows holds the keys by the last character of their code: ESC [ A and ESC O A.
var arrows = map[string]string{"A": "up", "B": "down", "C": "right", "D": "left", "H": "home", "F": "end"}

// keypadCodes holds the characters that follow ESC O if a keypad key was pressed.
const keypadCodes = "jklmnopqrstuvwxy"

// joiner puts arrow and keypad keys together that arrive in parts. It holds ESC until
// the next key shows that it was alone, or until arrowTime has passed.
type joiner struct {
	held  []Key
	since time.Time
}

// press takes a key and returns the keys that are complete.
func (j *joiner) press(k Key, now time.Time) []Key {
	late := len(j.held) > 0 && now.Sub(j.since) > arrowTime
	var out []Key
	if late {
		out = j.release()
	}
	switch {
	case k.Name == "esc":
		out = append(out, j.release()...)
		j.held, j.since = []Key{k}, now
		return out
	case k.Name == "alt+[", k.Name == "alt+o": // ESC and the second character in one piece
		out = append(out, j.release()...)
		j.held, j.since = []Key{k}, now
		return out
	case len(j.held) == 1 && j.held[0].Name == "esc" && (k.Text == "[" || k.Text == "O"):
		j.held = append(j.held, k)
		return out
	case len(j.held) > 0:
		if name, text, ok := j.complete(k); ok {
			whole := Key{Name: name, Text: text, Keypad: text != "" || name == "enter", Serial: k.Serial, At: k.At}
			j.held = nil
			return append(out, whole)
		}
	}
	return append(append(out, j.release()...), k)
}

// complete reads the last character of a split key.
func (j *joiner) complete(k Key) (name, text string, ok bool) {
	last := j.held[len(j.held)-1]
	if last.Name == "esc" {
		return "", "", false
	}
	if name, ok := arrows[k.Text]; ok {
		return name, "", true
	}
	if last.Text == "O" || last.Name == "alt+o" {
		if k.Text == "M" {
			return "enter", "", true
		}
		for i, c := range keypadCodes {
			if k.Text == string(c) {
				text := keypad[tea.KeyKpMultiply+rune(i)]
				return text, text, true
			}
		}
	}
	return "", "", false
}

// release gives up waiting and returns the held keys as they arrived.
func (j *joiner) release() []Key {
	held := j.held
	j.held = nil
	return held
}

// wait returns the time until the held keys are complete; zero if none is held.
func (j *joiner) wait(now time.Time) time.Duration {
	if len(j.held) == 0 {
		return 0
	}
	return max(arrowTime-now.Sub(j.since), time.Millisecond)
}
