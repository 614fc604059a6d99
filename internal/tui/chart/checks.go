package chart

import (
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// checksView lists the checks, the last performed first.
type checksView struct {
	nothingToLoad
	*selection
}

func (s *checksView) title() string   { return "checks" }
func (s *checksView) list() *kit.List { return &s.checks }

func (s *checksView) keys(toViews []kit.Binding) []kit.Binding {
	list := s.checks.Bindings()
	for i := range list {
		if list[i].Has(kit.Key{Name: "enter"}) {
			list[i].Short, list[i].Help = "in full", "the check in full"
		}
	}
	list = append(list[:2:2], append(toViews, list[2:]...)...)
	return append(list, s.earlierLater("", func(*ward.Check) bool { return true }))
}

func (s *checksView) body(p kit.Page) []string {
	lines := append(s.stateLines(p), s.episodeLines(p)...)
	if len(s.chart.Versions) == 0 {
		text := "  No check yet. n records the first one."
		if !s.chart.OnWard() {
			text = "  No check was recorded."
		}
		return append(lines, "", text)
	}
	lines = append(lines, "", p.Faint.Render("  "+p.Pad("time", 13)+p.Pad("day", 5)+p.Pad("score", 12)+p.Pad("ICANS", 8)+"flag and why"))
	rows := s.checks.View(p.With(max(3, p.Height-len(lines))), func(p kit.Page, row kit.Row, selected bool) string {
		c := s.chart.Current(row.ID)
		if c == nil {
			return ""
		}
		return s.line(p, c, selected)
	})
	return append(lines, rows...)
}

// checkLine returns the line of a check in the list.
func (s *checksView) line(p kit.Page, c *ward.Check, selected bool) string {
	sign := words.FlagMark(c.Result.Flag)
	if c.Result.AtBaseline() {
		sign = desk.MarkBaseline
	}
	text := " " + p.Pad(s.d.Time(c.PerformedAt), 13) + p.Pad(s.d.Day(&s.chart.Patient, c.PerformedAt), 5) +
		p.Pad(words.Score(&c.Findings), 12) + p.Pad(words.GradeCell(c.Result), 8) + sign + " " + versionWord(c) + checkWhy(c)
	text = p.Fit(text, p.Width)
	switch {
	case selected:
		return p.Selected.Render(p.Pad(text, p.Width))
	case !c.Valid():
		return p.Struck.Render(text)
	}
	return desk.FlagLook(p.Theme, c.Result.Flag).Render(text)
}

// foot returns the selected check in full, the plan, and the facts of the stay.
func (s *checksView) foot(p kit.Page) []string {
	var lines []string
	if c := s.check(); c != nil {
		text := s.readOut(c) + "; " + s.d.RecordedBy(&s.chart, c)
		lines = strong(p, p.Hang(" "+text, p.Width-1, 1))
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
