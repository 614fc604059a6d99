package intake

import (
	"slices"
	"time"

	"neurocheck/internal/hl7"
	"neurocheck/internal/ward"
)

// World is the result of a replay: the patients by folded MRN, and the outcome of each
// message by its number.
type World struct {
	Patients map[string]*State
	Outcomes map[int64]Outcome
}

// replay is a replay that goes on.
type replay struct {
	World
	settings *Settings
	log      Log
}

// Replay applies entries in the order in which they were recorded. Given the same
// entries it returns the same patients, whatever the order of the argument.
func Replay(s *Settings, log Log, entries []Entry) World {
	r := &replay{World{make(map[string]*State), make(map[int64]Outcome)}, s, log}
	for _, e := range inOrder(entries) {
		if e.Act != nil {
			r.patient(e.Act.MRN).do(e.Act)
			continue
		}
		r.Outcomes[e.Message.Number] = r.apply(e.Message)
	}
	return r.World
}

// key returns the key of a patient in a world: the MRN under which the log has it.
func (r *replay) key(mrn string) string {
	if known := r.log.Patient(mrn); known != "" {
		mrn = known
	}
	return ward.FoldMRN(mrn)
}

// patient returns the state of a patient, a new one for the first entry.
func (r *replay) patient(mrn string) *State {
	key := r.key(mrn)
	if r.Patients[key] == nil {
		r.Patients[key] = newState()
	}
	return r.Patients[key]
}

// apply applies a message.
func (r *replay) apply(m *Message) Outcome {
	if m.Event == "A17" {
		return r.swap(m)
	}
	p := &m.Persons[0]
	s := r.patient(p.MRN)
	o := r.move(s, m, p)
	if s.known() && o.Did == Applied {
		r.identify(s, m, p)
	}
	return o
}

// move applies the movement of a message to the stays of a patient.
func (r *replay) move(s *State, m *Message, p *hl7.Person) Outcome {
	switch m.Event {
	case "A01", "A04", "A06":
		if !r.settings.inside(&p.Visit) {
			return Outcome{Did: Applied}
		}
		return r.begin(s, m, p)
	case "A02", "A08":
		switch {
		case r.settings.inside(&p.Visit):
			return r.begin(s, m, p)
		case r.settings.outside(&p.Visit):
			return r.leave(s, m, p)
		}
		return r.update(s, m, p)
	case "A07":
		return r.update(s, m, p)
	case "A03":
		return r.discharge(s, m, p)
	case "A11":
		return r.cancel(s, m, p)
	case "A12":
		return r.cancelTransfer(s, m, p)
	case "A13":
		return r.cancelDischarge(s, m, p)
	}
	return Outcome{Did: Applied} // A31: the data alone
}

// swap exchanges the beds of two patients, or leaves both.
func (r *replay) swap(m *Message) Outcome {
	if r.key(m.Persons[0].MRN) == r.key(m.Persons[1].MRN) {
		return Outcome{Held, ReasonSwap}
	}
	var stays [2]*Stay
	for i := range m.Persons {
		p := &m.Persons[i]
		s := r.patient(p.MRN)
		if stays[i] = r.current(s, p); stays[i] == nil || !r.settings.inside(&p.Visit) {
			return Outcome{Held, ReasonSwap}
		}
	}
	for i := range m.Persons {
		p := &m.Persons[i]
		s := r.patient(p.MRN)
		r.fill(s, stays[i], m, p)
		r.identify(s, m, p)
	}
	return Outcome{Did: Applied}
}

// do applies an act of a person.
func (s *State) do(a *Act) {
	switch {
	case a.Patient != nil:
		s.doPatient(a)
	case a.Stay != nil:
		s.doStay(a)
	case a.Settled != nil:
		s.settle(a)
	}
}

