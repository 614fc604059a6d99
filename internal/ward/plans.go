package ward

import "time"

// PlansAfter returns, for each check of the history, the plan of the check after it
// as it was when that check was done, or at the time now for the last one. The plan
// of a check outside of all stays is zero. h must hold all checks of the patient.
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
		until := now
		if end := stays[len(stays)-1].DischargedAt; !end.IsZero() && end.Before(until) {
			until = end
		}
		if i+1 < len(h.Checks) && h.Checks[i+1].PerformedAt.Before(until) {
			until = h.Checks[i+1].PerformedAt
		}
		plans[i] = h.planAt(site, i, m, stays, until)
	}
	return plans
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
