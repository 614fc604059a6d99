package chart

import (
	"fmt"
	"strings"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// findingsFrom is the width of the table from which it has the findings in words.
const findingsFrom = 100

// tableColumns are the widths of the columns of the table of checks.
type tableColumns struct{ time, score, grade int }

// columnsFor returns widths in which no time, score or grade of the checks is cut.
func (s *hand) columnsFor(p kit.Page, checks []*ward.Check) tableColumns {
	w := tableColumns{10, 7, 7}
	for _, c := range checks {
		w.time = max(w.time, p.Cells(s.d.Time(c.PerformedAt))+1)
		w.score = max(w.score, p.Cells(scoreCell(c))+1)
		w.grade = max(w.grade, p.Cells(desk.GradeCell(c.Result))+1)
	}
	return w
}

// scoreCell returns the score; – if the tool was not done, because the reasons say why.
func scoreCell(c *ward.Check) string {
	if c.Findings.Unable != 0 {
		return "–"
	}
	return desk.Score(&c.Findings)
}

// checkTable draws the checks that count, the last one first, each with its reasons in the
// lines below it. The check in hand is in view.
func (s *hand) checkTable(p kit.Page) []string {
	var checks []*ward.Check
	at := 0
	inHand := s.check()
	for _, row := range s.checks.Shown() {
		c := s.chart.Current(row.ID)
		if c == nil || !c.Valid() {
			continue
		}
		if c == inHand {
			at = len(checks)
		}
		checks = append(checks, c)
	}
	w := s.columnsFor(p, checks)
	head := p.Faint.Render("  " + p.Pad("time", w.time) + p.Pad("score", w.score) + p.Pad("ICANS", w.grade) + "flag and why")
	room := p.Height - 2 // the heading, and the line that counts the others
	rows := make([][]string, len(checks))
	for i, c := range checks {
		rows[i] = s.tableRow(p, w, c, c == inHand)
	}
	first, end := fitting(rows, at, room)
	lines := []string{p.Fit(head, p.Width)}
	for _, row := range rows[first:end] {
		lines = append(lines, row...)
	}
	if hidden := len(rows) - (end - first); hidden > 0 {
		lines = append(lines, p.Faint.Render(fmt.Sprintf("  %d later, %d earlier: ← → move", first, len(rows)-end)))
	}
	for len(lines) < p.Height {
		lines = append(lines, "")
	}
	return lines
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

// tableRow returns the lines of a check. On a wide page all reasons and then the findings
// in words follow; else at most two lines of reasons.
func (s *hand) tableRow(p kit.Page, w tableColumns, c *ward.Check, inHand bool) []string {
	sign := desk.FlagMark(c.Result.Flag)
	if c.Result.AtBaseline() {
		sign = desk.MarkBaseline
	}
	cells := p.Pad(s.d.Time(c.PerformedAt), w.time) + p.Pad(scoreCell(c), w.score) + p.Pad(desk.GradeCell(c.Result), w.grade) + sign + " "
	indent := 2 + w.time + w.score + w.grade + 2
	width := max(p.Width-indent-1, 10)
	wide := p.Width >= findingsFrom
	why := shortened(p, reasonsOf(c), width, 2)
	if wide {
		why = p.Wrap(joined(reasonsOf(c)), width)
	}
	look, mark := desk.FlagLook(p.Theme, c.Result.Flag), "  "
	if inHand {
		look, mark = p.Selected, "▌ "
	}
	lines := []string{look.Render(p.Pad(mark+cells+why[0], p.Width))}
	rest := why[1:]
	for _, part := range rest {
		lines = append(lines, look.Render(p.Pad(strings.Repeat(" ", indent)+part, p.Width)))
	}
	if words := foundWords(&c.Findings); wide && words != "" {
		for _, part := range p.Wrap(words, width) {
			lines = append(lines, p.Faint.Render(strings.Repeat(" ", indent)+part))
		}
	}
	return lines
}

// reasonsOf returns the reason that the tool was not done, the state of the version, and
// the reasons of the flag.
func reasonsOf(c *ward.Check) (list []string) {
	if c.Findings.Unable != 0 {
		list = append(list, desk.Score(&c.Findings))
	}
	reasons := c.Result.Reasons.Words()
	if len(reasons) == 0 || c.Result.AtBaseline() || c.Normal() {
		reasons = []string{checkWhy(c)}
	}
	reasons[0] = versionWord(c) + reasons[0]
	return append(list, reasons...)
}

// shortened wraps reasons into at most so many lines. Those without room are counted: "5
// more".
func shortened(p kit.Page, reasons []string, width, most int) []string {
	for n := len(reasons); n > 1; n-- {
		text := joined(reasons[:n])
		if n < len(reasons) {
			text += fmt.Sprintf(", %d more", len(reasons)-n)
		}
		if lines := p.Wrap(text, width); len(lines) <= most {
			return lines
		}
	}
	text := reasons[0]
	if len(reasons) > 1 {
		text += fmt.Sprintf(", %d more", len(reasons)-1)
	}
	return p.Wrap(text, width)
}
