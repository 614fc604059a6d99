package ward

import "time"

// Touched is the part of a log that records after one touched. Patients stand by the
// patient that they are linked into.
type Touched struct {
	At time.Time // of that record

	// Patients are those whose identity, therapy, stays or links changed: everything of
	// theirs may read differently.
	Patients map[int64]bool
	// Checked and Ordered are patients with a check, or an order about the schedule.
	Checked, Ordered map[int64]bool
	// Others are patients with anything else.
	Others map[int64]bool

	Checks                            map[string]bool // also those whose flag changed
	FollowUps, Interventions, Reports map[int64]bool
	Staff                             map[string]bool // names in small letters
}

// Of reports whether anything of a patient was touched.
func (t *Touched) Of(patient int64) bool {
	return t.Patients[patient] || t.Checked[patient] || t.Ordered[patient] || t.Others[patient]
}
