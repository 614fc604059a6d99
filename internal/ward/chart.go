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
	// Ticks are the items that are ticked on the checklist of each follow-up, by its
	// number, with who ticked them.
	Ticks map[int64]map[string]Signature

	Orders        []Order        // about the schedule, newest first
	Symptoms      []Symptom      // reported between checks, newest first
	Interventions []Intervention // the last done first, withdrawn ones too
}

// Told returns when a symptom was last reported, or the zero time.
func (c *Chart) Told() time.Time {
	if len(c.Symptoms) == 0 {
		return time.Time{}
	}
	return c.Symptoms[0].ToldAt
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
	Recent  []Check    // of the last 48 h, newest first
	Open    []FollowUp // longest open first

	Orders []Order   // about the schedule, newest first
	Told   time.Time // when a symptom was last reported; zero for never
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

// Plan is when the patient's next check is due.
func (s *Standing) Plan(site *Site, zone *time.Location) Plan {
	return site.Next(&s.Patient, s.Last, s.Orders, s.Told, zone)
}

// Escalated returns how many follow-ups have waited too long for somebody to
// acknowledge them.
func (s *Standing) Escalated(site *Site, now time.Time) int {
	n := 0
	for i := range s.Open {
		if site.Escalated(&s.Open[i], now) {
			n++
		}
	}
	return n
}

// waiting is the most pressing flag that nobody has acknowledged.
func (s *Standing) waiting() icans.Flag {
	level := icans.FlagNone
	for _, f := range s.Open {
		if !f.Acked.Done() {
			level = max(level, f.Level)
		}
	}
	return level
}

// MostUrgentFirst sorts a board: first the patients with a flag that nobody has
// acknowledged, the most pressing first; then by when the next check is due, the
// longest overdue first, and those without one last; then the worse grade; then
// the bed.
func MostUrgentFirst(board []Standing, site *Site, zone *time.Location) {
	slices.SortStableFunc(board, func(a, b Standing) int {
		due, other := a.Plan(site, zone).Due, b.Plan(site, zone).Due
		return cmp.Or(
			cmp.Compare(b.waiting(), a.waiting()),
			compareBool(due.IsZero(), other.IsZero()),
			due.Compare(other),
			cmp.Compare(b.grade(), a.grade()),
			compareBeds(a.Patient.Bed, b.Patient.Bed),
			cmp.Compare(a.Patient.ID, b.Patient.ID),
		)
	})
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
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
	// Ticks are the items of the checklist that are ticked, with who ticked them.
	Ticks map[string]Signature
}

// Lifted reports whether a correction has lifted the flag since. A person still
// closes the follow-up.
func (f *Flagged) Lifted() bool { return f.Check.Result.Flag == icans.FlagNone }

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

// MostPressingFirst sorts follow-ups: those that nobody has acknowledged first, of
// those the more pressing flag first, and then the longest open.
func MostPressingFirst(list []Flagged) {
	slices.SortStableFunc(list, func(a, b Flagged) int {
		return cmp.Or(
			compareBool(a.FollowUp.Acked.Done(), b.FollowUp.Acked.Done()),
			cmp.Compare(b.FollowUp.Level, a.FollowUp.Level),
			cmp.Compare(a.FollowUp.ID, b.FollowUp.ID),
		)
	})
}
