package chart

import (
	"fmt"
	"slices"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// checkRows returns a row for each check, the last performed first. A withdrawn check
// keeps its row; the versions of a check are on its own screen.
func (s *patientScreen) checkRows() (rows []kit.Row) {
	for i := range s.chart.Versions {
		c := &s.chart.Versions[i]
		if c.Superseded {
			continue
		}
		rows = append(rows, kit.Row{ID: c.ID, Fields: []string{
			s.d.DayTime(c.PerformedAt), "day " + s.d.Day(&s.chart.Patient, c.PerformedAt), desk.Score(&c.Findings),
			"grade " + desk.Grade(c.Result), desk.FlagShort(c.Result.Flag), desk.Why(c.Result), plain(c.Recorded.By), versionWord(c),
		}})
	}
	return rows
}

// moveCheck takes the check performed before or after the one in hand. The trend skips
// withdrawn checks, because it does not draw them.
func (s *patientScreen) moveCheck(h kit.Host, earlier bool) {
	rows := s.checks.Shown()
	id, _ := s.checks.Chosen()
	i := slices.IndexFunc(rows, func(r kit.Row) bool { return r.ID == id })
	step := -1
	if earlier {
		step = 1
	}
	if i < 0 {
		s.checks.Choose(rows[0].ID)
		return
	}
	for i += step; i >= 0 && i < len(rows); i += step {
		if c := s.chart.Current(rows[i].ID); s.view != viewTrend || c != nil && c.Valid() {
			s.checks.Choose(rows[i].ID)
			return
		}
	}
	if earlier {
		h.Fail("this is the first check")
	} else {
		h.Fail("this is the last check")
	}
}

func (s *patientScreen) checksBody(p kit.Page) []string {
	lines := s.stateLines(p)
	if len(s.chart.Versions) == 0 {
		text := "  No check yet. n records the first one."
		if !s.chart.OnWard() {
			text = "  No check was recorded."
		}
		return append(lines, "", text)
	}
	lines = append(lines, "", p.Faint.Render("  "+p.Pad("time", 13)+p.Pad("day", 5)+p.Pad("score", 12)+p.Pad("ICANS", 8)+"flag and why"))
	rows := s.checks.View(p.With(max(3, p.Height-len(lines))), func(p kit.Page, row kit.Row, inHand bool) string {
		c := s.chart.Current(row.ID)
		if c == nil {
			return ""
		}
		return s.checkLine(p, c, inHand)
	})
	return append(lines, rows...)
}

// checkLine returns the line of a check in the list.
func (s *patientScreen) checkLine(p kit.Page, c *ward.Check, inHand bool) string {
	sign := desk.FlagMark(c.Result.Flag)
	if c.Result.AtBaseline() {
		sign = desk.MarkBaseline
	}
	text := " " + p.Pad(s.d.Time(c.PerformedAt), 13) + p.Pad(s.d.Day(&s.chart.Patient, c.PerformedAt), 5) +
		p.Pad(desk.Score(&c.Findings), 12) + p.Pad(desk.GradeCell(c.Result), 8) + sign + " " + versionWord(c) + checkWhy(c)
	text = p.Fit(text, p.Width)
	switch {
	case inHand:
		return p.Selected.Render(p.Pad(text, p.Width))
	case !c.Valid():
		return p.Struck.Render(text)
	}
	return desk.FlagLook(p.Theme, c.Result.Flag).Render(text)
}

// checkWhy returns the flag of a check with the reasons, for a list.
func checkWhy(c *ward.Check) string {
	why := desk.Why(c.Result)
	switch {
	case c.Normal():
		return "normal"
	case c.Result.AtBaseline():
		return "at own baseline"
	case c.Result.Flag == icans.FlagNone && why == "":
		if same := desk.Unchanged(&c.Findings); same != "" {
			return "no flag; " + same
		}
		return "no flag"
	}
	return why
}

// versionWord returns the state of a check that is not its first version.
func versionWord(c *ward.Check) string {
	switch {
	case c.Superseded:
		return desk.MarkNotDone + " replaced: "
	case c.Status == ward.Withdrawn:
		return desk.MarkNotDone + " withdrawn: "
	case c.Status == ward.Corrected:
		return "corrected: "
	case c.Because != "":
		return "flag changed: "
	case c.Late():
		return "late entry: "
	}
	return ""
}

// checksFoot returns the check in hand in full, the plan, and the facts of the stay.
func (s *patientScreen) checksFoot(p kit.Page) []string {
	var lines []string
	if c := s.check(); c != nil {
		text := fmt.Sprintf("%s; recorded %s by %s", s.readOut(c), s.d.Time(c.Recorded.At), plain(c.Recorded.By))
		lines = p.Hang(" "+text, p.Width-1, 1)
		for i := range lines {
			lines[i] = p.Strong.Render(lines[i])
		}
	}
	plan := s.state().Next
	look := p.Faint
	if plan.State == ward.Overdue {
		look = p.Bad
	}
	for _, part := range p.Hang(" "+s.d.Plan(&plan), p.Width-1, 1) {
		lines = append(lines, look.Render(part))
	}
	return lines
}
