package ward

import (
	"slices"
	"time"
)

// DueCheck is a check that was due by the schedule as it stood then.
type DueCheck struct {
	Due      time.Time
	Interval time.Duration // after which the next one fell due
	End      DueEnd
	Check    *Check        // the one that was done; nil if none was
	Late     time.Duration // from Due to the check; negative if it came before
}

// DueEnd is the outcome of a check that was due.
type DueEnd string

// The outcomes of a check that was due.
const (
	DueOnTime      DueEnd = "on_time"      // at most 30 min after it was due
	DueLate        DueEnd = "late"         // later, and before the next one fell due
	DueNotPossible DueEnd = "not_possible" // the tool could not be done, whenever it was tried
	DueMissed      DueEnd = "missed"       // the next one fell due
	DueLeft        DueEnd = "left"         // the patient left, more than 30 min after it was due
	DueStill       DueEnd = "still_due"    // it is, for more than 30 min
)

// onTimeUntil is the time after a check is due in which it counts as on time.
const onTimeUntil = 30 * time.Minute

// SiteAt returns the settings that were in force at a time.
type SiteAt func(time.Time) *Site

// DueChecks returns the checks that were due up to the time now, in the order of time. A
// check is due when the schedule said so at that time: an order, a report or a flag counts
// from when it was known, and a check from when it was performed, also if it was recorded
// late. changes are the times at which the settings changed.
//
// An inferred admission is the time of the first check, which was not due by it. If the ward
// heard of a stay late, as by an import, the checks that had been done until then count as
// others do; but none was due to be done by it. h must hold all checks of the patient.
func (h *History) DueChecks(site SiteAt, changes []time.Time, now time.Time) []DueCheck {
	w := dueWalk{h: h, site: site, last: -1, changes: h.planChanges(changes)}
	stays := slices.Clone(h.Stays) // those of a linked patient may overlap
	slices.SortStableFunc(stays, func(a, b Stay) int { return a.AdmittedAt.Compare(b.AdmittedAt) })
	for k := range stays {
		stay := &stays[k]
		for w.next() != nil && w.next().PerformedAt.Before(stay.AdmittedAt) {
			w.pass()
		}
		w.stays, w.from, w.first = stays[:k+1], stay.AdmittedAt, true
		for c := w.next(); c != nil && stay.Holds(c.PerformedAt); c = w.next() {
			w.until(c.PerformedAt, c)
			w.pass()
			w.from, w.first = c.PerformedAt, false
		}
		until := now
		if end := stay.DischargedAt; !end.IsZero() && end.Before(now) {
			until = end
		}
		w.until(until, nil)
	}
	return w.found
}

// planChanges returns the times at which the plan of a patient changed without a check: by
// an order, a report, a dose or its end, a follow-up, and by the settings.
func (h *History) planChanges(settings []time.Time) []time.Time {
	list := slices.Clone(settings)
	for i := range h.Orders {
		list = append(list, h.Orders[i].Ordered.At)
	}
	for i := range h.Reports {
		list = append(list, h.Reports[i].ToldAt)
	}
	for _, d := range h.Doses {
		list = append(list, d, d.Add(doseWindow+time.Nanosecond))
	}
	for i := range h.FollowUps {
		f := &h.FollowUps[i]
		list = append(list, f.Opened.At)
		for _, j := range f.Joined {
			list = append(list, j.At)
		}
		if f.Closed.Done() {
			list = append(list, f.Closed.At)
		}
	}
	slices.SortFunc(list, time.Time.Compare)
	return slices.CompactFunc(list, time.Time.Equal)
}

// dueWalk goes through the record of a patient from check to check.
type dueWalk struct {
	h       *History
	site    SiteAt
	changes []time.Time
	m       Memory
	last    int // index of the last check that was passed
	stays   []Stay
	from    time.Time // the last check of the stay, or the admission
	first   bool      // no check of the stay was passed

	found []DueCheck
}

// next returns the check after the last one, or nil.
func (w *dueWalk) next() *Check {
	if w.last+1 == len(w.h.Checks) {
		return nil
	}
	return &w.h.Checks[w.last+1]
}

// pass makes the next check the last one.
func (w *dueWalk) pass() {
	w.last++
	w.m.add(w.h, w.last, w.site(w.h.Checks[w.last].PerformedAt))
}

