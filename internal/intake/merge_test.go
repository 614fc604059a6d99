package intake

import (
	"testing"
	"time"

	"neurocheck/internal/hl7"
	"neurocheck/internal/ward"
)

// candidate returns a patient with one stay between two hours of a day.
func candidate(id int64, mrn, name string, from, to int, recorded bool) *Candidate {
	hour := func(h int) time.Time {
		if h == 0 {
			return time.Time{}
		}
		return time.Date(2026, 11, 20, h, 0, 0, 0, time.UTC)
	}
	return &Candidate{
		Patient: ward.Patient{ID: id, Version: 1, MRN: mrn, Name: name, BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14}},
		Stays:   []ward.Stay{{ID: 10 * id, PatientID: id, AdmittedAt: hour(from), DischargedAt: hour(to)}}, Recorded: recorded,
	}
}

// The rules of merges: the prior MRN 2 goes into MRN 1.
func TestMerges(t *testing.T) {
	const ada = "OKAFOR, Ada"
	ours := candidate(1, "1", ada, 8, 0, true)
	unknownBorn := candidate(2, "2", ada, 6, 7, false)
	unknownBorn.Patient.BirthDate = ward.Date{}
	for _, c := range []struct {
		about       string
		prior, into *Candidate
		links       []ward.Link
		want        Outcome
		change      Kind // with a change if changes
		changes     int
	}{
		{about: "old unknown", into: ours, want: Outcome{Did: Applied}},
		{about: "both unknown", want: Outcome{Did: Applied}},
		{about: "new unknown", prior: candidate(2, "2", ada, 6, 0, true), want: Outcome{Did: Applied}, change: Rename, changes: 1},
		{about: "both known", prior: candidate(2, "2", "Okafor, Ada Grace", 6, 7, false), into: ours, want: Outcome{Did: Applied}, change: Link, changes: 1},
		{about: "one stay after the other", prior: candidate(2, "2", ada, 6, 8, false), into: ours, want: Outcome{Did: Applied}, change: Link, changes: 1},
		{about: "another name", prior: candidate(2, "2", "SILVA, Rosa", 6, 7, false), into: ours, want: Outcome{Held, ReasonMerge}},
		{about: "another family name", prior: candidate(2, "2", "REYES, Ada", 6, 7, false), into: ours, want: Outcome{Held, ReasonMerge}},
		{about: "no birth date", prior: unknownBorn, into: ours, want: Outcome{Held, ReasonMerge}},
		{about: "stays overlap", prior: candidate(2, "2", ada, 6, 9, false), into: ours, want: Outcome{Held, ReasonMerge}},
		{about: "both on the ward", prior: candidate(2, "2", ada, 6, 0, false), into: ours, want: Outcome{Held, ReasonMerge}},
		{about: "both have checks", prior: candidate(2, "2", ada, 6, 7, true), into: ours, want: Outcome{Held, ReasonMerge}},
		{about: "linked already", prior: candidate(2, "2", ada, 6, 7, true), into: ours, links: []ward.Link{{PatientID: 2, Into: 3}, {PatientID: 3, Into: 1}}, want: Outcome{Did: Applied}},
		{about: "a link that was undone", prior: candidate(2, "2", ada, 6, 7, true), into: ours, links: []ward.Link{{PatientID: 2, Into: 1, Undone: true}}, want: Outcome{Held, ReasonMerge}},
		{about: "the reverse of a link", prior: candidate(2, "2", ada, 6, 7, false), into: ours, links: []ward.Link{{PatientID: 1, Into: 2}}, want: Outcome{Held, ReasonReverse}},
		{about: "renamed already", prior: ours, into: ours, want: Outcome{Did: Applied}},
		{about: "the reverse of a renaming", prior: candidate(1, "2", ada, 8, 0, true), into: candidate(1, "2", ada, 8, 0, true), want: Outcome{Held, ReasonReverse}},
	} {
		got := DecideMerge("2", "1", c.prior, c.into, c.links)
		if got.Outcome != c.want || len(got.Changes) != c.changes {
			t.Errorf("%s: %+v", c.about, got)
			continue
		}
		for _, change := range got.Changes {
			if change.Kind != c.change || change.Patient.ID != 2 || change.Kind == Rename && change.Patient.MRN != "1" {
				t.Errorf("%s: %+v", c.about, change)
			}
		}
	}
}

// After a merge with an unknown number, messages with the old one are about the patient.
func TestOldNumberAfterAMerge(t *testing.T) {
	r := newRecord(t)
	r.take(a("A01", 0, nil))
	merge := a("A40", 5, nil)
	merge.Persons[0].MRN, merge.Persons[0].Prior = "0050000", []string{"0042317"}
	if got := r.take(merge); got != "AA applied" {
		t.Fatal(got)
	}
	r.take(a("A08", 6, bed14B))
	const want = "OKAFOR, Ada; 1961-03-14; V1001 14B from 20 Nov 08:00"
	for _, mrn := range []string{"0050000", "0042317"} {
		if got := r.show(mrn); got != want {
			t.Errorf("%s: %s", mrn, got)
		}
	}
	if len(r.patients) != 1 {
		t.Errorf("%d patients", len(r.patients))
	}
	merge = a("A40", 7, nil)
	merge.Persons[0].Prior = []string{"0050000"}
	if got := r.take(merge); got != "AA held merge_reversed" {
		t.Errorf("the reverse: %s", got)
	}
	unknown := a("A40", 8, func(p *hl7.Person) { p.Visit = hl7.Visit{} })
	unknown.Persons[0].MRN, unknown.Persons[0].Prior = "1", []string{"2"}
	if got := r.take(unknown); got != "AA ignored unknown" {
		t.Errorf("two unknown numbers: %s", got)
	}
}

func TestLooksKnown(t *testing.T) {
	day := ward.Date{Year: 1961, Month: 3, Day: 14}
	p := ward.Patient{ID: 1, MRN: "0042317", Name: "OKAFOR, Ada", BirthDate: day}
	for _, c := range []struct {
		about string
		other ward.Patient
		want  bool
	}{
		{"same name and birth date", ward.Patient{ID: 2, MRN: "7", Name: "Okáfor, ADA", BirthDate: day}, true},
		{"same name, other birth date", ward.Patient{ID: 2, MRN: "7", Name: "OKAFOR, Ada", BirthDate: ward.Date{Year: 1962, Month: 3, Day: 14}}, false},
		{"same name, no birth date", ward.Patient{ID: 2, MRN: "7", Name: "OKAFOR, Ada"}, false},
		{"zeros", ward.Patient{ID: 2, MRN: "42317", Name: "SILVA, Rosa"}, true},
		{"the patient", ward.Patient{ID: 1, MRN: "42317", Name: "OKAFOR, Ada", BirthDate: day}, false},
		{"the same MRN", ward.Patient{ID: 2, MRN: "0042317", Name: "OKAFOR, Ada", BirthDate: day}, false},
		{"another person", ward.Patient{ID: 2, MRN: "0042318", Name: "SILVA, Rosa", BirthDate: day}, false},
	} {
		if got := LooksKnown(&p, []ward.Patient{c.other}); (len(got) == 1) != c.want {
			t.Errorf("%s: %v", c.about, got)
		}
	}
}
