package kit

import (
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// NotAssessed is the value of a line that was passed over knowingly. An empty value is a
// line that was not touched yet.
const NotAssessed = "-"

// Answer is one answer of a line: the value it sets, the keys that give it, and its
// words.
type Answer struct {
	Value string
	Keys  []string
	Label string
}

// Line is one line of a form: a choice of answers, an editor, or a line that opens
// something else.
type Line struct {
	ID     string
	Label  string
	Group  string
	Column int // from 0
	Hidden bool

	Answers   []Answer
	Skippable bool // may be not assessed

	Editor Editor

	Key  string // the letter that goes to the line and opens it
	Open func(Host, Key) tea.Cmd
	Show func() string // the value of a line that opens something

	Ask    string                    // the question at the foot of the form, or next to the line
	Words  string                    // the answers in words, next to a line without a question
	Before []string                  // the earlier values, the last one first
	Mark   func(value string) string // a sign after the value, such as ▼
}

// Form is a list of lines with one selected. It keeps values by the ID of their line and
// knows the order in which they were given, so that each act can be undone as one step.
type Form struct {
	Last    func(Host, Key) tea.Cmd // enter on the last line
	Changed func()                  // after each change of a value

	lines  []Line
	values map[string]string
	at     string // ID of the selected line
	steps  []step
	group  *step // the open step of Step
	jump   *Text // the text after "/"; nil without a jump
	runs   TypedRuns
	top    int // first row drawn
}

// A step is one act that undo takes back.
type step struct {
	name    string
	at      string
	serial  uint64
	changes []change
	undo    func()
}

type change struct{ id, before string }

// SetLines replaces the lines, for example because a tool changed. Values and the selected line
// stay.
func (f *Form) SetLines(lines []Line) {
	f.lines = lines
	if f.values == nil {
		f.values = map[string]string{}
	}
	if shown := f.shown(); len(shown) > 0 && f.index(shown) < 0 {
		f.at = shown[0].ID
	}
}

// Value returns the value of a line: that of its editor if it has one.
func (f *Form) Value(id string) string {
	for _, l := range f.lines {
		if l.ID == id && l.Editor != nil {
			return l.Editor.Value()
		}
	}
	return f.values[id]
}

// Values returns a copy of the values of the lines with answers, for a draft.
func (f *Form) Values() map[string]string { return maps.Clone(f.values) }

// Load sets values without a step to undo.
func (f *Form) Load(values map[string]string) {
	f.values = maps.Clone(values)
	if f.values == nil {
		f.values = map[string]string{}
	}
	f.steps = nil
}

// Current returns the selected line.
func (f *Form) Current() (Line, bool) {
	for _, l := range f.lines {
		if !l.Hidden && l.ID == f.at {
			return l, true
		}
	}
	return Line{}, false
}

// GoTo selects a line.
func (f *Form) GoTo(id string) { f.at = id }

// Set gives a line a value, as part of the open step or as a step of its own.
func (f *Form) Set(id, value string, serial uint64) {
	if f.values[id] == value {
		return
	}
	c := change{id, f.values[id]}
	if f.group != nil {
		f.group.changes = append(f.group.changes, c)
	} else {
		f.steps = append(f.steps, step{name: id, at: f.at, serial: serial, changes: []change{c}})
	}
	f.values[id] = value
	f.changed()
}

// give sets the value of an answer. An answer that repeats the value is a step as well,
// so that undo and a burst that is taken back return to its line.
func (f *Form) give(id, value string, serial uint64) {
	if f.values[id] == value {
		f.steps = append(f.steps, step{name: id, at: f.at, serial: serial})
		return
	}
	f.Set(id, value, serial)
}

// Step runs do and makes all that it sets one step. undo, if not nil, restores the state
// that the caller keeps elsewhere.
func (f *Form) Step(name string, serial uint64, undo, do func()) {
	f.group = &step{name: name, at: f.at, serial: serial, undo: undo}
	do()
	if len(f.group.changes) > 0 || undo != nil {
		f.steps = append(f.steps, *f.group)
	}
	f.group = nil
}

// Undo takes back the last step and returns its name.
func (f *Form) Undo() (name string, ok bool) {
	if len(f.steps) == 0 {
		return "", false
	}
	last := f.steps[len(f.steps)-1]
	f.steps = f.steps[:len(f.steps)-1]
	for _, c := range slices.Backward(last.changes) {
		f.values[c.id] = c.before
	}
	if last.undo != nil {
		last.undo()
	}
	f.at = last.at
	f.changed()
	return last.name, true
}

// TakeBack undoes the steps that a burst made and the text that it typed. It returns the
// number of steps.
func (f *Form) TakeBack(b Burst) (n int) {
	if f.runs.TakeBack(b) {
		f.changed()
	}
	for len(f.steps) > 0 && f.steps[len(f.steps)-1].serial >= b.Since {
		f.Undo()
		n++
	}
	return n
}

// Fill gives values to the lines from the selected one on, as one step, and returns their
// number. fill returns the value of a line and whether to stop before it; an empty value
// leaves the line alone.
func (f *Form) Fill(name string, serial uint64, fill func(Line) (value string, stop bool)) (n int) {
	shown := f.shown()
	f.Step(name, serial, nil, func() {
		for i := max(f.index(shown), 0); i < len(shown); i++ {
			value, stop := fill(shown[i])
			f.at = shown[i].ID
			if stop {
				return
			}
			if value != "" && f.values[f.at] != value {
				f.Set(f.at, value, serial)
				n++
			}
		}
	})
	return n
}

func (f *Form) changed() {
	if f.Changed != nil {
		f.Changed()
	}
}

func (f *Form) shown() []Line {
	return slices.DeleteFunc(slices.Clone(f.lines), func(l Line) bool { return l.Hidden })
}

func (f *Form) index(shown []Line) int {
	return slices.IndexFunc(shown, func(l Line) bool { return l.ID == f.at })
}

// leave reports whether the selected line lets go: a text that cannot be read holds it.
func (f *Form) leave() bool {
	l, ok := f.Current()
	return !ok || l.Editor == nil || l.Editor.Leave()
}

// move goes by lines. It reports false if it stays on the last line.
func (f *Form) move(by int) bool {
	shown := f.shown()
	i := f.index(shown)
	if by > 0 && !f.leave() {
		return true
	}
	to := max(0, min(i+by, len(shown)-1))
	if len(shown) > 0 {
		f.at = shown[to].ID
	}
	return to != i || by < 0
}

// moveGroup goes to the first line of the next group, or to the group before.
func (f *Form) moveGroup(by int) {
	shown := f.shown()
	i := f.index(shown)
	if i < 0 || !f.leave() {
		return
	}
	firsts := []int{0}
	for j := 1; j < len(shown); j++ {
		if shown[j].Group != shown[j-1].Group {
			firsts = append(firsts, j)
		}
	}
	own := 0
	for g, first := range firsts {
		if first <= i {
			own = g
		}
	}
	f.at = shown[firsts[(own+by+len(firsts))%len(firsts)]].ID
}

// moveColumn goes to the line at the same height of another column.
func (f *Form) moveColumn(by int) {
	shown := f.shown()
	i := f.index(shown)
	if i < 0 || !f.leave() {
		return
	}
	height := 0
	for j := i - 1; j >= 0; j-- {
		if shown[j].Column == shown[i].Column {
			height++
		}
	}
	for _, l := range shown {
		if l.Column != shown[i].Column+by {
			continue
		}
		f.at = l.ID
		if height--; height < 0 {
			return
		}
	}
}

// Typing reports whether a character is text: in an editor, and in the name of a line to
// jump to.
func (f *Form) Typing() bool {
	if f.jump != nil {
		return true
	}
	l, ok := f.Current()
	return ok && l.Editor != nil && len(l.Editor.Bindings()) == 0
}

// Type takes a key while [Form.Typing] holds. It reports whether the key was text.
func (f *Form) Type(h Host, k Key) bool {
	if f.jump != nil {
		_, mine := f.jump.Type(k)
		f.seek()
		return mine
	}
	l, ok := f.Current()
	if !ok || l.Editor == nil {
		return false
	}
	f.runs.Before(l.Editor, k)
	before := l.Editor.Value()
	refusal, mine := l.Editor.Type(k)
	if refusal != "" {
		h.Fail(refusal)
	}
	if l.Editor.Value() != before {
		f.changed()
	}
	return mine
}

// Paste puts a burst into the selected editor. It reports false if no editor is selected;
// then the answers that the burst gave are taken back.
func (f *Form) Paste(h Host, b Burst) bool {
	l, ok := f.Current()
	if !f.Typing() || !ok || l.Editor == nil {
		f.TakeBack(b)
		return false
	}
	if !b.Paste {
		return true // the keys were delivered one by one
	}
	if refusal := l.Editor.Insert(b.Text); refusal != "" {
		h.Fail(refusal)
	}
	f.changed()
	return true
}

// seek goes to the first line whose label begins with the jump text, or holds it.
func (f *Form) seek() {
	wanted := Fold(f.jump.Value())
	for _, fits := range []func(string, string) bool{strings.HasPrefix, strings.Contains} {
		for _, l := range f.shown() {
			if wanted != "" && fits(Fold(l.Label), wanted) {
				f.at = l.ID
				return
			}
		}
	}
}
