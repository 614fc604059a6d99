package chart

import (
	"strings"
	"time"

	"neurocheck/internal/reading"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/words"
)

// line is one line of an entry.
type line struct {
	label  string
	editor kit.Editor
	hint   func(kit.Page) []string // to the right of the selected line, in the room there
	width  int                     // of the value next to a hint
	after  func() []string         // below the line: the consequence of its value
	state  func() func()           // returns a function that restores the line as it is now
	value  func() string           // for a draft
	load   func(string)            // fills the line from a draft
	time   bool                    // the line that the key t leads to
	words  bool                    // the lines below repeat the reading
}

const labelWidth = 9

// view draws the line, the reading or the refusal, and the lines below it.
func (l *line) view(p kit.Page, selected bool) []string {
	label := " " + p.Pad(l.label, labelWidth-1)
	if selected {
		label = " " + p.Strong.Render(p.Pad(l.label, labelWidth-1))
	}
	indent := strings.Repeat(" ", labelWidth)
	note, bad := l.editor.Note()
	if l.time && !selected && !bad && note != "" { // the reading says more than the text
		return append([]string{label + note}, l.below(p, indent)...)
	}
	hinted := selected && l.hint != nil
	width := p.Width - labelWidth - 1
	if hinted {
		width = l.width
	}
	value := l.editor.View(p.Narrow(width), selected)
	rows := []string{label + value[0]}
	if hinted {
		column := labelWidth + width + 2
		for i, part := range l.hint(p.Narrow(p.Width - column)) {
			if i == len(rows) {
				rows = append(rows, "")
			}
			rows[i] = p.Pad(rows[i], column) + p.Faint.Render(part)
		}
	}
	for _, more := range value[1:] {
		rows = append(rows, indent+more)
	}
	if bad || note != "" && !l.words && (!l.time || l.editor.Touched()) {
		look := p.Faint
		if bad {
			look = p.Bad
		}
		for _, part := range p.Wrap(note, p.Width-labelWidth-1) {
			rows = append(rows, indent+look.Render(part))
		}
	}
	return append(rows, l.below(p, indent)...)
}

func (l *line) below(p kit.Page, indent string) (rows []string) {
	if l.after == nil {
		return nil
	}
	for _, text := range l.after() {
		for _, part := range p.Wrap(text, p.Width-len(indent)-1) {
			rows = append(rows, indent+part)
		}
	}
	return rows
}

// textLine returns a line of plain text. check returns the reason why a text is refused.
func textLine(label string, limit int, check func(string) string) *line {
	t := kit.NewText("", limit)
	return &line{label: label, editor: kit.Plainly(t, check), value: t.Value, load: func(text string) { t.Insert(text) }, state: func() func() {
		was := *t
		return func() { *t = was }
	}}
}

// fieldLine returns a line that is read as a value.
func fieldLine[T any](label string, f *kit.Field[T]) *line {
	return &line{label: label, editor: f, value: f.Value, load: func(text string) {
		f.Insert(text)
		f.Leave()
	}, state: func() func() {
		field, text := *f, *f.Text
		return func() { *f, *f.Text = field, text }
	}}
}

// timeLine returns a line that is read as a time. A draft holds the time to the second
// and not its text, because "today" is another day later.
func timeLine(label string, f *kit.Field[time.Time], zone *time.Location) *line {
	l := fieldLine(label, f)
	text, load := l.value, l.load
	l.value = func() string {
		if at, ok := f.Get(); ok {
			return at.Format(time.RFC3339)
		}
		return text()
	}
	l.load = func(text string) {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			load(text)
			return
		}
		shown := words.Clock{Zone: zone}.ShortTime(at)
		said := f.Read(shown).Words
		if said == "" {
			said = shown
		}
		f.Start(at.In(zone), shown, said)
	}
	return l
}

// timeHint shows the forms of a time.
func timeHint(p kit.Page) []string {
	return p.Wrap("(t)  1320, 13.20, 1:20pm, yesterday 23:50, 28 Nov 14:00", p.Width)
}

// whenLine returns the line for the time of something that has happened. Until a key
// replaces it, the time is that of the opening.
func whenLine(now func() time.Time, zone *time.Location) (*line, *kit.Field[time.Time]) {
	f := kit.NewField(60, func(text string) reading.Reading[time.Time] { return reading.Time(text, now(), zone) })
	f.Say = func(at time.Time) string { return reading.TimeWords(at, now(), zone) }
	at := now()
	f.Start(at, reading.DayTime(at, at, zone), f.Say(at))
	l := timeLine("when", f, zone)
	l.hint, l.width, l.time = timeHint, len("today 13:20")+1, true
	return l, f
}

// whenWords returns the reading of a time as a question repeats it: today 13:20 (2 h 47
// min ago).
func whenWords(f *kit.Field[time.Time]) string {
	words, _ := f.Note()
	if i := strings.LastIndex(words, ", "); i >= 0 {
		return words[:i] + " (" + words[i+2:] + ")"
	}
	return words
}

// answerLine draws the answers with their keys, as many in a line as fit.
func answerLine(p kit.Page, list []kit.Binding) []string {
	text, line := []string{}, ""
	for _, b := range list {
		if !b.Answer {
			continue
		}
		cell := p.Strong.Render(b.Name()) + " " + b.Short
		if b.Off != "" {
			cell = p.Faint.Render(b.Name() + " " + b.Short + " (" + b.Off + ")")
		}
		if line != "" && p.Cells(line+"    "+cell) > p.Width-1 {
			text, line = append(text, line), ""
		}
		if line != "" {
			line += "   "
		}
		line += " " + cell
	}
	return append(text, line)
}
