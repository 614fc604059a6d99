package intake

import (
	"slices"
	"time"

	"neurocheck/internal/hl7"
)

// Did is the result of a message. All of them are answered with AA.
type Did uint8

// The results.
const (
	Ignored Did = iota // not about a patient of this ward; counted by event, nothing kept
	Applied            // read and kept; it may have changed nothing
	Held               // in the inbox until a person decides
)

// Reason is the code of a reason for a result.
type Reason string

// The reasons.
const (
	ReasonEvent       Reason = "event"            // ignored: not an event that is read
	ReasonTest        Reason = "test_patient"     // ignored
	ReasonUnknown     Reason = "unknown"          // ignored: neither known nor inside
	ReasonClass       Reason = "class"            // ignored: not a class that comes in
	ReasonHistoric    Reason = "historic"         // held: a correction of the past
	ReasonByHand      Reason = "by_hand"          // held: an event that only a person can apply
	ReasonAhead       Reason = "ahead"            // held: more than 10 minutes in the future
	ReasonOtherVisit  Reason = "other_visit"      // held: the patient is on the ward with another visit
	ReasonOverlap     Reason = "overlap"          // held: the stay would overlap another one
	ReasonAfterEnd    Reason = "after_end"        // held: moved here after the end of the visit
	ReasonBeforeBegin Reason = "before_admission" // held: the end is before the admission
	ReasonBusy        Reason = "busy"             // held: something was recorded in the stay
	ReasonLaterStay   Reason = "later_stay"       // held: a later stay began
	ReasonByPerson    Reason = "by_person"        // held: a person ended the stay
	ReasonSwap        Reason = "swap"             // held: not two patients, or not both on the ward
	ReasonElsewhere   Reason = "elsewhere"        // held: the transfer that is taken back ended outside
	ReasonWaiting     Reason = "waiting"          // applied: it waits for the admission before it
	ReasonMerge       Reason = "merge"            // held: the hospital says that these two are one
	ReasonReverse     Reason = "merge_reversed"   // held: the reverse of a merge that was done
	ReasonRecord      Reason = "record"           // held: the record refuses what the message says
)

// Outcome is the result of a message with its reason; the reason is empty for one that
// was simply applied.
type Outcome struct {
	Did    Did
	Reason Reason
}

// byHand are the events that are held if the patient is known.
var byHand = map[string]bool{
	"A24": true, "A35": true, "A37": true, "A39": true, "A41": true, "A42": true, "A43": true, "A44": true, "A45": true,
	"A49": true, "A50": true, "A51": true,
}

// merges are the events that put the patient of MRG-1 into that of PID-3.
var merges = map[string]bool{"A18": true, "A34": true, "A36": true, "A40": true, "A47": true}

// Merges reports whether the message is about a merge: see [DecideMerge].
func (m *Message) Merges() bool { return merges[m.Event] }

// withdraws reports whether the message can withdraw a stay.
func (m *Message) withdraws() bool { return m.Event == "A11" || m.Event == "A12" }

// A time that is at most ahead in the future counts as now.
const ahead = 10 * time.Minute

// screen returns the outcome of a message that is not replayed, and whether it is one.
func screen(s *Settings, log Log, m *Message) (o Outcome, done bool) {
	if _, read := hl7.Events[m.Event]; !read {
		return Outcome{Ignored, ReasonEvent}, true
	}
	if slices.ContainsFunc(m.Persons, func(p hl7.Person) bool { return s.isTest(&p) }) {
		return Outcome{Ignored, ReasonTest}, true
	}
	known, inside := false, false
	for i := range m.Persons {
		p := &m.Persons[i]
		known = known || log.Patient(p.MRN) != "" || slices.ContainsFunc(p.Prior, func(mrn string) bool { return log.Patient(mrn) != "" })
		inside = inside || s.inside(&p.Visit)
	}
	switch {
	case !known && (!inside || m.Event == "A31" || byHand[m.Event]):
		return Outcome{Ignored, ReasonUnknown}, true
	case m.Historic || m.Event == "Z99":
		return Outcome{Held, ReasonHistoric}, true
	case byHand[m.Event]:
		return Outcome{Held, ReasonByHand}, true
	case m.isAhead():
		return Outcome{Held, ReasonAhead}, true
	case !known && begins[m.Event] && !s.admits(&m.Persons[0].Visit):
		return Outcome{Ignored, ReasonClass}, true
	}
	return Outcome{}, false
}

// isAhead reports whether one of the times of the message is too far in the future.
func (m *Message) isAhead() bool {
	limit := m.Received.Add(ahead)
	times := []hl7.Time{m.Recorded, m.Occurred}
	for i := range m.Persons {
		switch p := &m.Persons[i]; {
		case begins[m.Event]:
			times = append(times, p.Visit.Admitted)
		case m.Event == "A03":
			times = append(times, p.Visit.Discharged, p.DiedAt)
		}
	}
	return slices.ContainsFunc(times, func(t hl7.Time) bool { return t.At.After(limit) })
}

// begins are the events that begin the stay of a visit.
var begins = map[string]bool{"A01": true, "A04": true, "A06": true, "A02": true, "A08": true}

// happened returns the time of the movement that a message is about: the field of the
// visit for it, else EVN-6, else the time of recording. A field with a day alone counts
// only if the message was recorded on another day. It is never later than the arrival.
func (m *Message) happened(field hl7.Time, zone *time.Location) time.Time {
	at := m.Recorded.At
	if m.Occurred.Clock() {
		at = m.Occurred.At
	}
	day := func(t time.Time) string { return t.In(zone).Format(time.DateOnly) }
	if field.Clock() || field.Precision == hl7.PrecisionDay && day(field.At) != day(at) {
		at = field.At
	}
	if at.After(m.Received) {
		return m.Received
	}
	return at
}
