package ward

import (
	"iter"
	"slices"
	"time"

	"neurocheck/internal/icans"
)

// Episode is the time from a patient's first check with a grade of 1 or more to the first
// of 24 h at grade 0. A check at the own baseline counts as grade 0. If a grade was an
// interval, both bounds are given.
// Source: clinical.md section 7.
type Episode struct {
	Onset time.Time // the first check with grade_low of 1 or more

	// Peak is the greatest grade_low, and PeakHigh the greatest grade_high. They differ if
	// a check without a single grade may have been worse.
	Peak, PeakHigh int
	PeakAt         time.Time     // the first check with the peak
	Drivers        icans.Domains // the domains that made the peak, at any check that has it

	// End is the first check of 24 h at grade 0, zero while the episode goes on.
	// EarliestEnd is the same if each interval is taken as its least grade.
	End, EarliestEnd time.Time

	// Until is the end of the time that Hours and Unknown share: End; or else the time of
	// the question, or the discharge. A grade lasts from its check to the next one, but no
	// longer than until the next one was due, because nothing is known after that.
	Until   time.Time
	Hours   [5]Bounds     // at each grade
	Unsure  time.Duration // at a grade that was an interval
	Unknown time.Duration
}

// Bounds are the least and the greatest length of time at a grade. The greatest one
// includes the time at each interval that holds the grade.
type Bounds struct{ Least, Most time.Duration }

// dayAtZero is the time at grade 0 that ends an episode.
const dayAtZero = 24 * time.Hour

// Episodes returns the episodes of a patient as the checks up to the time now show them,
// the first one first. h must hold all checks of the patient.
// Source: clinical.md section 7.
func (h *History) Episodes(site *Site, now time.Time) []Episode {
	known := *h
	for len(known.Checks) > 0 && known.Last().PerformedAt.After(now) {
		known.Checks = known.Checks[:len(known.Checks)-1]
	}
	var list []Episode
	var plans []Plan
	for rest, e := range eachEpisode(known.Checks) {
		if plans == nil { // most patients never need them
			plans = known.PlansAfter(site, now)
		}
		if e.Until = e.End; e.End.IsZero() {
			e.Until = known.watchedUntil(now)
		}
		e.measure(rest, plans[len(plans)-len(rest):])
		list = append(list, e)
	}
	return list
}

// eachEpisode yields the episodes that checks show, without their hours, each with the
// checks from its onset on.
func eachEpisode(checks []Check) iter.Seq2[[]Check, Episode] {
	return func(yield func([]Check, Episode) bool) {
		for rest := checks; ; {
			onset := slices.IndexFunc(rest, func(c Check) bool { return c.gradeBounds().least >= 1 })
			if onset < 0 {
				return
			}
			rest = rest[onset:]
			e, n := episodeOf(rest)
			if !yield(rest, e) {
				return
			}
			rest = rest[n:]
		}
	}
}

// watchedUntil returns the time up to which the patient was on the ward: now, or the last
// discharge.
func (h *History) watchedUntil(now time.Time) time.Time {
	until := now
	if stay := h.Stay(); stay != nil && !stay.DischargedAt.IsZero() && stay.DischargedAt.Before(now) {
		until = stay.DischargedAt
	}
	if last := h.Last(); last != nil && last.PerformedAt.After(until) {
		until = last.PerformedAt
	}
	return until
}

// gradeSpan is the least and the greatest grade of a check.
type gradeSpan struct{ least, most int }

// gradeBounds returns the grade of a check for the episode, 0 at the own baseline.
func (c *Check) gradeBounds() gradeSpan {
	if c.AtBaseline() {
		return gradeSpan{}
	}
	return gradeSpan{c.Result.Low, c.Result.High}
}

// episodeOf returns the episode that begins with the first of the checks, without its
// hours, and the number of checks until its end is certain: all of them if it goes on.
func episodeOf(checks []Check) (e Episode, n int) {
	e.Onset, e.Peak = checks[0].PerformedAt, -1
	var certain, perhaps zeroRun
	for i := range checks {
		c := &checks[i]
		g := c.gradeBounds()
		switch {
		case g.least > e.Peak:
			e.Peak, e.PeakAt, e.Drivers = g.least, c.PerformedAt, c.Result.Drivers
		case g.least == e.Peak:
			e.Drivers |= c.Result.Drivers
		}
		e.PeakHigh = max(e.PeakHigh, g.most)
		perhaps.add(c.PerformedAt, g.least == 0)
		e.EarliestEnd, _ = perhaps.lasted()
		certain.add(c.PerformedAt, g.most == 0)
		if end, ended := certain.lasted(); ended {
			e.End = end
			return e, i + 1
		}
	}
	return e, len(checks)
}

// zeroRun is an unbroken row of checks at grade 0.
type zeroRun struct{ first, last time.Time }

func (r *zeroRun) add(at time.Time, zero bool) {
	switch {
	case !zero:
		*r = zeroRun{}
	case r.first.IsZero():
		r.first, r.last = at, at
	default:
		r.last = at
	}
}

// lasted returns the first check of a row that has lasted for 24 h.
func (r *zeroRun) lasted() (first time.Time, ok bool) {
	if r.first.IsZero() || r.last.Sub(r.first) < dayAtZero {
		return time.Time{}, false
	}
	return r.first, true
}

// EpisodeEnd returns the end of an episode that began by the time onset: the first check
// of 24 h at grade 0. A check without a single grade breaks them, because it does not show
// grade 0. checks are in the order of time.
// Source: clinical.md section 7.
func EpisodeEnd(checks []Check, onset time.Time) (end time.Time, ended bool) {
	var run zeroRun
	for i := range checks {
		c := &checks[i]
		if c.PerformedAt.Before(onset) {
			continue
		}
		run.add(c.PerformedAt, c.gradeBounds().most == 0)
		if end, ended = run.lasted(); ended {
			return end, true
		}
	}
	return time.Time{}, false
}

// measure adds up the time at each grade from the onset to e.Until. plans are those after
// the checks.
func (e *Episode) measure(checks []Check, plans []Plan) {
	for i := range checks {
		from, to := checks[i].PerformedAt, e.Until
		if i+1 < len(checks) && checks[i+1].PerformedAt.Before(to) {
			to = checks[i+1].PerformedAt
		}
		if !from.Before(to) {
			continue
		}
		held := min(max(plans[i].Due.Sub(from), 0), to.Sub(from)) // no plan: 0
		e.Unknown += to.Sub(from) - held
		g := checks[i].gradeBounds()
		if g.least != g.most {
			e.Unsure += held
		}
		for grade := g.least; grade <= g.most; grade++ {
			e.Hours[grade].Most += held
			if g.least == g.most {
				e.Hours[grade].Least += held
			}
		}
	}
}