// doPatient applies a version of a patient: the fields in which it differs from the one
// before it.
func (s *State) doPatient(a *Act) {
	before, after := &a.Patient.Before, a.Patient.After
	sig := ward.Sign(a.By, a.At)
	mine := s.Patient
	s.Patient = after
	keep := func(f Field, same bool, restore func()) {
		if same && mine.Version > 0 {
			restore()
			return
		}
		if !same {
			s.set[f] = sig
			s.agree(f, "")
		}
	}
	keep(FieldName, before.Name == after.Name, func() { s.Patient.Name = mine.Name })
	keep(FieldBirthDate, before.BirthDate == after.BirthDate, func() { s.Patient.BirthDate = mine.BirthDate })
	keep(FieldLanguage, before.Language == after.Language, func() { s.Patient.Language = mine.Language })
}

// doStay applies a version of a stay in the same way.
func (s *State) doStay(a *Act) {
	before, after := &a.Stay.Before, a.Stay.After
	sig := ward.Sign(a.By, a.At)
	stay := s.find(a.Stay)
	if stay == nil {
		s.Stays = append(s.Stays, Stay{Stay: after, sent: make(map[Field]string), set: make(map[Field]ward.Signature)})
		stay = &s.Stays[len(s.Stays)-1]
	}
	stay.ID, stay.PatientID = after.ID, after.PatientID
	stay.Status = after.Status
	for _, text := range []struct {
		field         Field
		before, after string
		to            *string
	}{
		{FieldVisit, before.Visit, after.Visit, &stay.Visit},
		{FieldBed, before.Bed, after.Bed, &stay.Bed},
		{FieldClinician, before.Clinician, after.Clinician, &stay.Clinician},
	} {
		if text.before == text.after {
			continue
		}
		*text.to = text.after
		stay.set[text.field] = sig
		s.agree(text.field, stay.Visit)
		if text.field == FieldBed {
			stay.Over = Over{}
		}
	}
	if !before.AdmittedAt.Equal(after.AdmittedAt) {
		stay.AdmittedAt, stay.AdmissionInferred = after.AdmittedAt, after.AdmissionInferred
		if !after.AdmissionInferred {
			stay.set[FieldAdmitted] = sig
		}
		s.agree(FieldAdmitted, stay.Visit)
	}
	if !before.DischargedAt.Equal(after.DischargedAt) || before.Discharge != after.Discharge {
		stay.DischargedAt, stay.Discharge, stay.EndInferred = after.DischargedAt, after.Discharge, after.EndInferred
		stay.ended, stay.byMove = sig, false
	}
}

// find returns the stay that a version of the log is about: the one of that ID, else the
// latest one of the visit to which the log's ID is not known yet.
func (s *State) find(v *Version[ward.Stay]) *Stay {
	for _, i := range slices.Backward(s.live()) {
		if s.Stays[i].ID == v.After.ID {
			return &s.Stays[i]
		}
	}
	if v.After.Version == 1 {
		return nil
	}
	for _, i := range slices.Backward(s.live()) {
		if stay := &s.Stays[i]; stay.ID == 0 && sameVisit(stay.Visit, v.Before.Visit) {
			return stay
		}
	}
	return nil
}

// settle applies the answer of a person to the difference of a field.
func (s *State) settle(a *Act) {
	f := a.Settled.Field
	at := slices.IndexFunc(s.Differences, func(d Difference) bool { return d.Field == f })
	if at < 0 {
		return
	}
	d := s.Differences[at]
	s.agree(f, d.Visit)
	if !a.Settled.Feed {
		return
	}
	sig := ward.Sign(a.By, a.At)
	switch stay := s.ofVisit(d.Visit); f {
	case FieldName:
		s.Patient.Name, s.set[f] = d.Feed, sig
	case FieldBirthDate:
		if date, err := ward.ParseDate(d.Feed); err == nil {
			s.Patient.BirthDate, s.set[f] = date, sig
		}
	case FieldLanguage:
		s.Patient.Language, s.set[f] = d.Feed, sig
	case FieldClinician:
		if stay != nil {
			stay.Clinician, stay.set[f] = d.Feed, sig
		}
	case FieldAdmitted:
		if t, err := time.Parse(time.RFC3339, d.Feed); err == nil && stay != nil {
			stay.AdmittedAt, stay.set[f] = ward.Moment(t), sig
		}
	}
}
