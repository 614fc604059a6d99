package intake

import (
	"maps"
	"slices"

	"neurocheck/internal/hl7"
	"neurocheck/internal/ward"
)

// Result is the result of a new message.
type Result struct {
	Outcome
	// Fault is set for a message that can be read and never taken: it is answered with
	// AE, and the rest of the result is zero.
	Fault *hl7.Error
	// Keep is set if the message belongs in the journal. A message that the replay holds
	// or ignores is in the journal, too, because one that arrives later can release it.
	Keep bool
	// Changes are those of each patient, by folded MRN.
	Changes map[string][]Change
	// Earlier are the messages of the journal whose outcome is another one now.
	Earlier map[int64]Outcome
}

// Take returns the result of a new message. journal holds the kept messages of its
// patients and the acts of persons about them, in any order. The message itself changes
// nothing if it is about a merge: see [DecideMerge].
func Take(s *Settings, log Log, journal []Entry, m Message) Result {
	if fault := m.fault(s, log); fault != nil {
		return Result{Fault: fault}
	}
	o, done := screen(s, log, &m)
	if done || m.Merges() {
		if !done {
			o = Outcome{Did: Applied}
		}
		return Result{Outcome: o}
	}
	before := Replay(s, log, journal)
	after := Replay(s, log, append(slices.Clone(journal), Entry{Message: &m}))
	r := Result{Outcome: after.Outcomes[m.Number], Keep: true, Changes: make(map[string][]Change), Earlier: make(map[int64]Outcome)}
	for _, key := range slices.Sorted(maps.Keys(after.Patients)) {
		changes := Diff(before.Patients[key], after.Patients[key], log.Patient(key) != "")
		for i := range changes {
			c := &changes[i]
			if c.Kind == Withdraw && log.Busy(after.Patients[key].Patient.MRN, &c.Was) {
				return Result{Outcome: Outcome{Held, ReasonBusy}}
			}
		}
		if len(changes) > 0 {
			r.Changes[key] = changes
		}
	}
	for number, now := range after.Outcomes {
		if number != m.Number && before.Outcomes[number] != now {
			r.Earlier[number] = now
		}
	}
	return r
}

// fault returns the fault of a message whose values the record cannot hold, or nil.
func (m *Message) fault(s *Settings, log Log) *hl7.Error {
	for i := range m.Persons {
		p := &m.Persons[i]
		at := func(segment string, field int) hl7.Location {
			return hl7.Location{Segment: segment, Sequence: i + 1, Field: field}
		}
		if name, field, reason := tooLong(s, m, p); name != "" {
			return &hl7.Error{Code: hl7.WrongData, At: at(name, field), Reason: reason}
		}
		newcomer := begins[m.Event] && s.admits(&p.Visit) && !s.isTest(p) && log.Patient(p.MRN) == ""
		switch {
		case !newcomer:
		case ward.CleanLine(p.Name()) == "":
			return &hl7.Error{Code: hl7.FieldMissing, At: at("PID", 5), Reason: "no name of a new patient"}
		case born(m, p, s.Zone).IsZero() && visitOf(p) == "":
			return &hl7.Error{Code: hl7.FieldMissing, At: at("PV1", 19), Reason: "no visit of a new patient whose birth date is unknown"}
		}
	}
	return nil
}

// places are the fields of a message that hold the columns of the record.
var places = map[string]struct {
	segment string
	field   int
}{
	"mrn": {"PID", 3}, "name": {"PID", 5}, "language": {"PID", 15}, "second_id": {"PV1", 19},
	"visit": {"PV1", 19}, "bed": {"PV1", 3}, "clinician": {"PV1", 7},
}

// tooLong returns the place and the reason of the first value that the rules of the
// record refuse.
func tooLong(s *Settings, m *Message, p *hl7.Person) (segment string, field int, reason string) {
	patient := ward.Patient{
		MRN: ward.CleanLine(p.MRN), Name: ward.CleanLine(p.Name()), Language: ward.CleanLine(p.Language.Text), SecondID: visitOf(p),
	}
	stay := ward.Stay{Visit: visitOf(p), Bed: s.bedOf(p.Visit.Place), Clinician: ward.CleanLine(p.Visit.Clinician.Text), AdmittedAt: m.Received}
	now := m.Received.In(s.Zone)
	for _, e := range slices.Concat(patient.Problems(now), stay.Problems(now)) {
		value := map[string]string{"mrn": patient.MRN, "name": patient.Name, "language": patient.Language, "second_id": patient.SecondID, "visit": stay.Visit, "bed": stay.Bed, "clinician": stay.Clinician}[e.Field]
		if place, ok := places[e.Field]; ok && value != "" {
			return place.segment, place.field, e.Reason
		}
	}
	return "", 0, ""
}
