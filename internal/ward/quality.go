package ward

import (
	"time"

	"neurocheck/internal/icans"
)

// Quality counts how well a ward keeps its watch: the checks that were due, the times from one
// event to the next, and the items that were assessed. It holds no patient and no person.
// Source: exchange.md section 4.
type Quality struct {
	Since, Until time.Time // the period; zero if it has no begin, or ends now
	At           time.Time // of the question

	Due         map[DueEnd]int
	Early       int // of those on time the checks that came more than 30 min before they were due
	Late        Spread
	NotPossible map[icans.Unable]int // by the reason

	// NormalToFlag is from the last normal check to the first flagged check after it, in one
	// stay.
	NormalToFlag Spread

	// ToAcceptance is from the opening or raising of a follow-up to the acceptance; NotAccepted
	// counts those that nobody accepted.
	ToAcceptance Spread
	NotAccepted  int

	// ToSteroid is from the first check of an episode with a least grade of 2 or more to the
	// first steroid within 24 h. The episodes without one are counted by why.
	ToSteroid                               Spread
	NoSteroid, SteroidBefore, SteroidNotYet int

	Assessed map[string]int // checks with the item, by its column
	Done     map[icans.Tool]int
}

// steroidWithin is the time in which a steroid counts as an answer to a grade.
const steroidWithin = 24 * time.Hour

// NewQuality returns the figures of a period without any patient, at the time now.
func NewQuality(since, until, now time.Time) *Quality {
	return &Quality{
		Since: since, Until: until, At: now,
		Due: make(map[DueEnd]int), NotPossible: make(map[icans.Unable]int), Assessed: make(map[string]int), Done: make(map[icans.Tool]int),
	}
}

// Add adds a patient. changes are the times at which the settings changed.
func (q *Quality) Add(c *Chart, site SiteAt, changes []time.Time) {
	for _, d := range c.DueChecks(site, changes, q.At) {
		if q.holds(d.Due) {
			q.addDue(&d)
		}
	}
	q.addFlags(&c.History)
	for i := range c.FollowUps {
		q.addAcceptances(&c.FollowUps[i])
	}
	for checks, e := range eachEpisode(c.Checks) {
		q.addSteroid(c, checks, e.End)
	}
	for i := range c.Checks {
		if k := &c.Checks[i]; k.Findings.Unable == 0 && q.holds(k.PerformedAt) {
			q.addItems(&k.Findings)
		}
	}
}

// holds reports whether a time is in the period.
func (q *Quality) holds(t time.Time) bool {
	return !t.Before(q.Since) && (q.Until.IsZero() || t.Before(q.Until)) && !t.After(q.At)
}

func (q *Quality) addDue(d *DueCheck) {
	q.Due[d.End]++
	switch d.End {
	case DueLate:
		q.Late.Add(d.Late)
	case DueNotPossible:
		q.NotPossible[d.Check.Findings.Unable]++
	case DueOnTime:
		if d.Late < -onTimeUntil {
			q.Early++
		}
	}
}

// addFlags adds the times from a normal check to the first flagged one after it, in one stay.
func (q *Quality) addFlags(h *History) {
	var normal time.Time
	var in *Stay
	for i := range h.Checks {
		c := &h.Checks[i]
		stay := StayAt(h.Stays, c.PerformedAt)
		if stay != in {
			normal, in = time.Time{}, stay
		}
		switch {
		case c.Normal():
			normal = c.PerformedAt
		case c.Result.Flag.Flagged() && !normal.IsZero():
			if q.holds(c.PerformedAt) {
				q.NormalToFlag.Add(c.PerformedAt.Sub(normal))
			}
			normal = time.Time{}
		}
	}
}

// addAcceptances adds the times in which a follow-up was accepted, each time that it asked.
func (q *Quality) addAcceptances(f *FollowUp) {
	asked := []time.Time{f.Opened.At}
	for _, j := range f.Joined {
		if j.Event == JoinRaised && j.At.After(asked[len(asked)-1]) {
			asked = append(asked, j.At)
		}
	}
	for _, t := range asked {
		if !q.holds(t) {
			continue
		}
		accepted := false
		for _, a := range f.Acks {
			if accepted = !a.At.Before(t); accepted {
				q.ToAcceptance.Add(a.At.Sub(t))
				break
			}
		}
		if !accepted {
			q.NotAccepted++
		}
	}
}

// addSteroid adds the treatment of an episode, which begins with the first of the checks and
// ends at a time, or goes on if that is zero.
func (q *Quality) addSteroid(c *Chart, checks []Check, end time.Time) {
	var from time.Time
	for i := range checks {
		k := &checks[i]
		if !end.IsZero() && !k.PerformedAt.Before(end) {
			return
		}
		if k.gradeBounds().least >= 2 {
			from = k.PerformedAt
			break
		}
	}
	if from.IsZero() || !q.holds(from) {
		return
	}
	var first time.Time
	before := false
	for i := range c.Interventions {
		v := &c.Interventions[i]
		switch at := v.DoneAt; {
		case !v.IsSteroid() || at.After(from.Add(steroidWithin)):
		case at.Before(from):
			before = before || !at.Before(from.Add(-steroidWithin))
		case first.IsZero() || at.Before(first):
			first = at
		}
	}
	switch {
	case before:
		q.SteroidBefore++
	case !first.IsZero():
		q.ToSteroid.Add(first.Sub(from))
	case q.At.Before(from.Add(steroidWithin)):
		q.SteroidNotYet++
	default:
		q.NoSteroid++
	}
}

func (q *Quality) addItems(x *icans.Findings) {
	q.Done[x.Tool]++
	for _, f := range icans.Fields() {
		if f.Assessed(x) {
			q.Assessed[f.Column]++
		}
	}
}
