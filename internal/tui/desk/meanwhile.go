package desk

import (
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// ChangedMeanwhile is said if another terminal changed the subject of an open question.
const ChangedMeanwhile = "somebody changed this meanwhile; look again"

// LeftAt returns the end of a stay with its time and its author: "left 28 Nov 10:30,
// home, Dr Nair".
func (d *Desk) LeftAt(s *ward.Stay) string {
	return "left " + d.Time(s.DischargedAt) + ", " + ward.WordsFor(ward.Discharges, s.Discharge) + ", " + words.ShortName(s.Recorded.By)
}

// Left returns the end of the latest stay of a patient, for each screen and dialog about
// that patient; empty on the ward.
func (d *Desk) Left(s *ward.Stay) string {
	if s == nil || s.ID == 0 || s.OnWard() {
		return ""
	}
	return d.LeftAt(s)
}

// SayLeft says so if a patient who was on the ward left meanwhile. before and now are the
// latest stay as it was and as it is.
func (d *Desk) SayLeft(h kit.Host, before, now *ward.Stay) {
	if left := d.Left(now); left != "" && d.Left(before) == "" {
		h.Fail("the patient " + left)
	}
}

// Renew gives an open question its subject and text as they are now, because another
// terminal may have changed them. It says so if they differ.
func Renew(h kit.Host, q *kit.Question, subject, text []string) {
	if q.Renew(subject, text) {
		h.Fail(ChangedMeanwhile)
	}
}
