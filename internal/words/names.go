// Package words holds the words for patients, times and checks that the screens and the
// commands share. Everything in it is pure.
package words

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// Plain returns a text from outside as one line that is safe to print.
func Plain(s string) string { return ward.CleanLine(ansi.Strip(s)) }

// Name returns the full name of a patient, safe to print.
func Name(p *ward.Patient) string { return Plain(p.Name) }

// Born returns the date of birth, or the second identifier if that is unknown.
func Born(p *ward.Patient) string {
	if p.BirthDate.IsZero() {
		return "birth date unknown, second ID " + Plain(p.SecondID)
	}
	return "born " + p.BirthDate.Words()
}

// MRN returns the medical record number with its name: MRN 0042317.
func MRN(p *ward.Patient) string { return "MRN " + Plain(p.MRN) }

// About returns the identifiers that every question has: full name, date of birth, MRN.
func About(p *ward.Patient) string { return Name(p) + "   " + Born(p) + "   " + MRN(p) }

// ShortName returns the name of a member of staff for a list: "Dr Adeyemi" for "Dr Tunde
// Adeyemi", any other name in full.
func ShortName(name string) string {
	list := strings.Fields(Plain(name))
	if len(list) > 2 && list[0] == "Dr" {
		return list[0] + " " + list[len(list)-1]
	}
	return strings.Join(list, " ")
}

// ToolName returns ICE or CAPD.
func ToolName(t icans.Tool) string { return icans.FieldOf("tool").Words(&icans.Findings{Tool: t}) }

// Level names the level of a follow-up: "urgent", "grade 1".
func Level(f *ward.FollowUp) string { return FlagShort(f.Level) }

// Lower returns the line about a check whose flag is below the level of the open follow-up.
// It says that something is lower only of a patient who was examined: a check of somebody
// asleep, or with a grade that is an interval, may be as bad as before.
func Lower(c *ward.Check, f *ward.FollowUp) string {
	stays := "the " + Level(f) + " follow-up stays until a clinician closes it"
	switch {
	case c.Unfinished():
		return FlagMark(c.Result.Flag) + " unfinished: please complete; " + stays
	case c.Result.Conclusive():
		return "lower now; " + stays
	case c.Result.Flag.Flagged():
		return FlagMark(c.Result.Flag) + " " + c.Result.Flag.Words() + "; " + stays
	}
	return stays
}

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
