package ward

import (
	"slices"
	"strconv"
	"time"
)

// Event is an entry on a patient's time axis that is no check: an intervention, a
// report, or an order.
type Event struct {
	Kind      EventKind
	ID        int64 // of the intervention or report; 0 for an order
	At        time.Time
	What      string // code of Interventions, Reporters or OrderKinds
	Detail    string // dose, route or result; the words of a report; the reason of an order
	Interval  time.Duration
	UntilDay  int
	Withdrawn bool
	Reason    string // the reason for the withdrawal
	Recorded  Signature
}

// EventKind is the kind of an event.
type EventKind string

// The kinds of event.
const (
	AnIntervention EventKind = "intervention"
	AReport        EventKind = "report"
	AnOrder        EventKind = "order"
)

// EventKinds are the kinds of event with their words.
var EventKinds = []Term{{string(AnIntervention), "intervention"}, {string(AReport), "reported symptom"}, {string(AnOrder), "check interval"}}

// Words returns the event in one line.
func (e *Event) Words() string {
	var words string
	switch e.Kind {
	case AReport:
		words = "“" + e.Detail + "” said " + WordsFor(Reporters, e.What)
	case AnOrder:
		words = "check interval: " + WordsFor(OrderKinds, e.What)
		switch OrderKind(e.What) {
		case OrderInterval:
			words += ": every " + Elapsed(e.Interval)
		case OrderExtend:
			words += ": until day " + strconv.Itoa(e.UntilDay)
		}
		words += "; " + e.Detail
	default:
		words = WordsFor(Interventions, e.What)
		if e.Detail != "" {
			words += ": " + e.Detail
		}
	}
	if e.Withdrawn {
		words = "× withdrawn: " + words
	}
	return words
}

// Events returns the interventions, reports and orders, the newest first.
func (c *Chart) Events() []Event {
	var list []Event
	for _, i := range c.Interventions {
		list = append(list, Event{Kind: AnIntervention, ID: i.ID, At: i.DoneAt, What: i.Kind, Detail: i.Detail, Withdrawn: i.Withdrawn, Reason: i.Reason, Recorded: i.Recorded})
	}
	for _, r := range c.AllReports {
		list = append(list, Event{Kind: AReport, ID: r.ID, At: r.ToldAt, What: r.ToldBy, Detail: r.Words, Withdrawn: r.Withdrawn, Reason: r.Reason, Recorded: r.Recorded})
	}
	for _, o := range slices.Backward(c.Orders) {
		list = append(list, Event{Kind: AnOrder, At: o.Ordered.At, What: string(o.Kind), Detail: o.Reason, Interval: o.Interval, UntilDay: o.UntilDay, Recorded: o.Ordered})
	}
	slices.SortStableFunc(list, func(a, b Event) int { return b.At.Compare(a.At) })
	return list
}

// Around returns the checks directly before and after a time. A check without a score
// and a single grade compares with nothing: it yields to the next one that has either.
func (h *History) Around(at time.Time) (before, after *Check) {
	comparable := func(c *Check) bool {
		_, scored := c.Findings.Total()
		return scored || c.Result.Conclusive()
	}
	for i := range h.Checks {
		c := &h.Checks[i]
		switch {
		case !c.PerformedAt.After(at):
			if before == nil || comparable(c) || !comparable(before) {
				before = c
			}
		case after == nil || comparable(c) && !comparable(after):
			after = c
		}
	}
	return before, after
}
