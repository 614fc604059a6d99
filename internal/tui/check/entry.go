package check

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/bedside"
	"neurocheck/internal/reading"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// mostComment is the limit for a comment that is typed, in characters. A longer comment
// on record stays as it is.
const mostComment = 2000

// entry asks for one text: the time of the check or a comment. The form keeps it with
// each key.
type entry struct {
	dialog
	head    string // before the patient
	hint    string
	editor  kit.Editor
	changed func()        // after a key has changed the text
	done    func() string // takes the text; returns the reason if it is refused
	refused string
}

// Typing implements [kit.Screen].
func (d *entry) Typing() bool { return len(d.editor.Bindings()) == 0 }

// Type takes a key of the text. Enter is none: it takes the text.
func (d *entry) Type(h kit.Host, k kit.Key) (bool, tea.Cmd) {
	if k.Name == "enter" {
		return false, nil
	}
	d.runs.Before(d.editor, k)
	before := d.editor.Value()
	refusal, mine := d.editor.Type(k)
	if refusal != "" {
		h.Fail(refusal)
	}
	return mine, d.keep(h, before)
}

func (d *entry) keep(h kit.Host, before string) tea.Cmd {
	if d.editor.Value() == before {
		return nil
	}
	d.refused = ""
	d.changed()
	return d.touched(h)
}

// Update takes a burst into the text.
func (d *entry) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	b, ok := msg.(kit.Burst)
	if !ok {
		return nil
	}
	before := d.editor.Value()
	return tea.Batch(d.textBurst(h, d.editor, b), d.keep(h, before))
}

// Bindings implements [kit.Screen].
func (d *entry) Bindings() []kit.Binding {
	list := d.editor.Bindings()
	for i, b := range list {
		list[i].Do = func(h kit.Host, k kit.Key) tea.Cmd {
			cmd := b.Do(h, k)
			if d.editor.Settled() {
				return tea.Batch(cmd, d.take(h))
			}
			return cmd
		}
	}
	return append(list,
		kit.Bind("enter", "OK", "take the text", func(h kit.Host, _ kit.Key) tea.Cmd {
			if !d.editor.Leave() {
				return nil
			}
			return d.take(h)
		}),
		kit.Bind("esc", "back, text is kept", "back to the form; the text is kept", func(h kit.Host, _ kit.Key) tea.Cmd { return d.form.shut(h, d) }),
	)
}

func (d *entry) take(h kit.Host) tea.Cmd {
	if d.refused = d.done(); d.refused != "" {
		return nil
	}
	d.exam.changed = true
	return d.form.shut(h, d)
}

// Body implements [kit.Screen].
func (d *entry) Body(p kit.Page) []string {
	var lines []string
	for _, line := range p.Hang(" "+d.head+"   "+words.About(&d.exam.history.Patient), p.Width, 1) {
		lines = append(lines, p.Strong.Render(line))
	}
	for _, line := range d.editor.View(p.Narrow(p.Width-4), d.Typing()) {
		lines = append(lines, "  "+line)
	}
	note, bad := d.editor.Note()
	if d.refused != "" {
		note, bad = d.refused, true
	}
	if note == "" {
		note = d.hint
	}
	look := p.Faint
	if bad {
		look = p.Bad
	}
	for _, line := range p.Wrap(note, p.Width-3) {
		lines = append(lines, "  "+look.Render(line))
	}
	return lines
}

// Foot implements [kit.Screen].
func (d *entry) Foot(p kit.Page) []string {
	line := ""
	var lines []string
	for _, b := range d.Bindings() {
		cell := b.Name() + " " + b.Short
		switch {
		case b.Short == "":
		case line == "":
			line = " " + cell
		case p.Cells(line+"   "+cell) > p.Width-1: // no answer is cut
			lines = append(lines, p.Faint.Render(line))
			line = " " + cell
		default:
			line += "   " + cell
		}
	}
	return append(lines, p.Faint.Render(line))
}

// newComment asks for the comment on a check.
func newComment(d dialog) *entry {
	e := d.exam
	text := kit.NewText(e.check.Note, mostComment)
	text.Lines = true
	return &entry{dialog: d, head: "Comment", hint: "the comment changes neither grade nor flag", editor: kit.Plainly(text, nil),
		changed: func() { e.check.Note = text.Value() },
		done:    func() string { return "" }}
}

// newTime asks for the time of a check.
func newTime(d dialog) *entry {
	e := d.exam
	field := kit.NewField(40, func(text string) reading.Reading[time.Time] { return reading.Time(text, e.desk.Now(), e.desk.Zone()) })
	field.Start(e.check.PerformedAt, timeShown(e.desk, e.check.PerformedAt), "")
	if e.typed != "" {
		field.Insert(e.typed)
	}
	return &entry{dialog: d, head: "When was the patient examined?", editor: field,
		hint: "1320, 13.20, 1:20pm, yesterday 2350, 28 Nov 0300. Untouched, the time stays to the second",
		changed: func() {
			e.typed = ""
			if field.Touched() {
				e.typed = field.Value()
			}
		},
		done: func() string {
			at, _ := field.Get()
			if reason := bedside.TimeRefusal(&e.history, at, e.desk.WallClock()); reason != "" {
				return reason
			}
			e.check.PerformedAt, e.typed = at, ""
			return ""
		}}
}

// timeShown returns a time as the time field shows it, with the letters of the zone if
// the clocks change on that day.
func timeShown(d *desk.Desk, at time.Time) string {
	at = at.In(d.Zone())
	text := at.Format("15:04")
	if ward.DateOf(at) != ward.DateOf(d.Now()) {
		text = at.Format("2 Jan 2006 15:04")
	}
	_, before := at.Add(-6 * time.Hour).Zone()
	_, after := at.Add(6 * time.Hour).Zone()
	if before != after {
		text += " " + at.Format("MST")
	}
	return text
}
