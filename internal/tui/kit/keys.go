package kit

import (
	"time"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/text/width"
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

// Foreign reports whether the key types a letter or a figure of another script than Latin,
// or a full-width one, so that no binding can match it.
func (k Key) Foreign() bool {
	r, _ := utf8.DecodeRuneInString(k.Text)
	if r < utf8.RuneSelf || k.Text == "" {
		return false
	}
	return unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) || unicode.IsNumber(r) || width.LookupRune(r).Kind() == width.EastAsianFullwidth
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
