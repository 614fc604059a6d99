package desk

import (
	"slices"
	"time"

	"neurocheck/internal/ward"
)

// Counts are the numbers of the whole ward that the board and the wall show.
type Counts struct {
	Late        []ward.PatientState // the most late first
	Soon        int                 // checks of the next hour
	NotAccepted int
	Worst       int // the worst conclusive grade; 0 for none
	WorstBed    string
}

// Counts counts the whole ward, also under a search.
func (d *Desk) Counts() (c Counts) {
	now := d.Now()
	for _, s := range d.Board() {
		switch {
		case s.Next.State == ward.Overdue:
			c.Late = append(c.Late, s)
		case !s.Next.Due.IsZero() && s.Next.Due.Sub(now) <= time.Hour:
			c.Soon++
		}
		if NotAccepted(&s) {
			c.NotAccepted++
		}
		if last := s.Conclusive; last != nil && !last.AtBaseline() && s.Stay.OnWard() && last.Result.Low > c.Worst {
			c.Worst, c.WorstBed = last.Result.Low, Bed(&s.Stay)
		}
	}
	slices.SortStableFunc(c.Late, func(a, b ward.PatientState) int { return a.Next.Due.Compare(b.Next.Due) })
	return c
}

// NotAccepted reports whether the open follow-up of a patient on the ward waits for
// acceptance.
func NotAccepted(s *ward.PatientState) bool {
	return s.FollowUp != nil && !s.FollowUp.Acked.Done() && s.Stay.OnWard()
}
