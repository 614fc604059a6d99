package csvlog

import (
	"slices"
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

const tableAbout = " Rows come in the order of the record. UTF-8, LF, commas; an empty cell is not known, or has no meaning in the row."

// Patients is the table of patients: a row a version, or a link.
var Patients = Table[ward.PatientRow]{
	Name: "patients", title: "Patients",
	about: "One row a version of a patient, or a link of two patients as one or its undoing, as neurocheck export --only patients writes them; the last row of a patient counts." + tableAbout,
	columns: []tableColumn[ward.PatientRow]{
		ofRow("mrn", "", patientOf).must(),
		freeText("former_mrns", "The MRNs of earlier versions, joined by ;", func(r *ward.PatientRow) *string { return &r.Former }),
		freeText("linked_to", "The MRN of the patient that this one is linked to; the rows of the other tables have that MRN", func(r *ward.PatientRow) *string { return &r.LinkedTo }),
		ofRow("second_id", "", patientOf),
		ofRow("name", "The patient's name: Family, Given", patientOf).must(),
		ofRow("birth_date", "The patient's date of birth; empty if it is unknown", patientOf),
		ofRow("language", "", patientOf),
		ofRow("interpreter", "Whether an interpreter is needed", patientOf).must(),
		ofRow("product", "", patientOf),
		ofRow("infused_at", "", patientOf),
		toolOfPatient(),
		ofRow("baseline", "", patientOf),
		ofRow("baseline_lost", "", patientOf),
		ofRow("features_mild", "", patientOf),
		numberOf("version", "Version of the patient, from 1; that in force for a link", 1, unbounded,
			func(r *ward.PatientRow) (int, bool) { return r.Patient.Version, true }, func(r *ward.PatientRow, n int) { r.Patient.Version = n }).must(),
		oneWord("status", "The first version is recorded, a later one corrected; a link to another patient is linked, its undoing unlinked", ward.PatientStatuses,
			func(r *ward.PatientRow) *string { return (*string)(&r.Status) }).must(),
		freeText("reason", "Why the version was made, or the patients were linked", func(r *ward.PatientRow) *string { return &r.Patient.Reason }),
		timeOf("recorded_at", "When it was recorded", func(r *ward.PatientRow) *time.Time { return &r.Patient.Recorded.At }).must(),
		freeText("recorded_by", "Who recorded it", func(r *ward.PatientRow) *string { return &r.Patient.Recorded.By }).must(),
	},
}

// Stays is the table of stays: a row a version.
var Stays = Table[ward.StayRow]{
	Name: "stays", title: "Stays", key: []string{"stay_id", "version"},
	about: "One row a version of a stay on the ward, as neurocheck export --only stays writes them; the highest version counts." + tableAbout,
	columns: []tableColumn[ward.StayRow]{
		numberOf("stay_id", "Number of the stay, from 1 in the order of the record", 1, unbounded,
			func(r *ward.StayRow) (int, bool) { return int(r.Stay.ID), true }, func(r *ward.StayRow, n int) { r.Stay.ID = int64(n) }).must(),
		numberOf("version", "Version of the stay, from 1", 1, unbounded,
			func(r *ward.StayRow) (int, bool) { return r.Stay.Version, true }, func(r *ward.StayRow, n int) { r.Stay.Version = n }).must(),
		oneWord("status", "State of this version: the first is recorded, a later one corrected, or withdrawn if there was no such stay", ward.Statuses,
			func(r *ward.StayRow) *string { return (*string)(&r.Stay.Status) }).must(),
		freeText("mrn", "Medical record number: text, with its leading zeros", func(r *ward.StayRow) *string { return &r.MRN }).must(),
		ofRow("visit", "", stayOf),
		ofRow("bed", "", stayOf),
		ofRow("clinician", "", stayOf),
		ofRow("admitted_at", "When the stay began", stayOf).must(),
		ofRow("discharged_at", "When the stay ended; empty while on the ward", stayOf),
		ofRow("discharge", "", stayOf),
		inferred(),
		freeText("reason", "Why the version was made", func(r *ward.StayRow) *string { return &r.Stay.Reason }),
		timeOf("recorded_at", "When the version was recorded", func(r *ward.StayRow) *time.Time { return &r.Stay.Recorded.At }).must(),
		freeText("recorded_by", "Who recorded the version", func(r *ward.StayRow) *string { return &r.Stay.Recorded.By }).must(),
	},
}

// Checks is the table of checks for a reader that takes it as it was exported; a [Profile]
// writes it.
var Checks = Table[ward.ImportRow]{Name: "checks", columns: checkTable()}

// Events is the table of events: a row a version.
var Events = Table[ward.EventRow]{
	Name: "events", title: "Events", key: []string{"event_id", "version"},
	about: "One row a version of an intervention, of a symptom that the patient or a caregiver reported, or of an order about the schedule, as neurocheck export --events writes them; a withdrawn one has a second version. They have a file of their own, because the columns of a check do not fit them." + tableAbout,
	columns: []tableColumn[ward.EventRow]{
		numberOf("event_id", "Number of the event, from 1 in the order of the record", 1, unbounded,
			func(r *ward.EventRow) (int, bool) { return int(r.Event.ID), true }, func(r *ward.EventRow, n int) { r.Event.ID = int64(n) }).must(),
		numberOf("version", "Version of the event: 1, or 2 for its withdrawal", 1, 2,
			func(r *ward.EventRow) (int, bool) { return r.Version, true }, func(r *ward.EventRow, n int) { r.Version = n }).must(),
		oneWord("kind", "Kind of the event", ward.EventKinds, func(r *ward.EventRow) *string { return (*string)(&r.Event.Kind) }).must(),
		timeOf("at", "When it was done, reported or ordered", func(r *ward.EventRow) *time.Time { return &r.Event.At }).must(),
		oneWord("what", "The intervention, the reporter of a symptom, or the kind of an order", slices.Concat(ward.Interventions, ward.Reporters, ward.OrderKinds),
			func(r *ward.EventRow) *string { return &r.Event.What }).must(),
		freeText("detail", "Dose, route or result; the words of a report; the reason of an order", func(r *ward.EventRow) *string { return &r.Event.Detail }),
		numberOf("interval_minutes", "The interval that an order sets, in minutes", 1, unbounded,
			func(r *ward.EventRow) (int, bool) { return int(r.Event.Interval / time.Minute), r.Event.Interval > 0 },
			func(r *ward.EventRow, n int) { r.Event.Interval = time.Duration(n) * time.Minute }),
		numberOf("until_day", "The last day of checks that an order sets, in days since the infusion", 1, unbounded,
			func(r *ward.EventRow) (int, bool) { return r.Event.UntilDay, r.Event.UntilDay > 0 }, func(r *ward.EventRow, n int) { r.Event.UntilDay = n }),
		eventStatus(),
		freeText("reason", "Why it was withdrawn; else empty", func(r *ward.EventRow) *string { return &r.Event.Reason }),
		timeOf("recorded_at", "When the version was recorded", func(r *ward.EventRow) *time.Time { return &r.Event.Recorded.At }).must(),
		freeText("recorded_by", "Who recorded the version", func(r *ward.EventRow) *string { return &r.Event.Recorded.By }).must(),
		ofRow("mrn", "", patientOfEvent).must(),
		ofRow("name", "The patient's name: Family, Given", patientOfEvent).must(),
		ofRow("birth_date", "The patient's date of birth; empty if it is unknown", patientOfEvent),
	},
}

// FollowUps is the table of follow-ups: a row an event.
var FollowUps = Table[ward.FollowUpRow]{
	Name: "follow-ups", title: "Follow-ups",
	about: "One row an event of a follow-up, as neurocheck export --only follow-ups writes them." + tableAbout,
	columns: []tableColumn[ward.FollowUpRow]{
		numberOf("follow_up_id", "Number of the follow-up, from 1 in the order of the record", 1, unbounded,
			func(r *ward.FollowUpRow) (int, bool) { return int(r.Number), true }, func(r *ward.FollowUpRow, n int) { r.Number = int64(n) }).must(),
		freeText("mrn", "Medical record number: text, with its leading zeros", func(r *ward.FollowUpRow) *string { return &r.MRN }).must(),
		oneWord("event", "What happened", ward.FollowUpActs, func(r *ward.FollowUpRow) *string { return (*string)(&r.Event) }).must(),
		timeOf("at", "When it happened", func(r *ward.FollowUpRow) *time.Time { return &r.At }).must(),
		freeText("by", "Who did it, or recorded the check", func(r *ward.FollowUpRow) *string { return &r.By }).must(),
		freeText("check_id", "The check that opened, joined or raised it", func(r *ward.FollowUpRow) *string { return &r.CheckID }),
		level(),
		numberOf("peak", "The greatest grade that joined so far", 0, 4,
			func(r *ward.FollowUpRow) (int, bool) { return r.Peak, r.Event.Joins() }, func(r *ward.FollowUpRow, n int) { r.Peak = n }),
		freeText("item", "The item of the checklist that was ticked or unticked; asked for a closing as resolved that was asked about again", func(r *ward.FollowUpRow) *string { return &r.Item }),
		oneWord("outcome", "How it was closed", ward.Outcomes, func(r *ward.FollowUpRow) *string { return &r.Outcome }),
		freeText("note", "The comment, or the note of the closing", func(r *ward.FollowUpRow) *string { return &r.Note }),
	},
}

// parts are the parts of a row that a [Column] reads and writes.
type parts[T any] func(*T) (*ward.Patient, *ward.Stay, *ward.Check)

func patientOf(r *ward.PatientRow) (*ward.Patient, *ward.Stay, *ward.Check) {
	return &r.Patient, nil, nil
}

func stayOf(r *ward.StayRow) (*ward.Patient, *ward.Stay, *ward.Check) { return nil, &r.Stay, nil }

func patientOfEvent(r *ward.EventRow) (*ward.Patient, *ward.Stay, *ward.Check) {
	return &r.Patient, nil, nil
}

// ofRow makes a column of a table from that of checks with the same name. A description
// that is not empty replaces that of the column.
func ofRow[T any](name, description string, of parts[T]) tableColumn[T] {
	return as(byName[name], "", description, of)
}

func toolOfPatient() tableColumn[ward.PatientRow] {
	return as(byName["patient_tool"], "tool", "The patient's tool: capd under 12 years, or with a developmental delay; else ice", patientOf).must()
}

func checkTable() (list []tableColumn[ward.ImportRow]) {
	of := func(r *ward.ImportRow) (*ward.Patient, *ward.Stay, *ward.Check) {
		return &r.Patient, &r.Stay, &r.Check
	}
	for _, c := range columns {
		column := as(c, "", "", of)
		column.Constraints.Required = c.Constraints.Required
		if c.Part == PartComputed {
			column.read = func(r *ward.ImportRow, cell string) string {
				r.Claimed = append(r.Claimed, ward.Claim{Column: c.Name, Cell: cell})
				return ""
			}
		}
		list = append(list, column)
	}
	return list
}

// inferredWords are the words of the column inferred.
var inferredWords = []ward.Term{
	{Code: "admission", Label: "no source gave the admission"},
	{Code: "end", Label: "no source gave the end"},
	{Code: "unconfirmed", Label: "a feed discharged the patient, and nobody has confirmed it"},
}

func inferred() tableColumn[ward.StayRow] {
	words := codesOf(inferredWords)
	flags := func(r *ward.StayRow) []*bool {
		return []*bool{&r.Stay.AdmissionInferred, &r.Stay.EndInferred, &r.Stay.EndUnconfirmed}
	}
	return tableColumn[ward.StayRow]{
		Field: Field{Name: "inferred", Type: "string", Constraints: Constraints{Pattern: listPattern(words)},
			Description: "Parts of the stay that no source gave: an admission is then the time of the first check, an end that of the last; unconfirmed is a discharge by a feed of a patient with open work, until a person confirms it; several are joined by ;"},
		write: func(dst []byte, r *ward.StayRow) []byte {
			var set []string
			for i, flag := range flags(r) {
				if *flag {
					set = append(set, words[i])
				}
			}
			return append(dst, strings.Join(set, ";")...)
		},
		read: func(r *ward.StayRow, cell string) string {
			for word := range strings.SplitSeq(cell, ";") {
				i := slices.Index(words, word)
				if i < 0 {
					return "not allowed here; allowed: one or more of " + strings.Join(words, ", ") + ", joined by ;, or empty"
				}
				*flags(r)[i] = true
			}
			return ""
		},
	}
}

func eventStatus() tableColumn[ward.EventRow] {
	c := oneWord("status", "Whether the version records or withdraws the event", []ward.Term{ward.Statuses[0], ward.Statuses[2]}, func(*ward.EventRow) *string { return new(string) })
	c.write = func(dst []byte, r *ward.EventRow) []byte {
		if r.Event.Withdrawn {
			return append(dst, ward.Withdrawn...)
		}
		return append(dst, ward.Recorded...)
	}
	read := c.read
	c.read = func(r *ward.EventRow, cell string) string {
		r.Event.Withdrawn = cell == string(ward.Withdrawn)
		return read(r, cell)
	}
	return c.must()
}

func level() tableColumn[ward.FollowUpRow] {
	c := oneWord("level", "The worst flag that joined so far", icansTerms(icans.FlagGrade1, icans.FlagUrgent), func(*ward.FollowUpRow) *string { return new(string) })
	c.write = func(dst []byte, r *ward.FollowUpRow) []byte {
		if !r.Event.Joins() {
			return dst
		}
		return append(dst, r.Level.Code()...)
	}
	read := c.read
	c.read = func(r *ward.FollowUpRow, cell string) string {
		r.Level, _ = icans.ParseFlag(cell)
		return read(r, cell)
	}
	return c
}

func icansTerms(flags ...icans.Flag) (terms []ward.Term) {
	for _, f := range flags {
		terms = append(terms, ward.Term{Code: f.Code()})
	}
	return terms
}
