package ward

import (
	"slices"
	"strconv"
	"time"
)

// Event is what stands beside the checks on a patient's time axis: an
// intervention, a reported symptom, or an order about the schedule.
type Event struct {
	Kind      EventKind
	At        time.Time
	What      string // code of Interventions, Tellers or OrderKinds
	Detail    string // dose, route or result; the words of a symptom; interval and reason of an order
	Withdrawn bool
	Recorded  Signature
	ID        int64 // of an intervention, which can be withdrawn; else 0
}

// EventKind is what an event is.
type EventKind string

// The kinds of event.
const (
	AnIntervention EventKind = "intervention"
	ASymptom       EventKind = "symptom"
	AnOrder        EventKind = "order"
)

// EventKinds are the kinds of event with their words.
var EventKinds = []Term{{string(AnIntervention), "intervention"}, {string(ASymptom), "reported symptom"}, {string(AnOrder), "order about the schedule"}}

// Words says what the event was in one line.
func (e *Event) Words() string {
	words := ""
	switch e.Kind {
	case ASymptom:
		return "“" + e.Detail + "” said " + WordsFor(Tellers, e.What)
	case AnOrder:
		words = "schedule: " + WordsFor(OrderKinds, e.What)
	default:
		words = WordsFor(Interventions, e.What)
	}
	if e.Detail != "" {
		words += ": " + e.Detail
	}
	if e.Withdrawn {
		words = "× withdrawn: " + words
	}
	return words
}

// Events returns what stands beside the checks, the newest first.
func (c *Chart) Events() []Event {
	var list []Event
	for _, i := range c.Interventions {
		list = append(list, Event{AnIntervention, i.DoneAt, i.Kind, i.Detail, i.Withdrawn, i.Recorded, i.ID})
	}
	for _, y := range c.Symptoms {
		list = append(list, Event{ASymptom, y.ToldAt, y.ToldBy, y.Words, false, y.Recorded, 0})
	}
	for _, o := range c.Orders {
		detail := o.Reason
		switch o.Kind {
		case OrderInterval:
			detail = "every " + Elapsed(o.Interval) + "; " + detail
		case OrderExtend:
			detail = "until day " + strconv.Itoa(o.UntilDay) + "; " + detail
		}
		list = append(list, Event{AnOrder, o.Ordered.At, string(o.Kind), detail, false, o.Ordered, 0})
	}
	slices.SortStableFunc(list, func(a, b Event) int { return b.At.Compare(a.At) })
	return list
}
