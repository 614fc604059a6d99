package bedside

import (
	"slices"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// Preview is the result that a check would have if it were saved now, compared with the
// patient's record, and its effect on the follow-up and on other checks.
type Preview struct {
	Result   icans.Result
	Event    ward.JoinEvent // empty if it opens and joins no follow-up
	FollowUp *ward.FollowUp // after the save; nil if none is open
	Old      bool           // flagged, but an old flag: it opens and joins nothing
	Changed  []ward.Reevaluation
}

// PreviewOf evaluates a check against a patient's record. It does not change h.
func PreviewOf(h *ward.History, site *ward.Site, c ward.Check, by string, now time.Time) Preview {
	if c.PerformedAt.After(now) {
		now = c.PerformedAt
	}
	c.Recorded = ward.Sign(by, now)
	record := clone(h, &c)
	out := ward.Record(&record, site, ward.Act{At: now, By: by, Checks: []ward.Check{c}})
	p := Preview{Result: out.Checks[0].Result, Old: out.OldFlags > 0, Changed: out.Reevaluated, FollowUp: record.Open()}
	for _, e := range out.Events {
		if e.CheckID == c.ID {
			p.Event = e.Event
		}
	}
	return p
}

// recentWindow is the longest time that a comparison looks back over single checks; the
// rest is in [ward.Memory].
const recentWindow = 72 * time.Hour

// clone returns a copy of a history that [ward.Record] may change. For a new check after
// all others it holds only the recent checks, because the memory has the rest: a key in
// the form then costs the same for a patient with thousands of checks.
func clone(h *ward.History, c *ward.Check) ward.History {
	record := *h
	first := 0
	if last := h.Last(); last != nil && c.Version == 1 && c.Compare(last) > 0 {
		since := last.PerformedAt.Add(-recentWindow)
		first, _ = slices.BinarySearchFunc(h.Checks, since, func(o ward.Check, t time.Time) int { return o.PerformedAt.Compare(t) })
		record.LastConclusive = h.Conclusive()
	}
	record.Checks = slices.Clone(h.Checks[first:])
	record.FollowUps = slices.Clone(h.FollowUps)
	for i := range record.FollowUps {
		record.FollowUps[i].Joined = slices.Clip(record.FollowUps[i].Joined) // so that a new one is appended to a copy
	}
	return record
}
