package bedside

import (
	"slices"
	"time"

	"neurocheck/internal/ward"
)

// PreviewAll evaluates checks that are saved as one act, each against the record and the
// others. It returns a preview of each one and the record after the act. It does not change h.
func PreviewAll(h *ward.History, site *ward.Site, checks []ward.Check, by string, now time.Time) ([]Preview, ward.History) {
	for i := range checks {
		if checks[i].PerformedAt.After(now) {
			now = checks[i].PerformedAt
		}
	}
	checks = slices.Clone(checks)
	for i := range checks {
		checks[i].Recorded = ward.Sign(by, now)
	}
	record := copied(h)
	out := ward.Record(&record, site, ward.Act{At: now, By: by, Checks: checks})
	list := make([]Preview, len(checks))
	for i := range list {
		c := &out.Checks[i] // in the order of the act
		p := Preview{Result: c.Result, Changed: out.Reevaluated, FollowUp: record.Open()}
		for _, e := range out.Events {
			if e.CheckID == c.ID {
				p.Event = e.Event
			}
		}
		was := slices.IndexFunc(h.Checks, func(o ward.Check) bool { return o.ID == c.ID })
		rose := was < 0 || c.Result.Flag > h.Checks[was].Result.Flag
		p.Old = p.Event == "" && rose && c.Result.Flag.Flagged()
		list[i] = p
	}
	return list, record
}

// copied returns a copy of a history that [ward.Record] may change.
func copied(h *ward.History) ward.History {
	record := *h
	record.Checks = slices.Clone(h.Checks)
	record.FollowUps = slices.Clone(h.FollowUps)
	for i := range record.FollowUps {
		record.FollowUps[i].Joined = slices.Clip(record.FollowUps[i].Joined) // so that a new one is appended to a copy
	}
	return record
}
