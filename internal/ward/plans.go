package ward

import (
	"slices"
	"time"
)

// PlansAfter returns, for each check of the history, the plan of the check after it
// as it was when that check was done, or at the time now for the last one. The plan
// of a check outside of all stays is zero. A check that would be due after the patient left
// is due when the patient leaves, because a finding is not known to last at home. h must hold
// all checks of the patient.
func (h *History) PlansAfter(site *Site, now time.Time) []Plan {
	plans := make([]Plan, len(h.Checks))
	var m Memory
	for i := range h.Checks {
		m.add(h, i, site)
		at := h.Checks[i].PerformedAt
		stays := h.Stays
		for len(stays) > 0 && !stays[len(stays)-1].Holds(at) {
			stays = stays[:len(stays)-1]
		}
		if len(stays) == 0 {
			continue
		}
		until, end := now, stays[len(stays)-1].DischargedAt
		left := !end.IsZero() && end.Before(now)
		if left {
			until = end
		}
		if i+1 < len(h.Checks) && h.Checks[i+1].PerformedAt.Before(until) {
			until = h.Checks[i+1].PerformedAt
		}
		plans[i] = h.planAt(site, i, m, stays, until)
		if left && plans[i].Due.After(end) && !slices.ContainsFunc(h.Stays, func(s Stay) bool { return s.goesOnAt(end) }) {
			plans[i].Due = end
		}
	}
	return plans
}

// goesOnAt reports whether a stay has begun by a time and ends later.
func (s *Stay) goesOnAt(t time.Time) bool {
	return !s.AdmittedAt.After(t) && (s.DischargedAt.IsZero() || s.DischargedAt.After(t))
}

// AfterBurst returns the end of the burst that makes the next check due, and the
// interval after it. ok is false if the next check is not due by a burst.
func (h *History) AfterBurst(site *Site, now time.Time) (until time.Time, then time.Duration, ok bool) {
	if h.Next(site, now).Why != WhyBurst {
		return until, 0, false
	}
	for i := range h.FollowUps {
		for _, j := range h.FollowUps[i].Joined {
			if end := j.PerformedAt.Add(site.Intervals.BurstFor); j.Event != JoinJoined && end.After(until) {
				until = end
			}
		}
	}
	without := *site
	without.Intervals.Burst = 0
	return until, h.Next(&without, now).Interval, true
}
