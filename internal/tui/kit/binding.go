package kit

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// Binding is one key of a screen and all that there is to know about it. Dispatch, the
// line of keys, the help and the refusals read this struct, so that nothing is written
// twice.
type Binding struct {
	Keys  []string // names as in [Key]; the first one is shown if Shown is empty
	Shown string   // "↑ ↓"
	Help  string   // for the help: "open the form of the patient due first"
	Short string   // for the line of keys: "next due"; empty if it is not shown there

	Answer  bool   // a figure or letter that answers the open question
	AtOnce  bool   // acts without waiting for a second character: answers of a form
	Records bool   // changes the record, so that a read-only copy refuses it
	Needs   string // the permission, as the caller's own word; empty if everybody may
	Off     string // the reason why it does nothing now; empty if it works
	Always  bool   // works in dialogs and in a window that is too small: lock, quit

	Do func(Host, Key) tea.Cmd
}

// Bind returns a binding for keys that are separated by blanks.
func Bind(keys, short, help string, do func(Host, Key) tea.Cmd) Binding {
	return Binding{Keys: strings.Fields(keys), Short: short, Help: help, Do: do}
}

// Recording returns the binding as one that changes the record and needs a permission.
func (b Binding) Recording(needs string) Binding {
	b.Records, b.Needs = true, needs
	return b
}

// If returns the binding, switched off with a reason if the condition does not hold.
func (b Binding) If(works bool, reason string) Binding {
	if !works {
		b.Off = reason
	}
	return b
}

// As returns the binding with the name that is shown for its keys.
func (b Binding) As(shown string) Binding {
	b.Shown = shown
	return b
}

// Name returns the name that is shown for the keys.
func (b Binding) Name() string {
	switch {
	case b.Shown != "":
		return b.Shown
	case len(b.Keys) == 0:
		return ""
	}
	return ShownKey(b.Keys[0])
}

// Has reports whether the key belongs to the binding.
func (b Binding) Has(k Key) bool { return slices.Contains(b.Keys, k.Name) }

// ShownKey returns the name of a key as a person reads it.
func ShownKey(name string) string {
	switch name {
	case "up":
		return "↑"
	case "down":
		return "↓"
	case "left":
		return "←"
	case "right":
		return "→"
	case "pgdown":
		return "pgdn"
	case "f1":
		return "F1"
	}
	return name
}

// Find returns the binding of a key. A binding that works goes before one that is
// switched off.
func Find(bindings []Binding, k Key) (Binding, bool) {
	var off *Binding
	for i := range bindings {
		switch {
		case !bindings[i].Has(k):
		case bindings[i].Off == "":
			return bindings[i], true
		case off == nil:
			off = &bindings[i]
		}
	}
	if off != nil {
		return *off, true
	}
	return Binding{}, false
}

// Refusal says why a key without a binding does nothing: "x does nothing here; answers:
// 0 to 3".
func Refusal(bindings []Binding, k Key) string {
	if k.Foreign() {
		return "switch to Latin letters: " + Plain(k.Text) + " is no key here"
	}
	line := ShownKey(Plain(k.Name)) + " does nothing here"
	if answers := answerWords(bindings); answers != "" {
		return line + "; answers: " + answers
	}
	return line + "; ? shows the keys"
}

// answerWords lists the keys that answer. Figures that follow each other are shortened.
func answerWords(bindings []Binding) string {
	var names []string
	for _, b := range bindings {
		if b.Answer && b.Off == "" {
			names = append(names, b.Keys...)
		}
	}
	slices.Sort(names)
	var parts []string
	for i := 0; i < len(names); {
		end := i
		for end+1 < len(names) && isDigit(names[end]) && isDigit(names[end+1]) && names[end+1][0] == names[end][0]+1 {
			end++
		}
		if end > i+1 {
			parts = append(parts, names[i]+" to "+names[end])
		} else {
			parts = append(parts, names[i:end+1]...)
		}
		i = end + 1
	}
	return strings.Join(parts, ", ")
}

func isDigit(name string) bool { return len(name) == 1 && name[0] >= '0' && name[0] <= '9' }

// KeyLine returns the last line of a screen: the bindings that work now, as many as fit,
// and the key that shows all.
func KeyLine(p Page, bindings []Binding, all string) string {
	line := ""
	for _, b := range bindings {
		if b.Short == "" || b.Off != "" {
			continue
		}
		next := line + "  " + b.Name() + " " + b.Short
		if p.Cells(next+"  "+all) > p.Width {
			break
		}
		line = next
	}
	return p.Faint.Render(strings.TrimPrefix(line+"  "+all, " "))
}
