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

// row draws one patient. The name may be cut, because the head shows it in full.
func (s *followUps) row(p kit.Page, r *ward.PatientState, width int, inHand bool) string {
	bed := desk.Bed(&r.Stay)
	if !r.Stay.OnWard() {
		bed = "–"
	}
	who := p.Pad(bed, width) + p.Pad(p.Fit(words.Name(&r.Patient), 20), 21)
	look, line := p.Note, desk.MarkReported+"  "+who+p.Pad("report", 24)
	state := ""
	if f := r.FollowUp; f != nil {
		look = desk.FlagLook(p.Theme, f.Level)
		line = words.FlagMark(f.Level) + "  " + who + p.Pad(words.Level(f), 10) + p.Pad(fmt.Sprint(f.Peak), 6) + p.Pad(fmt.Sprint(f.Checks()), 8)
		state = s.d.FollowUpState(r)
	} else {
		state = s.d.ReportWords(r.Report)
	}
	line = p.Fit(line+state, p.Width)
	if inHand {
		return p.Strong.Render(line)
	}
	return look.Render(line)
}
