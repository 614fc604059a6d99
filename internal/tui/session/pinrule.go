package session

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"neurocheck/internal/pin"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// pinRule is the rule of a PIN, said before one is typed.
var pinRule = fmt.Sprintf("A PIN has at least %d characters; a sentence is good too. Not a run such as 123456, and not your name.", pin.Least)

// secret makes the editor of a hidden line.
func secret(check func(string) string) kit.Editor {
	t := kit.NewText("", pin.Most)
	t.Mask = kit.Hidden
	return kit.Plainly(t, check)
}

// pinLines returns the two lines of a form that ask for a new PIN. name returns the name
// of the person, which no PIN may be.
func pinLines(name func() string) (lines []kit.Line) {
	first := secret(func(text string) string { return pinFault(text, name()) })
	again := secret(func(text string) string {
		if text != first.Value() {
			return "the two PINs differ: type the same one again"
		}
		return ""
	})
	return []kit.Line{{ID: "pin", Label: "Your PIN", Editor: first}, {ID: "again", Label: "The same again", Editor: again}}
}

// pinFault returns the reason why a PIN is refused; empty if it is not.
func pinFault(text, name string) string {
	e, refused := errors.AsType[*ward.Error](pin.Judge(text, name))
	if !refused {
		return ""
	}
	if n := utf8.RuneCountInString(text); n >= pin.Least && n <= pin.Most {
		return "too easy to guess: no run such as 123456, and not the name"
	}
	return e.Reason
}

// leaveLines leaves each line of a form. It selects the first one that refuses, and
// reports whether there is none.
func leaveLines(f *kit.Form, lines []kit.Line) bool {
	for _, l := range lines {
		if l.Editor != nil && !l.Editor.Leave() {
			f.GoTo(l.ID)
			return false
		}
	}
	return true
}
