package intake

import (
	"cmp"
	"time"

	"neurocheck/internal/hl7"
	"neurocheck/internal/ward"
)

// visitOf returns the visit of a message as the log writes it.
func visitOf(p *hl7.Person) string { return ward.CleanLine(p.Visit.Number) }

// current returns the open stay that a message is about, or nil: that of its visit, else
// one whose visit is not known or was typed by a person, if the message is from inside.
// A stay of which the feed has said nothing yet is not ended from elsewhere, because
// the hospital may not know of the move to this ward yet.
func (r *replay) current(s *State, p *hl7.Person) *Stay {
	open, visit := s.open(), visitOf(p)
	switch {
	case open == nil:
		return nil
	case visit != "" && open.of(visit):
		return open
	case visit == "" && (len(open.sent) > 0 || r.settings.inside(&p.Visit)):
		return open
	case (open.Visit == "" || open.set[FieldVisit].Done()) && r.settings.admits(&p.Visit):
		return open
	}
	return nil
}

// begin applies a message about a patient inside: it updates the stay of the visit,
// adopts an open stay without a visit, or begins a stay.
func (r *replay) begin(s *State, m *Message, p *hl7.Person) Outcome {
	if stay := r.current(s, p); stay != nil {
		r.fill(s, stay, m, p)
		return r.admittedThen(s, stay, m, p)
	}
	at := r.begunAt(m, p)
	if last := s.ofVisit(visitOf(p)); last != nil && !last.DischargedAt.IsZero() {
		switch {
		case m.Event == "A08", at.Before(last.DischargedAt) && m.Event != "A02":
			return r.update(s, m, p)
		case m.Event == "A02" && last.Discharge != transferred:
			return Outcome{Held, ReasonAfterEnd}
		}
	}
	if !r.settings.admits(&p.Visit) {
		return Outcome{Ignored, ReasonClass}
	}
	if s.open() != nil {
		return Outcome{Held, ReasonOtherVisit}
	}
	for _, i := range s.live() {
		if at.Before(s.Stays[i].DischargedAt) {
			return Outcome{Held, ReasonOverlap}
		}
	}
	if !s.known() {
		r.admit(s, m, p, at)
	}
	s.Stays = append(s.Stays, Stay{
		Stay:  ward.Stay{Version: 1, Status: ward.Recorded, AdmittedAt: ward.Moment(at)},
		moved: m.Event == "A02",
		sent:  make(map[Field]string), set: make(map[Field]ward.Signature),
	})
	stay := &s.Stays[len(s.Stays)-1]
	if !stay.moved && p.Visit.Admitted.Precision != hl7.PrecisionNone {
		news(stay.sent, FieldAdmitted, stamp(stay.AdmittedAt))
	}
	r.fill(s, stay, m, p)
	return Outcome{Did: Applied}
}

// begunAt returns the time at which a stay begins: for a transfer from elsewhere that of
// the transfer.
func (r *replay) begunAt(m *Message, p *hl7.Person) time.Time {
	if m.Event == "A02" {
		return m.happened(hl7.Time{}, r.settings.Zone)
	}
	return m.happened(p.Visit.Admitted, r.settings.Zone)
}

// admit makes the patient of a first stay.
func (r *replay) admit(s *State, m *Message, p *hl7.Person, at time.Time) {
	date := born(m, p, r.settings.Zone)
	s.Patient = ward.Patient{
		Version: 1, MRN: ward.CleanLine(p.MRN), Name: ward.CleanLine(p.Name()), BirthDate: date,
		Tool: ward.ToolFor(date, at.In(r.settings.Zone)),
	}
	if date.IsZero() {
		s.Patient.SecondID = visitOf(p)
	}
}

// fill sets the visit, the bed and the clinician of an open stay.
func (r *replay) fill(s *State, stay *Stay, m *Message, p *hl7.Person) {
	if visit := visitOf(p); visit != "" && news(stay.sent, FieldVisit, visit) {
		for i := range s.Differences {
			if d := &s.Differences[i]; sameVisit(d.Visit, stay.Visit) && d.OfStay() {
				d.Visit = visit
			}
		}
		stay.Visit = visit
		delete(stay.set, FieldVisit)
	}
	r.setBed(stay, m, p)
	r.yield(s, stay.Visit, stay.sent, stay.set, FieldClinician, p.Visit.Clinician, m, &stay.Clinician)
}

// setBed takes the bed of a message, also over that of a person.
func (r *replay) setBed(stay *Stay, m *Message, p *hl7.Person) {
	bed := ""
	switch {
	case r.settings.inside(&p.Visit):
		bed = r.settings.bedOf(p.Visit.Place)
	case !p.Visit.PlaceClear:
		return
	}
	if !news(stay.sent, FieldBed, bed) || stay.Bed == bed {
		return
	}
	stay.Over = Over{}
	if by := stay.set[FieldBed]; by.Done() {
		stay.Over = Over{Was: stay.Bed, By: by.By, At: m.Recorded.At}
	}
	stay.Bed = bed
	delete(stay.set, FieldBed)
}

// slack is the difference between two times of an admission that is not shown.
const slack = time.Hour

