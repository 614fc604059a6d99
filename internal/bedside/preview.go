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
	list, _ := PreviewAll(h, site, []ward.Check{c}, by, now)
	return list[0]
}

// PreviewAll evaluates checks that are saved as one act, each against the record and the
// others. It returns a preview of each one, and the record after the act with the part of
// the checks that the act needs. It does not change h.
func PreviewAll(h *ward.History, site *ward.Site, checks []ward.Check, by string, now time.Time) ([]Preview, ward.History) {
	checks = slices.Clone(checks)
	for i := range checks {
		if checks[i].PerformedAt.After(now) {
			now = checks[i].PerformedAt
		}
	}
	for i := range checks {
		checks[i].Recorded = ward.Sign(by, now)
	}
	record := h.Tail(earliest(h, checks), site)
	before := make(map[string]icans.Flag, len(record.Checks))
	for i := range record.Checks {
		before[record.Checks[i].ID] = record.Checks[i].Result.Flag
	}
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
		was, known := before[c.ID]
		p.Old = p.Event == "" && c.Status != ward.Withdrawn && c.Result.Flag.Flagged() && (!known || c.Result.Flag > was)
		list[i] = p
	}
	return list, record
}

// earliest returns the earliest time of the checks of an act and of the versions that they
// replace.
func earliest(h *ward.History, checks []ward.Check) time.Time {
	at := checks[0].PerformedAt
	for i := range checks {
		c := &checks[i]
		if c.PerformedAt.Before(at) {
			at = c.PerformedAt
		}
		if c.Version == 1 {
			continue
		}
		if k := slices.IndexFunc(h.Checks, func(o ward.Check) bool { return o.ID == c.ID }); k >= 0 && h.Checks[k].PerformedAt.Before(at) {
			at = h.Checks[k].PerformedAt
		}
	}
	return at
}
