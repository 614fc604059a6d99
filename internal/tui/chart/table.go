package chart

import (
	"fmt"
	"strings"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// findingsFrom is the width of the table from which it has the findings in words.
const findingsFrom = 100

// tableColumns are the widths of the columns of the table of checks.
type tableColumns struct{ time, score, grade int }

// columnsFor returns widths in which no time, score or grade of the checks is cut.
func (s *selection) columnsFor(p kit.Page, checks []*ward.Check) tableColumns {
	w := tableColumns{10, 7, 7}
	for _, c := range checks {
		w.time = max(w.time, p.Cells(s.d.Time(c.PerformedAt))+1)
		w.score = max(w.score, p.Cells(scoreCell(c))+1)
		w.grade = max(w.grade, p.Cells(words.GradeCell(c.Result))+1)
	}
	return w
}

// scoreCell returns the score; – if the tool was not done, because the reasons say why.
func scoreCell(c *ward.Check) string {
	if c.Findings.Unable != 0 {
		return "–"
	}
	return words.Score(&c.Findings)
}

// checkTable draws the checks that count, the last one first, each with its reasons. It has
// as many lines of reasons as let all checks fit, at least two. The selected check is in view.
func (s *selection) checkTable(p kit.Page) []string {
	checks, at := s.counting()
	room := p.Height - 2 // without the heading and the line that counts the others
	before, after := checks[:max(0, at-room)], checks[min(len(checks), at+room):]
	checks = checks[len(before) : len(checks)-len(after)] // more have no room
	at -= len(before)
	w := s.columnsFor(p, checks)
	rows := make([][]string, len(checks))
	for most := 5; most >= 2; most-- {
		lines := 0
		for i, c := range checks {
			rows[i] = s.tableRow(p, w, c, c == s.check(), most)
			lines += len(rows[i])
		}
		if lines <= room {
			break
		}
	}
	first, end := fitting(rows, at, room)
	lines := []string{p.Faint.Render(p.Fit("  "+p.Pad("time", w.time)+p.Pad("score", w.score)+p.Pad("ICANS", w.grade)+"flag and why", p.Width))}
	for _, row := range rows[first:end] {
		lines = append(lines, row...)
	}
	later, earlier := len(before)+first, len(after)+len(rows)-end
	if later+earlier > 0 {
		lines = append(lines, p.Faint.Render(fmt.Sprintf("  %d later, %d earlier: ← → move", later, earlier)))
	}
	return lines
}

// counting returns the checks that count, the last one first, and the index of the selected one;
// 0 if none is.
func (s *selection) counting() (checks []*ward.Check, at int) {
	selected, _ := s.checks.Chosen()
	for i := range s.chart.Versions {
		c := &s.chart.Versions[i]
		if !c.Valid() {
			continue
		}
		if c.ID == selected {
			at = len(checks)
		}
		checks = append(checks, c)
	}
	return checks, at
}

// fitting returns the rows that fit in the room with the row at: those after it first, so
// that the last checks stay in view as long as they can.
func fitting(rows [][]string, at, room int) (first, end int) {
	if len(rows) == 0 {
		return 0, 0
	}
	first, end = at, at+1
	used := len(rows[at])
	for first > 0 && used+len(rows[first-1]) <= room {
		first--
		used += len(rows[first])
	}
	for end < len(rows) && used+len(rows[end]) <= room {
		used += len(rows[end])
		end++
	}
	return first, end
}

// tableRow returns the lines of a check. On a wide page the findings in words follow.
func (s *selection) tableRow(p kit.Page, w tableColumns, c *ward.Check, selected bool, most int) []string {
	sign := words.FlagMark(c.Result.Flag)
	if c.Result.AtBaseline() {
		sign = desk.MarkBaseline
	}
	cells := p.Pad(s.d.Time(c.PerformedAt), w.time) + p.Pad(scoreCell(c), w.score) + p.Pad(words.GradeCell(c.Result), w.grade) + sign + " "
	indent := "  " + strings.Repeat(" ", p.Cells(cells))
	width := max(p.Width-len(indent)-1, 10)
	look, mark := desk.FlagLook(p.Theme, c.Result.Flag), "  "
	if selected {
		look, mark = p.Selected, "▌ "
	}
	var lines []string
	for i, part := range shortened(p, reasonsOf(c), width, most) {
		head := indent
		if i == 0 {
			head = mark + cells
		}
		lines = append(lines, look.Render(p.Pad(head+part, p.Width)))
	}
	if words := foundWords(&c.Findings); p.Width >= findingsFrom && words != "" {
		for _, part := range p.Wrap(words, width) {
			lines = append(lines, p.Faint.Render(indent+part))
		}
	}
	return lines
}

// reasonsOf returns the reasons of the flag. The reason that the tool was not done
// comes first and explains all that is missing.
func reasonsOf(c *ward.Check) (list []string) {
	reasons := c.Result.Reasons
	if c.Findings.Unable != 0 {
		list = append(list, words.Score(&c.Findings))
		reasons &^= icans.Missing
	}
	if c.Normal() || c.Result.AtBaseline() || len(list) == 0 && reasons == 0 {
		return append(list, checkWhy(c))
	}
	return append(list, reasons.Words()...)
}

// shortened wraps reasons into at most so many lines. Those without room are counted: "5
// more".
func shortened(p kit.Page, reasons []string, width, most int) []string {
	all := p.Wrap(strings.Join(reasons, ", "), width)
	if len(all) <= most || len(reasons) == 1 {
		return all
	}
	var best []string
	for n := 1; n < len(reasons); n++ {
		lines := p.Wrap(strings.Join(reasons[:n], ", ")+fmt.Sprintf(", %d more", len(reasons)-n), width)
		if best != nil && len(lines) > most {
			break
		}
		best = lines
	}
	return best
}
