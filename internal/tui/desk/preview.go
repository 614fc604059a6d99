package desk

import (
	"fmt"
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
	record := clone(h, checks)
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

// recentWindow is the longest time that a comparison looks back over single checks; the
// rest is in [ward.Memory].
const recentWindow = 72 * time.Hour

// clone returns a copy of a history that [ward.Record] may change. For one new check after
// all others it holds only the recent checks, because the memory has the rest: a key in
// the form then costs the same for a patient with thousands of checks.
func clone(h *ward.History, checks []ward.Check) ward.History {
	record := *h
	first := 0
	if last := h.Last(); last != nil && len(checks) == 1 && checks[0].Version == 1 && checks[0].Compare(last) > 0 {
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

// Effect returns the effect of a save on the follow-up, for the end of a sentence.
func (p *Preview) Effect() string {
	switch {
	case p.Old:
		return ". Over 24 h old and a later check exists: opens no follow-up"
	case p.Event == ward.JoinOpened:
		return ". Opens a follow-up"
	case p.Event == ward.JoinRaised:
		return ". RAISES the follow-up"
	case p.Event == ward.JoinJoined:
		return ". Joins the follow-up"
	}
	return ""
}

// CheckFlag returns the flag that a check has or would have, with its reasons. Only a
// normal check is called normal.
func CheckFlag(c *ward.Check) string {
	r := c.Result
	text := FlagLine(r)
	if r.Flag != icans.FlagNone || r.Reasons != 0 {
		return text
	}
	if c.Normal() {
		return "normal check: no flag"
	}
	if same := Unchanged(&c.Findings); same != "" {
		text += "; " + same
	}
	return text
}

// mostChanged is the number of changed flags that a question names one by one.
const mostChanged = 3

// ChangedFlags returns lines about the other checks whose flag or reasons change.
func (d *Desk) ChangedFlags(h *ward.History, changed []ward.Reevaluation) (lines []string) {
	for i, r := range changed {
		if i == mostChanged {
			return append(lines, fmt.Sprintf("The flags of %d more checks change.", len(changed)-mostChanged))
		}
		was := ""
		now := FlagShort(r.Check.Result.Flag)
		for j := range h.Checks {
			if h.Checks[j].ID != r.Check.ID {
				continue
			}
			if was = FlagShort(h.Checks[j].Result.Flag) + " → "; was == now+" → " {
				was, now = "", now+", for other reasons"
			}
		}
		lines = append(lines, "The check of "+d.DayTime(r.Check.PerformedAt)+" changes: "+was+now+".")
	}
	return lines
}
