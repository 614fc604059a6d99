package chart

import (
	"slices"
	"strings"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// widths are those of a column of findings: label, value, and the value of the check
// before.
type widths struct{ label, now, was int }

func (w widths) sum() int { return 2 + w.label + w.now + w.was }

var (
	usual  = widths{16, 11, 12}
	ofCAPD = widths{18, 10, 11} // its labels are longer, and its values shorter
)

// The widths of a page from which no value of a finding wraps, and from which the findings
// have three columns.
const (
	wideFindings = 112
	threeColumns = 160
)

// layout is the widths of the columns of findings on a page. The signs below the items of
// the tool have widths of their own.
type layout struct {
	tool, signs, right widths
	columns            int
}

// layoutsOn returns the layouts for a page: the usual one first, then those with room for
// longer words, now or at the check before.
func layoutsOn(p kit.Page, tool icans.Tool) []layout {
	switch {
	case p.Width >= threeColumns:
		w := widths{18, 18, 24}
		return []layout{{w, w, w, 3}}
	case p.Width >= wideFindings:
		w := widths{18, 17, 19}
		return []layout{{w, w, w, 2}}
	}
	even, now, alone := widths{16, 12, 12}, widths{16, 13, 11}, widths{18, 26, 24}
	last := layout{alone, alone, alone, 1}
	if tool == icans.CAPD {
		longer := widths{18, 12, 10}
		return []layout{{ofCAPD, ofCAPD, usual, 2}, {longer, even, usual, 2}, {longer, now, usual, 2}, last}
	}
	return []layout{{usual, usual, usual, 2}, {even, even, usual, 2}, {now, now, usual, 2}, last}
}

// findings draws each field of the check in two or three columns, next to the check before
// it by time. The items of the tool are next to the last check with that tool. No word is
// cut if one of the layouts has room for it.
func (s *record) findings(p kit.Page, c *ward.Check) []string {
	before, withTool := s.before(c)
	tool, signs, seen, other := s.grouped(c)
	var l layout
	for _, l = range layoutsOn(p, c.Findings.Tool) {
		if l.tool.fit(p, tool, c, withTool) && l.signs.fit(p, signs, c, before) {
			break
		}
	}
	columns := [][]string{
		s.part(p, l.tool, words.ToolName(c.Findings.Tool), tool, c, withTool),
		s.part(p, l.right, "SEEN (all five needed)", seen, c, before),
		s.part(p, l.right, "OTHER SIGNS (no grade)", other, c, before),
	}
	columns[0] = append(columns[0], s.part(p, l.signs, "CONSCIOUSNESS, SIGNS", signs, c, before)...)
	switch l.columns {
	case 1:
		columns = [][]string{slices.Concat(columns...)}
	case 2:
		columns = [][]string{columns[0], append(columns[1], columns[2]...)}
	}
	return sideBySide(p, l.tool.sum(), columns)
}

// fit reports whether no word of the values of the fields is longer than its column.
func (w widths) fit(p kit.Page, fields []*icans.Field, c, before *ward.Check) bool {
	longer := func(value string, room int) bool {
		return slices.ContainsFunc(strings.Fields(value), func(word string) bool { return p.Cells(word) > room })
	}
	for _, f := range fields {
		if longer(f.Words(&c.Findings), w.now-1) || before != nil && longer(f.Words(&before.Findings), w.was-1) {
			return false
		}
	}
	return true
}

// sideBySide puts columns of lines next to each other.
func sideBySide(p kit.Page, width int, columns [][]string) (lines []string) {
	for i, column := range columns {
		for row, text := range column {
			if row == len(lines) {
				lines = append(lines, "")
			}
			lines[row] = p.Pad(lines[row], i*width) + text
		}
	}
	return lines
}

// grouped returns the fields of the check by the part of the screen that shows them. The
// reason why the tool was not done, or the total alone, takes the place of the items.
func (s *record) grouped(c *ward.Check) (tool, domains, seen, other []*icans.Field) {
	x := &c.Findings
	for _, f := range icans.Fields() {
		switch f.Group {
		case icans.GroupICE, icans.GroupCAPD:
			items := icans.GroupICE
			if x.Tool == icans.CAPD {
				items = icans.GroupCAPD
			}
			if f.Group == items && x.Unable == 0 && x.StatedTotal == 0 {
				tool = append(tool, f)
			}
		case icans.GroupUnable, icans.GroupTotal:
			if f.Assessed(x) {
				tool = append(tool, f)
			}
		case icans.GroupDomain:
			domains = append(domains, f)
		case icans.GroupSeen:
			if len(seen) < icans.Features {
				seen = append(seen, f)
			} else {
				other = append(other, f)
			}
		case icans.GroupCRS:
			other = append(other, f)
		}
	}
	return tool, domains, seen, other
}

// before returns the valid check before c in time, and the last one before it that was
// done with the same tool.
func (s *record) before(c *ward.Check) (last, withTool *ward.Check) {
	for i := range s.chart.Checks {
		o := &s.chart.Checks[i]
		if o.ID == c.ID || o.Compare(c) >= 0 {
			continue
		}
		last = o
		if o.Findings.Tool == c.Findings.Tool && o.Findings.Unable == 0 {
			withTool = o
		}
	}
	return last, withTool
}

// part draws the fields of one part below their heading.
func (s *record) part(p kit.Page, w widths, title string, fields []*icans.Field, c, before *ward.Check) []string {
	was := ""
	if before != nil {
		was = s.d.Time(before.PerformedAt)
	}
	head := p.Pad(title, w.label+1) + " " + p.Pad("now", w.now)
	if p.Cells(title) > w.label {
		head = p.Pad(title, w.label+w.now+2) // the time of the values before it says enough
	}
	lines := []string{p.Faint.Render(" " + head + was)}
	for _, f := range fields {
		lines = append(lines, findingRows(p, w, f, c, before)...)
	}
	return lines
}

// findingRows draws one field. A value that is too long for its column goes on below.
func findingRows(p kit.Page, w widths, f *icans.Field, c, before *ward.Check) []string {
	value, was := desk.Dash(f.Words(&c.Findings)), ""
	if before != nil {
		was = desk.Dash(f.Words(&before.Findings))
		if sign := changeSign(f, &before.Findings, &c.Findings); sign != "" {
			value += " " + sign
		}
	}
	now, then := p.Wrap(value, w.now-1), p.Wrap(was, w.was-1)
	var rows []string
	for i := range max(len(now), len(then)) {
		label, a, b := "", "", ""
		if i == 0 {
			label = f.Label
		}
		if i < len(now) {
			a = now[i]
		}
		if i < len(then) {
			b = then[i]
		}
		rows = append(rows, "   "+p.Pad(label, w.label)+p.Pad(a, w.now)+p.Faint.Render(b))
	}
	return rows
}

// changeSign returns ▼ if a finding is worse than before and ▲ if it is better. High
// points are better in ICE, and worse everywhere else.
func changeSign(f *icans.Field, before, now *icans.Findings) string {
	was, assessedBefore := f.Number(before)
	is, assessed := f.Number(now)
	if f.Several { // a set: any member but none
		was, is = min(was, 1), min(is, 1)
	}
	switch {
	case !assessed || !assessedBefore || was == is || f.Group == icans.GroupUnable:
		return ""
	case (is > was) == (f.Group == icans.GroupICE):
		return desk.MarkBetter
	}
	return desk.MarkWorse
}
