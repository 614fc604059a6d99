package ward

import (
	"time"

	"neurocheck/internal/icans"
)

// Holds reports whether a chart whose checks begin at from has all that its handover since
// a time looks back for: if it does, [BuildHandover] and its pages are those of the whole
// chart. The chart must have every version of the checks that were performed since from,
// recorded since then, or corrected; from is three days or more before the last check
// before since, and before the order that was in force then.
func (c *Chart) Holds(since, from time.Time) bool {
	return len(c.Checks) > 0 && c.holdsNews(since, from) && c.holdsComparisons(since) && c.holdsSigns(since) &&
		c.holdsTool() && c.holdsFollowUps(since) && c.holdsBursts(from)
}

// holdsNews reports whether no check that was recorded since is, or was, of a time before
// from: it may have changed the flags of checks between.
func (c *Chart) holdsNews(since, from time.Time) bool {
	news := make(map[string]bool)
	for i := range c.Versions {
		if v := &c.Versions[i]; !v.Recorded.At.Before(since) {
			news[v.ID] = true
		}
	}
	for i := range c.Versions {
		if v := &c.Versions[i]; news[v.ID] && v.PerformedAt.Before(from) {
			return false
		}
	}
	return true
}

// holdsComparisons reports whether the chart has the conclusive check before the last one,
// and the last one before since.
func (c *Chart) holdsComparisons(since time.Time) bool {
	conclusive, before := 0, false
	for i := range c.Checks {
		if check := &c.Checks[i]; check.Result.Conclusive() {
			conclusive++
			before = before || check.PerformedAt.Before(since)
		}
	}
	return conclusive > 1 && before
}

// holdsSigns reports whether the chart has an earlier assessment of each sign that is found
// in a check that a handover shows in full: one since then, the last and the last
// conclusive one.
func (c *Chart) holdsSigns(since time.Time) bool {
	last, conclusive := c.Last(), c.Conclusive()
	for _, f := range icans.Fields() {
		if f.Group != icans.GroupSeen {
			continue
		}
		assessed := false // by an earlier check
		for i := range c.Checks {
			check := &c.Checks[i]
			if !f.Assessed(&check.Findings) {
				continue
			}
			shown := !check.PerformedAt.Before(since) || check == last || check == conclusive
			if shown && !assessed && f.Code(&check.Findings) != "none" {
				return false
			}
			assessed = true
		}
	}
	return true
}

// holdsTool reports whether the chart has the last check with a tool, which ends a cause
// that was named ahead.
func (c *Chart) holdsTool() bool {
	if len(c.Attributions) == 0 {
		return true
	}
	for i := range c.Checks {
		if c.Checks[i].Findings.Unable == 0 {
			return true
		}
	}
	return false
}

// holdsFollowUps reports whether the chart has the checks of the follow-ups that are open,
// or were closed since, as far as the handover asks for them.
func (c *Chart) holdsFollowUps(since time.Time) bool {
	versions := make(map[string]bool, len(c.Versions))
	for i := range c.Versions {
		versions[c.Versions[i].ID] = true
	}
	for i := range c.FollowUps {
		f := &c.FollowUps[i]
		if !f.IsOpen() && f.Closed.At.Before(since) {
			continue
		}
		all, last := true, false
		for k := len(f.Joined) - 1; k >= 0; k-- {
			j := &f.Joined[k]
			if !versions[j.CheckID] {
				all = false
				if !last {
					return false // the last valid check that joined is older
				}
				continue
			}
			if current := c.Current(j.CheckID); current != nil && current.Valid() {
				last = true
			}
		}
		if f.IsOpen() && !all && c.Lifted(f) {
			return false // an older check that joined may have its flag
		}
	}
	return true
}

// holdsBursts reports whether no check of the part that opened or raised a follow-up was
// performed before the first one that the chart has: a plan asks whether it was withdrawn.
func (c *Chart) holdsBursts(from time.Time) bool {
	for i := range c.FollowUps {
		for k := range c.FollowUps[i].Joined {
			j := &c.FollowUps[i].Joined[k]
			if j.Event != JoinJoined && !j.PerformedAt.Before(from) && j.PerformedAt.Before(c.Checks[0].PerformedAt) {
				return false
			}
		}
	}
	return true
}
