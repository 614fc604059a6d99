package follow

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// rows returns the patients of the list in their order: over time first, not accepted,
// reports, accepted, and those who left; in each part the worst level and peak first.
func rows(d *desk.Desk) []ward.PatientState {
	var list []ward.PatientState
	for _, s := range d.Board() {
		if s.FollowUp != nil || s.Report != nil {
			list = append(list, s)
		}
	}
	slices.SortStableFunc(list, func(a, b ward.PatientState) int {
		return cmp.Or(
			cmp.Compare(part(&a), part(&b)),
			cmp.Compare(level(&b), level(&a)), cmp.Compare(peak(&b), peak(&a)),
			a.EscalatesAt.Compare(b.EscalatesAt), strings.Compare(a.Stay.Bed, b.Stay.Bed), cmp.Compare(a.Patient.ID, b.Patient.ID),
		)
	})
	return list
}

// part returns the part of the list that a patient belongs to.
func part(s *ward.PatientState) int {
	switch f := s.FollowUp; {
	case !s.Stay.OnWard():
		return 4
	case f == nil:
		return 2
	case s.Escalated:
		return 0
	case !f.Acked.Done():
		return 1
	}
	return 3
}

func level(s *ward.PatientState) icans.Flag {
	if s.FollowUp == nil {
		return icans.FlagNone
	}
	return s.FollowUp.Level
}

func peak(s *ward.PatientState) int {
	if s.FollowUp == nil {
		return 0
	}
	return s.FollowUp.Peak
}

// bedWidth returns the width of the column of beds.
func bedWidth(p kit.Page, states []ward.PatientState) int {
	width := 3
	for i := range states {
		width = max(width, p.Cells(desk.Bed(&states[i].Stay)))
	}
	return min(width, 8) + 1
}

// row draws one patient. The name may be cut, because the head shows it in full, and the
// state, because the foot does.
func (s *followUps) row(p kit.Page, r *ward.PatientState, width int, selected bool) string {
	look, line, state := s.cells(p, r, width)
	line = p.Fit(line+state, p.Width)
	if selected {
		return p.Strong.Render(line)
	}
	return look.Render(line)
}

// cells returns the cells of a row, with the state apart, and their look.
func (s *followUps) cells(p kit.Page, r *ward.PatientState, width int) (look kit.Look, line, state string) {
	bed := desk.Bed(&r.Stay)
	if !r.Stay.OnWard() {
		bed = "–"
	}
	who := p.Pad(bed, width) + p.Pad(p.Fit(words.Name(&r.Patient), 20), 21)
	f := r.FollowUp
	if f == nil {
		return p.Note, desk.MarkReported + "  " + who + p.Pad("report", 24), s.d.ReportWords(r.Report)
	}
	line = words.FlagMark(f.Level) + "  " + who + p.Pad(words.Level(f), 10) + p.Pad(fmt.Sprint(f.Peak), 6) + p.Pad(fmt.Sprint(f.Checks()), 8)
	return desk.FlagLook(p.Theme, f.Level), line, s.d.FollowUpState(r)
}

// cutState returns the state of a follow-up if the list has no room for all of it.
func (s *followUps) cutState(p kit.Page, r *ward.PatientState) string {
	if p.Width >= wide {
		p = p.Narrow(listCells(p))
	}
	_, line, state := s.cells(p, r, bedWidth(p, rows(s.d)))
	if r.FollowUp == nil || p.Cells(line+state) < p.Width { // one cell is the mark of the choice
		return ""
	}
	return state
}