// admittedThen applies the time of admission to a stay that was known before.
func (r *replay) admittedThen(s *State, stay *Stay, m *Message, p *hl7.Person) Outcome {
	if stay.moved || m.Event == "A02" || !p.Visit.Admitted.Clock() || !p.Visit.Present {
		return Outcome{Did: Applied}
	}
	at := ward.Moment(m.happened(p.Visit.Admitted, r.settings.Zone))
	if !news(stay.sent, FieldAdmitted, stamp(at)) || stay.AdmittedAt.Equal(at) {
		return Outcome{Did: Applied}
	}
	if by := stay.set[FieldAdmitted]; by.Done() {
		if distance := at.Sub(stay.AdmittedAt).Abs(); distance > slack {
			s.differ(Difference{Field: FieldAdmitted, Visit: stay.Visit, Feed: stamp(at), At: m.Recorded.At})
		} else {
			s.agree(FieldAdmitted, stay.Visit)
		}
		return Outcome{Did: Applied}
	}
	for _, i := range s.live() {
		if o := &s.Stays[i]; o != stay && at.Before(o.DischargedAt) {
			return Outcome{Held, ReasonOverlap}
		}
	}
	stay.AdmittedAt, stay.AdmissionInferred = at, false
	return Outcome{Did: Applied}
}

func stamp(t time.Time) string { return t.Format(time.RFC3339) }

// update applies a message that moves no patient: of an open stay the visit and the
// clinician, and a bed that it clears.
func (r *replay) update(s *State, m *Message, p *hl7.Person) Outcome {
	if stay := r.current(s, p); stay != nil {
		r.fill(s, stay, m, p)
	}
	return Outcome{Did: Applied}
}

const transferred = "transferred"

// leave ends the open stay of a patient who is elsewhere.
func (r *replay) leave(s *State, m *Message, p *hl7.Person) Outcome {
	stay := r.current(s, p)
	if stay == nil {
		return waiting(s, p)
	}
	return r.end(stay, m, m.happened(hl7.Time{}, r.settings.Zone), transferred, true)
}

// waiting returns the outcome of a movement without a stay that it could change.
func waiting(s *State, p *hl7.Person) Outcome {
	if s.ofVisit(visitOf(p)) == nil {
		return Outcome{Applied, ReasonWaiting}
	}
	return Outcome{Did: Applied}
}

// discharge ends the stay of a visit, or moves its end if the feed ended it.
func (r *replay) discharge(s *State, m *Message, p *hl7.Person) Outcome {
	how := "home"
	if p.Died {
		how = "died"
	} else if site, ok := r.settings.Discharge[p.Visit.Disposition]; ok {
		how = site
	}
	at := m.happened(p.Visit.Discharged, r.settings.Zone)
	stay := r.current(s, p)
	if stay == nil {
		stay = s.ofVisit(visitOf(p))
	}
	switch {
	case stay == nil:
		return waiting(s, p)
	case !stay.DischargedAt.IsZero() && (stay.byMove || stay.byPerson()):
		return Outcome{Did: Applied}
	}
	return r.end(stay, m, at, how, false)
}

// byPerson reports whether a person ended the stay.
func (s *Stay) byPerson() bool {
	_, feed := ward.FeedName(s.ended.By)
	return s.ended.Done() && !feed
}

func (r *replay) end(stay *Stay, m *Message, at time.Time, how string, byMove bool) Outcome {
	if at.Before(stay.AdmittedAt) {
		return Outcome{Held, ReasonBeforeBegin}
	}
	stay.DischargedAt, stay.Discharge, stay.EndInferred = ward.Moment(at), how, false
	stay.ended, stay.byMove = ward.Sign(m.Feed, m.Recorded.At), byMove
	return Outcome{Did: Applied}
}

// reopen takes back the end of a stay. A later stay forbids it.
func (r *replay) reopen(s *State, stay *Stay, m *Message, p *hl7.Person) Outcome {
	switch list := s.live(); {
	case stay != &s.Stays[list[len(list)-1]]:
		return Outcome{Held, ReasonLaterStay}
	case stay.byPerson():
		return Outcome{Held, ReasonByPerson}
	}
	stay.DischargedAt, stay.Discharge, stay.EndInferred = time.Time{}, "", false
	stay.ended, stay.byMove = ward.Signature{}, false
	r.fill(s, stay, m, p)
	return Outcome{Did: Applied}
}

// cancel withdraws the stay of an admission that was cancelled.
func (r *replay) cancel(s *State, m *Message, p *hl7.Person) Outcome {
	stay := cmp.Or(r.current(s, p), s.ofVisit(visitOf(p)))
	if stay == nil {
		return waiting(s, p)
	}
	return r.withdraw(stay, m, p)
}

func (r *replay) withdraw(stay *Stay, m *Message, p *hl7.Person) Outcome {
	if m.Busy || r.log.Busy(p.MRN, &stay.Stay) {
		return Outcome{Held, ReasonBusy}
	}
	stay.Status = ward.Withdrawn
	return Outcome{Did: Applied}
}

// cancelTransfer takes back the last transfer: PV1-3 has the place that holds again.
func (r *replay) cancelTransfer(s *State, m *Message, p *hl7.Person) Outcome {
	stay := r.current(s, p)
	switch inside := r.settings.inside(&p.Visit); {
	case inside && stay != nil:
		r.fill(s, stay, m, p)
	case inside:
		last := s.ofVisit(visitOf(p))
		if last == nil {
			return waiting(s, p)
		}
		if !last.byMove {
			return Outcome{Held, ReasonAfterEnd}
		}
		return r.reopen(s, last, m, p)
	case stay != nil && stay.moved && r.settings.outside(&p.Visit):
		return r.withdraw(stay, m, p)
	case stay != nil && r.settings.outside(&p.Visit):
		return Outcome{Held, ReasonElsewhere}
	}
	return waiting(s, p)
}

// cancelDischarge takes back the discharge of a visit.
func (r *replay) cancelDischarge(s *State, m *Message, p *hl7.Person) Outcome {
	last := s.ofVisit(visitOf(p))
	switch {
	case last == nil, r.settings.outside(&p.Visit), last.byMove:
		return waiting(s, p)
	case last.DischargedAt.IsZero():
		return r.update(s, m, p)
	}
	return r.reopen(s, last, m, p)
}