// planAt returns the plan at the time t. Its interval is that after which the next check
// falls due if none is done.
func (w *dueWalk) planAt(t time.Time) Plan {
	then, site := w.h.knownAt(w.last, w.m, w.stays, t), w.site(t)
	plan := then.Next(site, t)
	if plan.Why == WhyReport {
		plan.Interval = then.planned(site, then.orderAt(t)).Interval
	}
	if w.first { // the time after the admission is no interval between checks
		plan.Interval = site.noneOn(then.Patient.Day(t, site.Zone))
	}
	return plan
}

// until adds the checks that fell due from w.from to the time to, at which the check done was
// performed; or, if done is nil, the stay or the record ended.
func (w *dueWalk) until(to time.Time, done *Check) {
	stay := &w.stays[len(w.stays)-1]
	if w.first && (stay.AdmissionInferred || to.Before(w.heard(stay))) {
		return
	}
	fell := w.fellDue(to)
	for i := range fell {
		fell[i].End = DueMissed
	}
	switch {
	case done == nil && len(fell) > 0:
		last := &fell[len(fell)-1]
		if last.Due.Add(onTimeUntil).Before(to) {
			last.End = DueStill
			if !stay.OnWard() && !stay.DischargedAt.After(to) {
				last.End = DueLeft
			}
		} else {
			fell = fell[:len(fell)-1] // there is time yet, or the patient left in time
		}
	case done != nil && len(fell) == 0:
		if plan := w.planAt(to); !plan.Due.IsZero() { // it came before it was due
			fell = append(fell, DueCheck{Due: plan.Due, Interval: plan.Interval})
		}
		fallthrough
	case done != nil:
		if len(fell) > 0 {
			fell[len(fell)-1].doneBy(done)
		}
	}
	w.found = append(w.found, fell...)
}

// heard returns the time at which the ward heard of a stay, if that was long after it began;
// else its begin.
func (w *dueWalk) heard(stay *Stay) time.Time {
	if stay.Began.At.Sub(stay.AdmittedAt) > lateNews {
		return stay.Began.At
	}
	return stay.AdmittedAt
}

// doneBy sets the outcome of a check that was done.
func (d *DueCheck) doneBy(c *Check) {
	d.Check, d.Late = c, c.PerformedAt.Sub(d.Due)
	switch {
	case c.Findings.Unable != 0:
		d.End = DueNotPossible
	case d.Late > onTimeUntil:
		d.End = DueLate
	default:
		d.End = DueOnTime
	}
}

// fellDue returns the checks that fell due from w.from to the time to if none was done
// between: the first by the plan, each other one an interval after the one before it.
func (w *dueWalk) fellDue(to time.Time) (fell []DueCheck) {
	at, changes := w.from, w.changes
	if heard := w.heard(&w.stays[len(w.stays)-1]); at.Before(heard) && heard.Before(to) {
		at = heard
	}
	if i := slices.IndexFunc(changes, at.Before); i >= 0 {
		changes = changes[i:]
	} else {
		changes = nil
	}
	for {
		until := to
		if len(changes) > 0 && changes[0].Before(to) {
			until = changes[0]
		}
		fell = w.fellDueIn(at, until, to, fell)
		if until.Equal(to) {
			return fell
		}
		at, changes = until, changes[1:]
	}
}

// fellDueIn adds the checks that fell due from the time at, by the plan of then, until it
// changed. to is the time of the next check.
func (w *dueWalk) fellDueIn(at, until, to time.Time, fell []DueCheck) []DueCheck {
	for {
		plan := w.planAt(at)
		if plan.Due.IsZero() {
			return fell
		}
		due := plan.Due
		if len(fell) > 0 {
			due = fell[len(fell)-1].Due.Add(plan.Interval)
		}
		if due.Before(at) {
			due = at
		}
		if due.After(until) || until.Before(to) && due.Equal(until) || len(fell) > 0 && due.Equal(fell[len(fell)-1].Due) {
			return fell
		}
		if w.planAt(due).Due.IsZero() { // the checks had ended by then
			return fell
		}
		fell = append(fell, DueCheck{Due: due, Interval: plan.Interval})
		at = due
	}
}
