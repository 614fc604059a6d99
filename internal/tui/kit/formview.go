package kit

import (
	"math"
	"strings"
)

// FormColumn has the widths of one column of a form, without the two cells of the mark.
type FormColumn struct {
	Label, Value, Before int
	Earlier              int  // the number of earlier values that are drawn, each Before wide; 0 is one
	Ask                  int  // for the questions; 0 draws none
	Below                bool // a question is in the row below its line, and may be as wide as the column
	Words                bool // a line without a question has its answers in words there
}

func (c FormColumn) width() int { return c.answers() + c.Ask }

// answers returns the width of the column without its questions.
func (c FormColumn) answers() int { return 2 + c.Label + c.Value + c.Before*max(c.Earlier, 1) }

// View draws the form in its columns, the headings of the groups above their lines.
// heading returns the line above a group. If the page is too low, the part around the
// selected line is drawn.
func (f *Form) View(p Page, columns []FormColumn, heading func(Page, string) string) []string {
	parts := make([][]string, len(columns))
	selected, end := 0, 0
	for i, c := range columns {
		part := f.column(p, i, c, heading)
		parts[i] = part.rows
		if part.end > 0 {
			selected, end = part.selected, part.end
		}
	}
	lines := sideBySide(p, parts, columns)
	f.top = scrollTo(f.top, selected, end, len(lines), p.Height)
	return p.window(lines, f.top)
}

// drawnColumn holds the rows of a column, and those of the selected line; end is 0 if that
// line is in another column.
type drawnColumn struct {
	rows          []string
	selected, end int
}

// column draws a column with its questions in full. If so not all its lines are in view,
// each question has one row, and those below their lines are there as far as rows are free,
// from the top on.
func (f *Form) column(p Page, i int, c FormColumn, heading func(Page, string) string) drawnColumn {
	d := f.columnRows(p, i, c, questions{math.MaxInt, math.MaxInt}, heading)
	if c.Ask == 0 || len(d.rows) <= p.Height {
		return d
	}
	bare := c
	bare.Ask = 0
	free := p.Height - len(f.columnRows(p, i, bare, questions{}, heading).rows)
	return f.columnRows(p, i, c, questions{1, free}, heading)
}

// questions limits the rows that questions take: each of them, and all that are more than
// the rows of the lines.
type questions struct{ each, more int }

func (f *Form) columnRows(p Page, i int, c FormColumn, q questions, heading func(Page, string) string) (d drawnColumn) {
	part, group := p.Narrow(c.width()), ""
	for _, l := range f.shown() {
		if l.Column != i {
			continue
		}
		if l.Group != group {
			group = l.Group
			if head := heading(part, l.Group); head != "" {
				d.rows = append(d.rows, head)
			}
		}
		if l.ID == f.at {
			d.selected = len(d.rows)
		}
		rows := f.row(part, l, c)
		if l.Editor == nil {
			asked := f.withQuestion(part, l, c, rows[0], q.each)
			if more := len(asked) - 1; more <= q.more {
				rows, q.more = asked, q.more-more
			}
		}
		d.rows = append(d.rows, rows...)
		if l.ID == f.at {
			d.end = len(d.rows)
		}
	}
	return d
}

// sideBySide joins the columns line by line.
func sideBySide(p Page, parts [][]string, columns []FormColumn) (lines []string) {
	rows := 0
	for _, part := range parts {
		rows = max(rows, len(part))
	}
	lines = make([]string, rows)
	for c, part := range parts {
		for i := range lines {
			cell := ""
			if i < len(part) {
				cell = part[i]
			}
			if c < len(parts)-1 {
				cell = p.Pad(cell, columns[c].width())
			}
			lines[i] += cell
		}
	}
	return lines
}

// row draws a line without its question.
func (f *Form) row(p Page, l Line, c FormColumn) []string {
	mark, label := "  ", p.Pad(l.Label, c.Label)
	selected := l.ID == f.at
	if selected {
		mark, label = p.Strong.Render("▌ "), p.Strong.Render(label)
	}
	if l.Editor != nil {
		return f.editorRows(p, l, mark+label, c, selected)
	}
	cell := p.Pad(p.Fit(f.shownValue(l), max(c.Value-1, 1)), c.Value)
	if selected {
		cell = p.Selected.Render(p.Cut(cell, max(c.Value-1, 1))) + " "
	}
	return []string{mark + label + cell + p.Faint.Render(earlierValues(p, l, c))}
}

// earlierValues joins as many earlier values as the column has room for.
func earlierValues(p Page, l Line, c FormColumn) (text string) {
	for i, before := range l.Before[:min(len(l.Before), max(c.Earlier, 1))] {
		text = p.Pad(text, i*c.Before) + p.Fit(before, c.Before)
	}
	return text
}

// withQuestion adds the question of a line, next to it or below it, in at most so many
// rows.
func (f *Form) withQuestion(p Page, l Line, c FormColumn, line string, most int) []string {
	text := l.Ask
	if text == "" && c.Words {
		text = l.Words
	}
	if text == "" || c.Ask == 0 {
		return []string{line}
	}
	width, indent, rows := c.Ask-1, c.answers(), []string{}
	if c.Below {
		width, indent, rows = c.width()-5, 4, []string{line}
	}
	asked := p.Wrap(text, width)
	if len(asked) > most {
		asked = []string{p.Fit(strings.ReplaceAll(text, "\n", "  "), width)}
	}
	look := p.Faint
	if l.ID == f.at {
		look = Look{}
	}
	for i, text := range asked {
		before := strings.Repeat(" ", indent)
		if i == 0 && !c.Below {
			before = p.Pad(line, indent)
		}
		rows = append(rows, before+look.Render(text))
	}
	return rows
}

// shownValue returns the words of a value. An untouched line is blank, one that was not
// assessed has a dash.
func (f *Form) shownValue(l Line) string {
	value := f.values[l.ID]
	if l.Show != nil {
		return l.Show()
	}
	words := value
	for _, a := range l.Answers {
		if a.Value == value {
			words = a.Label
		}
	}
	if value == NotAssessed {
		words = "–"
	}
	if l.Mark != nil {
		if sign := l.Mark(value); sign != "" {
			words += " " + sign
		}
	}
	return words
}

func (f *Form) editorRows(p Page, l Line, before string, c FormColumn, selected bool) []string {
	text := l.Editor.View(p.Narrow(c.Value+c.Before), selected && f.jump == nil)
	rows := []string{before + text[0]}
	indent := strings.Repeat(" ", 2+c.Label)
	for _, more := range text[1:] {
		rows = append(rows, indent+more)
	}
	note, bad := l.Editor.Note()
	if note == "" {
		return rows
	}
	look := p.Faint
	if bad {
		look = p.Bad
	}
	for _, part := range p.Wrap(note, c.Value+c.Before) {
		rows = append(rows, indent+look.Render(part))
	}
	if !bad {
		return rows
	}
	for _, b := range l.Editor.Bindings() {
		for _, part := range p.Hang(b.Name()+" "+b.Help, c.Value+c.Before-2, 2) {
			rows = append(rows, indent+"  "+part)
		}
	}
	return rows
}

// JumpLine returns the name typed so far of the line to jump to, and whether there is a
// jump.
func (f *Form) JumpLine(p Page) (string, bool) {
	if f.jump == nil {
		return "", false
	}
	return "/" + f.jump.View(p, true)[0], true
}
