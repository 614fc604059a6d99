// Package chart holds the screens about one patient: the patient's screen with its views,
// one check in full, and the dialogs that record an intervention, a reported symptom, the
// check interval, or a cause that a clinician names ahead.
//
// Start with patient.go for the patient's screen and view.go for its views, each of which
// has a file: checks.go, trend.go, events.go, details.go, audit.go. They share selection.go, the
// record with the selected check and event. check.go is a check in full. entry.go is the
// dialog that all records of this package are made with. [Screens] is the only exported
// name.
package chart

import (
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
)

// Screens returns the makers of the screens about one patient.
func Screens() map[string]desk.Maker {
	return map[string]desk.Maker{
		desk.Patient:    newPatient(viewNamed),
		desk.Events:     newPatient(func(kit.Place) int { return viewEvents }),
		desk.Details:    newPatient(func(kit.Place) int { return viewDetails }),
		desk.CheckAudit: newPatient(func(kit.Place) int { return viewAudit }),
		desk.Check:      newCheck,
		desk.Intervene:  keeping(newIntervention),
		desk.Report:     keeping(newReport),
		desk.Interval:   keeping(newInterval),
		desk.Cause:      keeping(newCause),
	}
}
