package paper

import (
	"slices"
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// The panel of a wide window begins right of the grid.
const (
	wideFrom   = 118
	panelStart = 80
)

// wide reports whether a page has room for the panel, and for the checks of the record
// between the rows.
func wide(p kit.Page) bool { return p.Width >= wideFrom }

// alongside joins the lines of the panel to those of the grid.
func alongside(p kit.Page, grid, panel []string) []string {
	lines := make([]string, max(len(grid), len(panel)))
	for i := range lines {
		if i < len(grid) {
			lines[i] = grid[i]
		}
		if i < len(panel) && panel[i] != "" {
			lines[i] = p.Pad(p.Fit(lines[i], panelStart-2), panelStart) + panel[i]
		}
	}
	return lines
}

// panel draws the columns with their letters, the questions, and the answers of the selected row.
// A narrow one has only the question of the selected cell. If it is too low, it leaves
// out the headings of the groups.
func (s *sheet) panel(p kit.Page) []string {
	lines := s.panelLines(p, true)
	if len(lines) > p.Height {
		lines = s.panelLines(p, false)
	}
	return lines[:min(len(lines), p.Height)]
}

func (s *sheet) panelLines(p kit.Page, headings bool) (lines []string) {
	r := s.state.row()
	if r == nil {
		blank := newRow("", time.Time{}, s.history.Patient.Tool)
		r = &blank
	}
	x := r.findings()
	names := []string{words.ToolName(r.tool()), "CONSCIOUSNESS, SIGNS", "SEEN", "OTHER SIGNS", "LATE SIGNS"}
	for i, group := range groups(r.tool()) {
		if i == lateGroup && !s.late() {
			continue
		}
		if headings {
			lines = append(lines, p.Strong.Render(names[i]))
		}
		for _, f := range group {
			lines = append(lines, s.panelLine(p, f, &x, r.Value(f.Column))...)
		}
	}
	return lines
}

func (s *sheet) panelLine(p kit.Page, f *icans.Field, x *icans.Findings, value string) []string {
	const label, answers, asked = 22, 24, 80
	answer := f.Words(x)
	if value == kit.NotAssessed {
		answer = "–"
	}
	line := " " + p.Pad(letters[f.Column]+" "+f.Label, label-1)
	selected := f.Column == s.state.Column
	if selected {
		line = p.Strong.Render("▌") + p.Strong.Render(line[1:])
	}
	if p.Width >= asked {
		return []string{line + p.Pad(p.Fit(answer, answers-2), answers) + p.Faint.Render(p.Fit(s.asks(f), p.Width-label-answers))}
	}
	lines := []string{line + p.Fit(answer, p.Width-label)}
	if selected {
		for _, part := range p.Wrap(s.asks(f), p.Width-4) {
			lines = append(lines, "   "+p.Faint.Render(part))
		}
	}
	return lines
}

// asks returns the question for the patient, or the help of a field without one.
func (s *sheet) asks(f *icans.Field) string {
	return strings.Trim(strings.TrimPrefix(s.desk.Ask(f, &s.history.Patient), "Ask: "), `"`)
}

// earlierWindow is the time before the first row from which on the checks of the record are
// drawn between the rows.
const earlierWindow = 24 * time.Hour

// earlier returns the checks of the record that a wide window shows between the rows: the
// newest ones that fit.
func (s *sheet) earlier(p kit.Page) []ward.Check {
	if !wide(p) {
		return nil
	}
	since := s.desk.Now().Add(-earlierWindow)
	if rows := s.state.Rows; len(rows) > 0 && rows[0].At.Add(-earlierWindow).Before(since) {
		since = rows[0].At.Add(-earlierWindow)
	}
	list := from(s.history.Checks, since)
	most := max(p.Height-len(s.state.Rows)-8, 0)
	return list[max(len(list)-most, 0):]
}

// from returns the checks of a record from a time on.
func from(checks []ward.Check, since time.Time) []ward.Check {
	first, _ := slices.BinarySearchFunc(checks, since, func(c ward.Check, t time.Time) int { return c.PerformedAt.Compare(t) })
	return checks[first:]
}

// recordLine draws a check of the record as a row, in grey and with its time in brackets.
func (s *sheet) recordLine(p kit.Page, c *ward.Check) string {
	line := p.Pad("("+s.cellLabel(c.PerformedAt)+")", starts[0])
	for i, group := range groups(c.Findings.Tool) {
		line = p.Pad(line, starts[i])
		if i == 0 && c.Findings.Unable != 0 {
			line += notDone(c.Findings)
			continue
		}
		for _, f := range group {
			value := f.Code(&c.Findings)
			if value == "" {
				value = kit.NotAssessed
			}
			if i != lateGroup || s.late() {
				line += cellOf(f, value) + " "
			}
		}
	}
	return p.Faint.Render(p.Pad(line, starts[5]) + result(c))
}
