package desk

import (
	"errors"
	"strings"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// Words turns an error into a sentence for the person at the keyboard. It is the one
// place that does.
func Words(err error) string {
	if e, ok := errors.AsType[*ward.Error](err); ok {
		if e.Field == "" {
			return e.Reason
		}
		return FieldWords(e.Field) + ": " + e.Reason
	}
	if p, ok := errors.AsType[*kit.Panic](err); ok {
		return "error at " + p.Place + ": this did not work. Nothing typed is lost"
	}
	return "this did not work: " + err.Error()
}

// NotSaved returns the line for a save that failed. The form stays.
func NotSaved(err error) string { return "NOT SAVED: " + Words(err) }

// FieldWords turns the name of a column into the label that people see.
func FieldWords(column string) string {
	if f := icans.FieldOf(column); f != nil {
		return f.Label
	}
	if w, ok := columnWords[column]; ok {
		return w
	}
	return strings.ReplaceAll(column, "_", " ")
}

var columnWords = map[string]string{
	"mrn": "MRN", "name": "Name", "birth_date": "Date of birth", "bed": "Bed", "product": "Therapy",
	"infused_at": "Infusion", "patient_tool": "Tool", "baseline": "Baseline", "language": "Language",
	"clinician": "Clinician", "admitted_at": "Admission", "discharged_at": "Discharge", "discharge": "Discharge",
	"performed_at": "Time of the check", "note": "Note", "ward": "Ward", "zone": "Time zone", "staff": "Name",
	"outcome": "Outcome", "role": "Role", "kind": "Kind", "interval": "Interval", "until_day": "Last day", "reason": "Reason",
	"second_id": "Second ID", "visit": "Visit", "interpreter": "Interpreter", "features_mild": "Mild in health", "other_cause_note": "Cause",
	"told_at": "Time", "done_at": "Time", "words": "Words", "detail": "Detail", "until": "Until", "cause": "Cause",
	"baseline_lost": "Lost at baseline", "stated_total": "Total",
}
