package ward

import (
	"cmp"
	"slices"
	"time"
)

// Stay is one version of a patient's stay on the ward, from admission to
// discharge. A patient has any number of stays, one at a time; a readmission keeps
// the therapy and the day count.
type Stay struct {
	ID        int64 // given by the store, the same in every version
	PatientID int64
	Version   int    // from 1
	Status    Status // Recorded, Corrected, or Withdrawn if the admission was cancelled

	Visit     string // the hospital's visit number
	Bed       string
	Clinician string // responsible clinician

	AdmittedAt        time.Time
	AdmissionInferred bool      // no source gave it: it is the time of the first check
	DischargedAt      time.Time // zero while on the ward
	Discharge         string    // code of Discharges; empty while on the ward
	EndInferred       bool      // no source gave the end
	// EndUnconfirmed is set if a feed discharged a patient with open work: the row
	// stays on the board until a person confirms or undoes the discharge.
	EndUnconfirmed bool

	Reason string
	Began  Signature // of the first version: when the ward heard of the stay
	// AdmittedBy and DischargedBy recorded the versions that gave the times. Exports alone
	// have them: they are empty elsewhere.
	AdmittedBy, DischargedBy string
	Recorded                 Signature // of this version
}

// Discharges are the ways in which a stay ends. ICANS grade 5 is died_icans: it
// is recorded, never computed.
var Discharges = []Term{
	{"home", "home"},
	{"transferred", "transferred"},
	{"died", "died"},
	{DiedICANS, "died of ICANS (grade 5)"},
	{"other", "other"},
}

// DiedICANS is the discharge of a patient who died of ICANS; a clinician's.
const DiedICANS = "died_icans"

// OnWard reports whether the stay has not ended.
func (s *Stay) OnWard() bool { return s.ID != 0 && s.DischargedAt.IsZero() }

// Holds reports whether the time t is within the stay.
func (s *Stay) Holds(t time.Time) bool {
	return !t.Before(s.AdmittedAt) && (s.DischargedAt.IsZero() || !t.After(s.DischargedAt))
}

// Clean makes every text that came from outside fit for the record.
func (s *Stay) Clean() {
	for _, text := range []*string{&s.Visit, &s.Bed, &s.Clinician, &s.Reason} {
		*text = CleanLine(*text)
	}
	s.AdmittedAt, s.DischargedAt = Moment(s.AdmittedAt), Moment(s.DischargedAt)
}

// Problems returns an invalid [*Error] for each field that cannot be recorded at
// the time now.
func (s *Stay) Problems(now time.Time) []*Error {
	var found problems
	found.add(textField("visit", s.Visit, 40, optional))
	found.add(textField("bed", s.Bed, 20, optional))
	found.add(textField("clinician", s.Clinician, 60, optional))
	found.add(textField("reason", s.Reason, 200, optional))
	switch {
	case s.AdmittedAt.IsZero():
		found.add(Invalid("admitted_at", "missing"))
	case s.AdmittedAt.After(now) && s.AdmittedAt.After(s.Began.At): // else the clock was set back since
		found.add(Invalid("admitted_at", "is in the future"))
	}
	switch {
	case s.DischargedAt.IsZero():
		if s.Discharge != "" {
			found.add(Invalid("discharged_at", "missing for a discharge"))
		}
	case s.DischargedAt.After(now):
		found.add(Invalid("discharged_at", "is in the future"))
	case s.DischargedAt.Before(s.AdmittedAt):
		found.add(Invalid("discharged_at", "is before the admission"))
	default:
		found.add(oneOf("discharge", s.Discharge, Discharges))
	}
	return found
}

// NameGivers fills in who gave the times of s, given the version before it, or a zero Stay.
func (s *Stay) NameGivers(before *Stay) {
	s.AdmittedBy, s.DischargedBy = before.AdmittedBy, before.DischargedBy
	if !s.AdmittedAt.Equal(before.AdmittedAt) {
		s.AdmittedBy = s.Recorded.By
	}
	if !s.DischargedAt.Equal(before.DischargedAt) {
		s.DischargedBy = s.Recorded.By
	}
}

// ChangesFrom returns the fields of s that differ from the version before it.
func (s *Stay) ChangesFrom(before *Stay, zone *time.Location) []Change {
	var list changes
	list.add("visit", before.Visit, s.Visit)
	list.add("bed", before.Bed, s.Bed)
	list.add("clinician", before.Clinician, s.Clinician)
	list.addTimes("admitted_at", before.AdmittedAt, s.AdmittedAt, zone)
	list.addTimes("discharged_at", before.DischargedAt, s.DischargedAt, zone)
	list.add("discharge", WordsFor(Discharges, before.Discharge), WordsFor(Discharges, s.Discharge))
	return list
}

// SortStays sorts stays by their end, those on the ward last. Of one patient that is the
// order of admission; but a link brings stays together that overlap, and a patient who is
// on the ward has not left it because another record of the same person ended.
func SortStays(stays []Stay) {
	slices.SortStableFunc(stays, func(a, b Stay) int {
		return cmp.Or(compareBool(a.DischargedAt.IsZero(), b.DischargedAt.IsZero()), a.DischargedAt.Compare(b.DischargedAt), a.AdmittedAt.Compare(b.AdmittedAt))
	})
}

// StayAt returns the stay that holds the time t, the latest such one, or nil. A
// check of no stay, such as one performed before an inferred admission, belongs to
// none.
func StayAt(stays []Stay, t time.Time) *Stay {
	for i := len(stays) - 1; i >= 0; i-- {
		if stays[i].Holds(t) {
			return &stays[i]
		}
	}
	return nil
}

// UseOf names the first thing that counts and was recorded in a stay, such as "a check";
// empty if there is none. Withdrawn events do not count.
func (c *Chart) UseOf(stay *Stay) string {
	in := func(t time.Time) bool {
		s := StayAt(c.Stays, t)
		return s != nil && s.ID == stay.ID
	}
	counts := make(map[string]bool, len(c.Checks))
	for i := range c.Checks {
		counts[c.Checks[i].ID] = true
	}
	lost := func(f FollowUp) bool { // its checks were withdrawn since
		return f.IsOpen() && in(f.Opened.At) && !slices.ContainsFunc(f.Joined, func(j Joined) bool { return counts[j.CheckID] })
	}
	latest := c.Stay()
	switch {
	case slices.ContainsFunc(c.Checks, func(k Check) bool { return k.StayID == stay.ID || in(k.PerformedAt) }):
		return "a check"
	case slices.ContainsFunc(c.AllReports, func(r Report) bool { return !r.Withdrawn && in(r.ToldAt) }):
		return "a report"
	case slices.ContainsFunc(c.Interventions, func(i Intervention) bool { return !i.Withdrawn && in(i.DoneAt) }):
		return "an intervention"
	case slices.ContainsFunc(c.Orders, func(o Order) bool { return in(o.Ordered.At) }):
		return "an order"
	case slices.ContainsFunc(c.Attributions, func(a Attribution) bool { return in(a.Named.At) }):
		return "a cause"
	case slices.ContainsFunc(c.FollowUps, lost):
		return "an open follow-up"
	case latest != nil && latest.ID == stay.ID && len(c.Drafts) > 0:
		return "an unsaved check"
	}
	return ""
}
