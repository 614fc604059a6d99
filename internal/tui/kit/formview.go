package kit

import "strings"

// FormColumn has the widths of one column of a form, without the two cells of the mark.
type FormColumn struct{ Label, Value, Before int }

func (c FormColumn) width() int { return 2 + c.Label + c.Value + c.Before }

// View draws the form in its columns, the headings of the groups above their lines.
// heading returns the line above a group. If the page is too low, the part around the
// line in hand is drawn.
func (f *Form) View(p Page, columns []FormColumn, heading func(Page, string) string) []string {
	parts := make([][]string, len(columns))
	groups := make([]string, len(columns))
	hand, end := 0, 0
	for _, l := range f.shown() {
		if l.Column >= len(columns) {
			continue
		}
		c := l.Column
		part := p.Narrow(columns[c].width())
		if l.Group != groups[c] {
			groups[c] = l.Group
			if head := heading(part, l.Group); head != "" {
				parts[c] = append(parts[c], head)
			}
		}
		if l.ID == f.at {
			hand = len(parts[c])
		}
		parts[c] = append(parts[c], f.row(part, l, columns[c])...)
		if l.ID == f.at {
			end = len(parts[c])
		}
	}
	lines := sideBySide(p, parts, columns)
	f.top = scrollTo(f.top, hand, end, len(lines), p.Height)
	return p.window(lines, f.top)
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

func (f *Form) row(p Page, l Line, c FormColumn) []string {
	mark, label := "  ", p.Pad(l.Label, c.Label)
	inHand := l.ID == f.at
	if inHand {
		mark, label = p.Strong.Render("▌ "), p.Strong.Render(label)
	}
	if l.Editor != nil {
		return f.editorRows(p, l, mark+label, c, inHand)
	}
	cell := p.Pad(p.Fit(f.shownValue(l), max(c.Value-1, 1)), c.Value)
	if inHand {
		cell = p.Selected.Render(p.Cut(cell, max(c.Value-1, 1))) + " "
	}
	return []string{mark + label + cell + p.Faint.Render(p.Fit(l.Before, c.Before))}
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

func (f *Form) editorRows(p Page, l Line, before string, c FormColumn, inHand bool) []string {
	text := l.Editor.View(p.Narrow(c.Value+c.Before), inHand && f.jump == nil)
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
