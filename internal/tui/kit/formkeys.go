package kit

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// Bindings returns the keys of the form, the answers of the selected line first. A screen
// appends its own.
func (f *Form) Bindings() []Binding {
	if f.jump != nil {
		end := func(Host, Key) tea.Cmd {
			f.jump = nil
			return nil
		}
		return []Binding{Bind("enter esc tab", "go there", "end the jump", end)}
	}
	l, ok := f.Current()
	if !ok {
		return nil
	}
	var list []Binding
	if l.Editor != nil {
		list = append(list, answering(l.Editor, func() { f.move(1) })...)
	}
	list = append(list, f.answers(l)...)
	list = append(list, f.openers()...)
	return append(list, f.movers()...)
}

// answers returns a binding for each answer of a line. An answer goes on to the next
// line.
func (f *Form) answers(l Line) (list []Binding) {
	give := func(value string) func(Host, Key) tea.Cmd {
		return func(_ Host, k Key) tea.Cmd {
			f.give(l.ID, value, k.Serial)
			f.move(1)
			return nil
		}
	}
	for _, a := range l.Answers {
		list = append(list, Binding{
			Keys: a.Keys, Shown: strings.Join(a.Keys, " "), Help: l.Label + ": " + a.Label,
			Answer: true, AtOnce: true, Do: give(a.Value),
		})
	}
	if l.Skippable {
		list = append(list, Binding{Keys: []string{"-"}, Help: l.Label + ": not assessed", AtOnce: true, Do: give(NotAssessed)})
	}
	return list
}

// openers returns the letters that open a line.
func (f *Form) openers() (list []Binding) {
	for _, l := range f.shown() {
		if l.Key == "" || l.Open == nil {
			continue
		}
		list = append(list, Bind(l.Key, "", l.Label, func(h Host, k Key) tea.Cmd {
			f.at = l.ID
			return l.Open(h, k)
		}))
	}
	return list
}

func (f *Form) movers() []Binding {
	does := func(do func()) func(Host, Key) tea.Cmd {
		return func(Host, Key) tea.Cmd {
			do()
			return nil
		}
	}
	return []Binding{
		Bind("enter", "", "next line; on the last line: save", f.enter),
		Bind("down", "", "next line", does(func() { f.move(1) })),
		Bind("up +", "", "previous line", does(func() { f.move(-1) })),
		Bind("tab", "", "next group", does(func() { f.moveGroup(1) })),
		Bind("shift+tab", "", "previous group", does(func() { f.moveGroup(-1) })),
		Bind("right", "", "column to the right", does(func() { f.moveColumn(1) })),
		Bind("left", "", "column to the left", does(func() { f.moveColumn(-1) })),
		Bind("home", "", "first line", does(func() { f.move(-len(f.lines)) })),
		Bind("end", "", "last line", does(func() { f.move(len(f.lines)) })),
		Bind("backspace ctrl+z", "", "undo the last answer", f.undo).If(len(f.steps) > 0, "there is nothing to undo"),
		Bind("/", "", "jump to a line: /sp", does(func() { f.jump = NewText("", 40) })),
	}
}

// enter opens the selected line if it opens something, else goes on, and on the last line
// does what the form is for.
func (f *Form) enter(h Host, k Key) tea.Cmd {
	l, _ := f.Current()
	if l.Open != nil {
		return l.Open(h, k)
	}
	if !f.move(1) && f.Last != nil {
		return f.Last(h, k)
	}
	return nil
}

func (f *Form) undo(h Host, _ Key) tea.Cmd {
	name, _ := f.Undo()
	for _, l := range f.lines {
		if l.ID == name {
			name = l.Label
		}
	}
	h.Say("undone: " + name)
	return nil
}
