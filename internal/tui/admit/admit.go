// Package admit holds the screens by which patients come, change and leave: patient in,
// the form of a new patient with the look-again step, the edit of details and bed, the
// discharge and its undoing, and that of an admission by mistake.
//
// [Screens] is the table for the root. patientin.go finds a person and offers readmission
// (readmit.go), the undoing of a discharge (undo.go) and a new patient (admission.go).
// Admission and edit.go share the form particulars.go; lookagain.go shows the remarks of
// remarks.go before a save. alike.go notices that a new patient may be a known one.
package admit

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// Screens returns the makers of the screens of this package.
func Screens() map[string]desk.Maker {
	return map[string]desk.Maker{
		desk.PatientIn: newPatientIn,
		desk.Edit:      newEdit,
		desk.Discharge: newDischarge,
		desk.UndoLeave: newUndoLeave,
	}
}

// registry are the patients of the log.
type registry []store.Known

// find returns a patient of the registry.
func (r registry) find(patient int64) (store.Known, bool) {
	for _, k := range r {
		if k.Patient.ID == patient {
			return k, true
		}
	}
	return store.Known{}, false
}

// sameVersions reports whether a patient and a stay are as they were.
func sameVersions(p, q *ward.Patient, a, b *ward.Stay) bool {
	return p.Version == q.Version && a.ID == b.ID && a.Version == b.Version
}

// loadRegistry reads the patients of the log.
func loadRegistry(d *desk.Desk, h kit.Host, p *kit.Pending) tea.Cmd {
	return desk.Load(d, h, p, "", func(ctx context.Context, log *store.Store) (registry, error) { return log.KnownPatients(ctx) })
}

// leftWords returns the end of a stay: "left 28 Nov, home", or the bed of a patient on
// the ward.
func leftWords(d *desk.Desk, s *ward.Stay) string {
	switch {
	case s.ID == 0:
		return "no stay"
	case s.OnWard():
		return "on the ward, bed " + desk.Bed(s)
	}
	when := d.ShortDate(s.DischargedAt)
	switch days := ward.DateOf(s.DischargedAt.In(d.Zone())).DaysTo(ward.DateOf(d.Now())); {
	case days == 0:
		when = d.Time(s.DischargedAt)
	case s.DischargedAt.In(d.Zone()).Year() != d.Now().Year():
		when = ward.DateOf(s.DischargedAt.In(d.Zone())).Words()
	}
	return "left " + when + ", " + ward.WordsFor(ward.Discharges, s.Discharge)
}

// died reports whether a stay ended with the death of the patient.
func died(s *ward.Stay) bool { return s.Discharge == "died" || s.Discharge == ward.DiedICANS }

// firstDue returns the words about the first check of a stay: "first check due 16:20".
// ok is false if no check will be due.
func firstDue(d *desk.Desk, p ward.Patient, stay ward.Stay) (words string, ok bool) {
	due, why := firstCheck(d, p, stay)
	if due.IsZero() {
		return "NO CHECK WILL BE DUE: " + why, false
	}
	return "first check due " + d.Time(due), true
}

// firstCheck returns the time of the first check of a stay as if it were recorded now,
// and the reason for it.
func firstCheck(d *desk.Desk, p ward.Patient, stay ward.Stay) (due time.Time, why string) {
	if stay.ID == 0 {
		stay.ID = 1
	}
	stay.Began = ward.Sign(d.User().Name, d.Now())
	h := ward.History{Patient: p, Stays: []ward.Stay{stay}}
	plan := h.Next(d.Site(), d.Now())
	return plan.Due, ward.WordsFor(ward.Whys, string(plan.Why))
}
