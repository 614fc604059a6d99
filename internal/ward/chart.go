package ward

import (
	"cmp"
	"slices"
	"time"

	"neurocheck/internal/icans"
)

// Chart is all that the log holds of one patient.
type Chart struct {
	Patient   Patient
	History   []Patient  // every version of the particulars, newest first
	Checks    []Check    // every version of every check: the last performed first, of one check the newest version first
	FollowUps []FollowUp // newest first
}

// Last returns the last performed check that stands, or nil.
func (c *Chart) Last() *Check {
	for i := range c.Checks {
		if c.Checks[i].Stands() {
			return &c.Checks[i]
		}
	}
	return nil
}

// Versions returns every version of one check, newest first.
func (c *Chart) Versions(id string) []Check {
	var versions []Check
	for _, check := range c.Checks {
		if check.ID == id {
			versions = append(versions, check)
		}
	}
	return versions
}

// Standing is how one patient on the ward stands: a line of the board.
type Standing struct {
	Patient Patient
	Last    *Check     // last performed check that stands, or nil
	Before  *Check     // the one before it, or nil
	Open    []FollowUp // longest open first
}

// Level returns the most pressing open flag, [icans.FlagNone] where none is
// open.
func (s *Standing) Level() icans.Flag {
	level := icans.FlagNone
	for _, f := range s.Open {
		level = max(level, f.Level)
	}
	return level
}

// Unacknowledged returns how many of the open follow-ups nobody has taken.
func (s *Standing) Unacknowledged() int {
	n := 0
	for _, f := range s.Open {
		if !f.Acked.Done() {
			n++
		}
	}
	return n
}

// MostUrgentFirst sorts a board: the most pressing open follow-up first, then
// those that nobody has acknowledged, then the worse grade, then the patient
// whose last check lies longest ago, then the bed.
func MostUrgentFirst(board []Standing) {
	slices.SortStableFunc(board, func(a, b Standing) int {
		return cmp.Or(
			cmp.Compare(b.Level(), a.Level()),
			cmp.Compare(b.Unacknowledged(), a.Unacknowledged()),
			cmp.Compare(b.grade(), a.grade()),
			a.lastLook().Compare(b.lastLook()),
			compareBeds(a.Patient.Bed, b.Patient.Bed),
			cmp.Compare(a.Patient.ID, b.Patient.ID),
		)
	})
}

// compareBeds puts bed 2A before bed 12A.
func compareBeds(a, b string) int {
	number := func(bed string) (n int) {
		for _, r := range bed {
			if r < '0' || r > '9' || n > 1e6 {
				break
			}
			n = 10*n + int(r-'0')
		}
		return n
	}
	return cmp.Or(cmp.Compare(number(a), number(b)), cmp.Compare(a, b))
}

// grade weighs the interval: what is certain before what is possible.
func (s *Standing) grade() int {
	if s.Last == nil {
		return 0
	}
	return 8*s.Last.Result.Low + s.Last.Result.High
}

// Flagged is a follow-up with the patient and the check that raised it.
type Flagged struct {
	FollowUp FollowUp
	Patient  Patient
	Check    Check // the version that stands now
	// LastNormal says that the last check since is complete and without a flag.
	LastNormal bool
}

// Lifted reports whether a correction has lifted the flag since. A person still
// closes the follow-up.
func (f *Flagged) Lifted() bool { return f.Check.Result.Flag == icans.FlagNone }

// lastLook returns when the patient was last looked at, or admitted.
func (s *Standing) lastLook() time.Time {
	if s.Last == nil {
		return s.Patient.AdmittedAt
	}
	return s.Last.PerformedAt
}

// ByCheck puts the versions of each check together: checks in the order in
// which their version that stands comes in versions, of each the newest version
// first. versions must be ordered the last performed first.
func ByCheck(versions []Check) []Check {
	order := make(map[string]int, len(versions))
	for i, v := range versions {
		if !v.Superseded {
			order[v.ID] = i
		}
	}
	slices.SortStableFunc(versions, func(a, b Check) int {
		return cmp.Or(cmp.Compare(order[a.ID], order[b.ID]), cmp.Compare(b.Version, a.Version))
	})
	return versions
}
