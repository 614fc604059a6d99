package kit

import (
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// Option is one answer of a question.
type Option struct {
	Keys    []string
	Label   string
	Records bool
	Needs   string
	Off     string // the reason why it cannot be chosen now
	// Do is called when the dialog is gone. Nil only closes it.
	Do func(Host) tea.Cmd
}

// Input is a line that is typed before the options answer.
type Input struct {
	Label  string
	Editor Editor
}

// Question is a dialog that asks one thing. Subject names the subject of the question in
// full, and the dialog wraps it but never shortens it.
type Question struct {
	Base
	Subject []string
	Text    []string
	Inputs  []Input // the first is selected first, then the others in turn
	Options []Option
	// Left is called if the question is left without an answer, with its inputs as they
	// are, so that a draft can hold them.
	Left func(Host) tea.Cmd
	// Typed is called after an input took a key, a paste or an answer, so that a draft can
	// hold the inputs.
	Typed func()

	at     int // the selected input; len(Inputs) if the options answer
	runs   TypedRuns
	scroll Scroll
}

// Confirm returns a question with a yes and a no: "1 y save    0 n back to the form".
func Confirm(subject, text []string, yes, no string, do func(Host) tea.Cmd) *Question {
	return &Question{Subject: subject, Text: text, Options: []Option{
		{Keys: []string{"1", "y"}, Label: yes, Do: do},
		{Keys: []string{"0", "n"}, Label: no},
	}}
}

// Recording marks the first option as one that records and needs a permission, so that it
// is refused to those who may not. It returns the question.
func (q *Question) Recording(needs string) *Question {
	q.Options[0].Records, q.Options[0].Needs = true, needs
	return q
}

// Choose returns a question with options by figure, from 1 on, and 0 to go back.
func Choose(subject, text []string, options ...Option) *Question {
	q := &Question{Subject: subject, Text: text}
	for i, o := range options {
		if len(o.Keys) == 0 {
			o.Keys = []string{strconv.Itoa(i + 1)}
		}
		q.Options = append(q.Options, o)
	}
	q.Options = append(q.Options, Option{Keys: []string{"0"}, Label: "back"})
	return q
}

// Renew replaces the subject and the text. It reports whether they differ.
func (q *Question) Renew(subject, text []string) (changed bool) {
	changed = !slices.Equal(q.Subject, subject) || !slices.Equal(q.Text, text)
	q.Subject, q.Text = subject, text
	return changed
}

// Over implements [Dialog].
func (q *Question) Over() {}

// Typing implements [Screen].
func (q *Question) Typing() bool {
	return q.at < len(q.Inputs) && len(q.Inputs[q.at].Editor.Bindings()) == 0
}

// Type implements [Screen].
func (q *Question) Type(h Host, k Key) (bool, tea.Cmd) {
	q.runs.Before(q.Inputs[q.at].Editor, k)
	refusal, mine := q.Inputs[q.at].Editor.Type(k)
	if refusal != "" {
		h.Fail(refusal)
	}
	q.typed()
	return mine, nil
}

// Untype implements [Untyper].
func (q *Question) Untype(b Burst) {
	if q.runs.TakeBack(b) {
		q.typed()
	}
}

func (q *Question) typed() {
	if q.Typed != nil {
		q.Typed()
	}
}

// Update puts a paste into the selected input. Without one a burst is dropped.
func (q *Question) Update(h Host, msg tea.Msg) tea.Cmd {
	b, ok := msg.(Burst)
	if !ok || !q.Typing() {
		return nil
	}
	if b.Paste {
		if refusal := q.Inputs[q.at].Editor.Insert(b.Text); refusal != "" {
			h.Fail(refusal)
		}
		q.typed()
	}
	return nil
}

// Bindings implements [Screen].
func (q *Question) Bindings() []Binding {
	back := Bind("esc", "", "back, without an answer", func(h Host, _ Key) tea.Cmd { return q.leave(h) })
	if q.at < len(q.Inputs) {
		list := answering(q.Inputs[q.at].Editor, func() {
			q.at++
			q.typed()
		})
		list = append(list, Bind("enter down tab", "OK", "the next line", func(Host, Key) tea.Cmd {
			if q.Inputs[q.at].Editor.Leave() {
				q.at++
			}
			return nil
		}))
		return append(list, q.up(), back)
	}
	var list []Binding
	for _, o := range q.Options {
		list = append(list, Binding{
			Keys: o.Keys, Shown: strings.Join(o.Keys, " "), Short: o.Label, Help: o.Label,
			Answer: true, Records: o.Records, Needs: o.Needs, Off: o.Off,
			Do: func(h Host, _ Key) tea.Cmd { return q.answer(h, o) },
		})
	}
	if len(q.Inputs) > 0 {
		list = append(list, q.up())
	}
	list = append(list, back)
	return append(list, q.scroll.Bindings()...)
}

func (q *Question) up() Binding {
	return Bind("up shift+tab", "", "the previous line", func(Host, Key) tea.Cmd {
		q.at--
		return nil
	}).If(q.at > 0, "this is the first line")
}

func (q *Question) answer(h Host, o Option) tea.Cmd {
	if o.Do == nil {
		return q.leave(h)
	}
	return tea.Batch(h.Close(q), o.Do(h))
}

func (q *Question) leave(h Host) tea.Cmd {
	cmd := h.Close(q)
	if q.Left != nil {
		cmd = tea.Batch(cmd, q.Left(h))
	}
	return cmd
}

// Body draws the subject, the text and the inputs. It scrolls if the page is too low.
func (q *Question) Body(p Page) []string {
	var lines []string
	add := func(text string, look Look) {
		for _, line := range p.Wrap(text, p.Width-2) {
			lines = append(lines, " "+look.Render(line))
		}
	}
	for _, s := range q.Subject {
		add(s, p.Strong)
	}
	undrawn := false
	for _, s := range q.Text {
		add(s, Look{})
		undrawn = undrawn || p.Undrawn(s)
	}
	if undrawn { // two names may look alike now
		add("* is a letter that this terminal cannot draw: look on another one", p.Bad)
	}
	for i, in := range q.Inputs {
		lines = append(lines, q.input(p, in, i == q.at)...)
	}
	return q.scroll.View(p, lines)
}

func (q *Question) input(p Page, in Input, selected bool) []string {
	const label = 12
	text := in.Editor.View(p.Narrow(p.Width-label-3), selected)
	rows := []string{" " + p.Pad(in.Label, label) + " " + text[0]}
	indent := strings.Repeat(" ", label+2)
	for _, more := range text[1:] {
		rows = append(rows, indent+more)
	}
	if note, bad := in.Editor.Note(); note != "" {
		look := p.Faint
		if bad {
			look = p.Bad
		}
		for _, part := range p.Wrap(note, p.Width-label-3) {
			rows = append(rows, indent+look.Render(part))
		}
	}
	return rows
}

// Foot draws the options, each with its keys, as many in a line as fit.
func (q *Question) Foot(p Page) []string {
	if q.at < len(q.Inputs) {
		list := q.Inputs[q.at].Editor.Bindings()
		if len(list) == 0 {
			return []string{p.Faint.Render(" enter OK   esc back, the text is kept")}
		}
		return optionLines(p, list)
	}
	var list []Binding
	for _, b := range q.Bindings() {
		if b.Answer {
			list = append(list, b)
		}
	}
	return optionLines(p, list)
}

func optionLines(p Page, list []Binding) (lines []string) {
	line := ""
	for _, b := range list {
		cell := p.Strong.Render(b.Name()) + " " + b.Short
		if b.Off != "" {
			cell = p.Faint.Render(b.Name() + " " + b.Short + " (" + b.Off + ")")
		}
		if line != "" && p.Cells(line+"    "+cell) > p.Width-1 {
			lines = append(lines, line)
			line = ""
		}
		if line == "" {
			line = " " + cell
			continue
		}
		line += "    " + cell
	}
	return append(lines, line)
}
