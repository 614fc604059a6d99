package follow

import (
	"fmt"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// wide is the width from which the checklist shows at the right of the list.
const wide = 120

// listCells returns the width of the list beside the checklist.
func listCells(p kit.Page) int { return max(p.Width/2, kit.LeastWidth) }

// withChecklist puts the checklist of the selected follow-up at the right of the list.
func (s *followUps) withChecklist(p kit.Page, left []string) (lines []string) {
	cells := listCells(p)
	part := p.Narrow(p.Width - cells - 2)
	right := s.panel.View(part, s.checklist(part))
	for n := range max(len(left), len(right), p.Height) {
		line := p.Pad(lineOf(left, n), cells) + p.Faint.Render("│")
		lines = append(lines, line+lineOf(right, n))
	}
	return lines
}

func lineOf(lines []string, n int) string {
	if n < len(lines) {
		return lines[n]
	}
	return ""
}

// checklist returns the checklist of the selected follow-up with its ticks and comments, or
// the report that waits.
func (s *followUps) checklist(p kit.Page) (lines []string) {
	r := s.chosen()
	if r == nil {
		return nil
	}
	f := r.FollowUp
	if f == nil {
		return p.Hang(" No follow-up is open: the report waits for a check (n).", p.Width, 1)
	}
	items := s.d.Site().Checklist(f.Level, r.Patient.Product)
	done := s.ticks[f.ID]
	head := fmt.Sprintf(" CHECKLIST   %d of %d", ticked(items, done), len(items))
	lines = append(lines, p.Strong.Render(head)+p.Faint.Render("   enter ticks"))
	for i, item := range items {
		sig, ok := done[item]
		lines = append(lines, drawItem(p, i, itemWords(s.d, r, item), ok, signed(s.d, sig, ok))...)
	}
	return append(lines, comments(s.d, p, f)...)
}

// comments returns the comments on a follow-up, the oldest first.
func comments(d *desk.Desk, p kit.Page, f *ward.FollowUp) (lines []string) {
	for i := range f.Notes {
		lines = append(lines, p.Hang("   comment "+noteWords(d, &f.Notes[i]), p.Width-1, 5)...)
	}
	return lines
}
