package ward

import (
	"strconv"
	"time"

	"neurocheck/internal/icans"
)

// Counts reports whether the check satisfies the schedule. One that could not be
// done because the patient slept, refused or was off the unit does not: somebody
// comes again.
func (c *Check) Counts() bool {
	switch c.Findings.Unable {
	case icans.UnableAsleep, icans.UnableRefused, icans.UnableOffUnit:
		return false
	}
	return true
}

// Order is what a clinician ordered about one patient's schedule. The newest one
// holds.
type Order struct {
	PatientID int64
	Kind      OrderKind
	Interval  time.Duration // for OrderInterval
	UntilDay  int           // for OrderExtend: the last day since infusion
	Reason    string
	Ordered   Signature
}

// OrderKind is what an order does.
type OrderKind string

// The kinds of order. Restart also goes back to the site's intervals.
const (
	OrderInterval OrderKind = "interval"
	OrderStop     OrderKind = "stop"
	OrderRestart  OrderKind = "restart"
	OrderExtend   OrderKind = "extend"
)

// OrderKinds are the kinds of order with their words.
var OrderKinds = []Term{
	{string(OrderInterval), "another interval"},
	{string(OrderStop), "stop the checks"},
	{string(OrderRestart), "restart, at the site's intervals"},
	{string(OrderExtend), "extend beyond the last day"},
}

// Plan is when a patient's next check is due, and why then.
type Plan struct {
	Due time.Time // zero where none is due any more
	Why string    // in words

	// Ends is when the checks end: the midnight after the last day. Zero where the
	// infusion is not known yet.
	Ends time.Time
}

// State is how a plan stands at a time.
type State uint8

// The states of a plan, the least pressing first.
const (
	NoneDue State = iota
	Later
	DueSoon
	Overdue
)

// State returns how the plan stands at now. A check is overdue from the moment
// at which it is due.
func (p Plan) State(site *Site, now time.Time) State {
	switch {
	case p.Due.IsZero() || !p.Ends.IsZero() && !now.Before(p.Ends):
		return NoneDue
	case !now.Before(p.Due):
		return Overdue
	case !now.Before(p.Due.Add(-site.DueSoon)):
		return DueSoon
	}
	return Later
}

// Next plans the next check of a patient. last is the last performed check that
// stands, or nil; orders are the patient's, the newest first; told is when the
// patient or a caregiver last reported a symptom, or zero. It counts in elapsed
// time, so it is right through midnight and a change of the clocks.
func (site *Site) Next(p *Patient, last *Check, orders []Order, told time.Time, zone *time.Location) Plan {
	if !p.OnWard() {
		return Plan{Why: "discharged"}
	}
	lastDay, own, settled := site.LastDay, time.Duration(0), false
	var since time.Time // of the order that settles the interval
	for _, o := range orders {
		switch {
		case o.Kind == OrderExtend:
			lastDay = max(lastDay, o.UntilDay)
		case settled:
		case o.Kind == OrderStop:
			return Plan{Why: "stopped by " + o.Ordered.By + ": " + o.Reason}
		case o.Kind == OrderInterval:
			own, since, settled = o.Interval, o.Ordered.At, true
		case o.Kind == OrderRestart:
			since, settled = o.Ordered.At, true
		}
	}
	plan := site.afterLast(p, last, own, since)
	if plan.Due.Before(since) { // nobody is late for what was not ordered yet
		plan.Due = since
	}
	if told.After(p.AdmittedAt) && (last == nil || !told.Before(last.PerformedAt)) && told.Before(plan.Due) {
		plan = Plan{Due: told, Why: "a symptom was reported"}
	}
	if !p.InfusedAt.IsZero() {
		y, m, d := p.InfusedAt.In(zone).Date()
		plan.Ends = time.Date(y, m, d+lastDay+1, 0, 0, 0, 0, zone)
		if !plan.Due.Before(plan.Ends) {
			return Plan{Why: "they ended with day " + strconv.Itoa(lastDay)}
		}
	}
	return plan
}

func (site *Site) afterLast(p *Patient, last *Check, own time.Duration, ownSince time.Time) Plan {
	if last == nil {
		return Plan{Due: p.AdmittedAt, Why: "no check yet"}
	}
	interval := site.Interval(last)
	why := [...]string{
		icans.FlagNone: "nothing was found", icans.FlagIncomplete: "the last one is incomplete",
		icans.FlagGrade1: "grade-1 features", icans.FlagUrgent: "an urgent flag",
	}[last.Result.Flag]
	switch {
	case !last.Counts():
		why = "the last one could not be done"
	case own != 0 && (ownSince.After(last.PerformedAt) || own < interval || last.Result.Flag == icans.FlagNone):
		// What was ordered before a check was flagged does not put the next one off.
		interval, why = own, "own interval"
	}
	return Plan{Due: last.PerformedAt.Add(interval), Why: why + ", every " + Elapsed(interval)}
}
