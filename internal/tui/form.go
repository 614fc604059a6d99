package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/pin"
	"neurocheck/internal/ward"
)

// entry is one line of a form: text, or one of a few answers.
type entry struct {
	column string // name of the field in errors
	label  string
	hint   string
	input  textinput.Model

	answers []ward.Term // where there are any, one of them is picked
	picked  int

	wrong string // why it cannot stand
}

func textEntry(column, label, hint, value string, most int) *entry {
	return &entry{column: column, label: label, hint: hint, input: newInput(value, most)}
}

func pickEntry(column, label, hint string, answers []ward.Term, code string) *entry {
	e := &entry{column: column, label: label, hint: hint, answers: answers, input: newInput("", 0)}
	for i, t := range answers {
		if t.Code == code {
			e.picked = i
		}
	}
	return e
}

// secretEntry is a line for a PIN: what is typed is not shown.
func secretEntry(column, label, hint string) *entry {
	e := textEntry(column, label, hint, "", pin.Most)
	e.input.EchoMode = textinput.EchoPassword
	return e
}

// value returns what was typed, cleaned, or the code that was picked. A PIN is
// left as it was typed.
func (e *entry) value() string {
	if e.input.EchoMode == textinput.EchoPassword {
		return e.input.Value()
	}
	if e.answers != nil {
		return e.answers[e.picked].Code
	}
	return plain(e.input.Value())
}

// form is a list of entries with one in hand.
type form struct {
	entries []*entry
	at      int
	dirty   bool // something was typed
}

func newForm(entries ...*entry) form {
	f := form{entries: entries}
	f.move(0)
	return f
}

func (f *form) move(to int) {
	f.entries[f.at].input.Blur()
	f.at = max(0, min(to, len(f.entries)-1))
	f.entries[f.at].input.Focus()
}

// get returns the entry of that column.
func (f *form) get(column string) *entry {
	for _, e := range f.entries {
		if e.column == column {
			return e
		}
	}
	return nil
}

// blame shows an error at the entry that it is about, and goes there. It reports
// whether there is one.
func (f *form) blame(err *ward.Error) bool {
	for i, e := range f.entries {
		if e.column == err.Field {
			e.wrong = err.Reason
			f.move(i)
			return true
		}
	}
	return false
}

var (
	keyNext  = bind("enter tab down", "enter", "next line")
	keyPrev  = bind("shift+tab up", "↑", "line before")
	keyPick  = bind("left right space", "← →", "another answer")
	keySave  = bind("ctrl+s", "ctrl+s", "save")
	keyLeave = bind("esc", "esc", "leave")
)

// update handles a key or a paste. It reports whether the last line was left
// with enter, which counts as saving.
func (f *form) update(msg tea.Msg) (finished bool) {
	e := f.entries[f.at]
	press, ok := msg.(tea.KeyPressMsg)
	switch {
	case ok && key.Matches(press, keyNext):
		if f.at == len(f.entries)-1 {
			return press.String() == "enter"
		}
		f.move(f.at + 1)
		return false
	case ok && key.Matches(press, keyPrev):
		f.move(f.at - 1)
		return false
	case e.answers != nil:
		if ok && key.Matches(press, keyPick) {
			step := 1
			if press.String() == "left" {
				step = len(e.answers) - 1
			}
			e.picked = (e.picked + step) % len(e.answers)
			f.dirty, e.wrong = true, ""
		}
		return false
	}
	before := e.input.Value()
	e.input, _ = e.input.Update(msg)
	if e.input.Value() != before {
		f.dirty, e.wrong = true, ""
	}
	return false
}

func (f *form) keys() []key.Binding {
	list := keyList(keyNext, keyPrev)
	if f.entries[f.at].answers != nil {
		list = append(list, keyPick)
	}
	return append(list, keySave, keyLeave)
}

// body draws the entries, the hint of the one in hand, and what is wrong.
func (f *form) body(a *app, w int) []string {
	const label = 20
	var lines []string
	for i, e := range f.entries {
		mark, value := "  ", ""
		if i == f.at {
			mark = a.theme.strong.Render("▌ ")
		}
		if e.answers != nil {
			for j, t := range e.answers {
				word := " " + t.Label + " "
				if j == e.picked {
					word = a.theme.selected.Render("[" + t.Label + "]")
				}
				value += word + " "
			}
		} else {
			e.input.SetWidth(min(w-label-6, 60))
			value = e.input.View()
			if i != f.at {
				value = plain(e.input.Value())
				if e.input.EchoMode == textinput.EchoPassword {
					value = strings.Repeat("*", len([]rune(e.input.Value())))
				}
			}
		}
		if e.wrong != "" {
			value = a.theme.bad.Render("× ") + value
		}
		lines = append(lines, a.fit(" "+mark+a.pad(e.label, label)+value, w))
	}
	if e := f.entries[f.at]; e.wrong != "" {
		return append(lines, "", "   "+a.theme.bad.Render(a.fit("× "+e.label+": "+e.wrong, w-4)))
	}
	return append(lines, "", "   "+a.theme.faint.Render(a.fit(f.entries[f.at].hint, w-4)))
}
