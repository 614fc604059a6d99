package csvlog

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// A patient may have several stays in a file. Each row carries the stay in which its
// check was performed; a row without an admission finds it by its time.
func TestSeveralStays(t *testing.T) {
	const header = "mrn,name,birth_date,performed_at,tool,admitted_at,discharged_at,discharge,bed,visit\n"
	rows := standing(read(t, header+
		"01,A,1961-03-14,2026-02-03T09:00:00Z,ice,2026-02-01T08:00:00Z,,,2B,V2\n"+
		"01,A,1961-03-14,2026-01-03T09:00:00Z,ice,2026-01-01T08:00:00Z,2026-01-20T08:00:00Z,home,1A,V1\n"+
		"01,A,1961-03-14,2026-01-04T09:00:00Z,ice,,,,1A,\n"+
		"01,A,1961-03-14,2026-02-04T09:00:00Z,ice,,,,,\n"))
	var got []string
	for _, row := range rows {
		got = append(got, strings.Join([]string{row.Stay.Visit, row.Stay.Bed, row.Stay.Discharge, row.Stay.AdmittedAt.Format(time.DateOnly)}, " "))
		if row.Stay.AdmissionInferred {
			t.Errorf("the admission is in the file: %+v", row.Stay)
		}
	}
	if diff := cmp.Diff([]string{"V2 2B  2026-02-01", "V1 1A home 2026-01-01", "V1 1A home 2026-01-01", "V2 2B  2026-02-01"}, got); diff != "" {
		t.Error(diff)
	}
}

// The rows of one stay share its data, whatever row gives them.
func TestOneStayIsPutTogether(t *testing.T) {
	rows := standing(read(t, "mrn,performed_at,tool,bed,admitted_at,discharged_at,discharge\n"+
		"01,2026-01-03T09:00:00Z,ice,,,2026-01-20T08:00:00Z,home\n"+
		"01,2026-01-04T09:00:00Z,ice,1A,2026-01-01T08:00:00Z,,\n"+
		"01,2026-01-05T09:00:00Z,ice,1A,,,\n"))
	if len(rows) != 3 {
		t.Fatalf("%d rows", len(rows))
	}
	want := ward.Stay{
		Bed: "1A", Discharge: "home",
		AdmittedAt: time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC), DischargedAt: time.Date(2026, 1, 20, 8, 0, 0, 0, time.UTC),
	}
	for _, row := range rows {
		if diff := cmp.Diff(want, row.Stay); diff != "" {
			t.Errorf("line %d: %s", row.Line, diff)
		}
	}
}

func TestStaysThatContradict(t *testing.T) {
	const header = "mrn,performed_at,tool,admitted_at,discharged_at,discharge,bed\n"
	for _, test := range []struct{ name, rows, problems string }{
		{"two at a time",
			"01,2026-01-03T09:00:00Z,ice,2026-01-01T08:00:00Z,,,\n01,2026-01-03T10:00:00Z,ice,2026-01-02T08:00:00Z,,,\n",
			"in.csv:3: admitted_at: this stay overlaps that of line 2; a patient has one stay at a time, so give the discharged_at of the earlier one\n"},
		{"the later one first",
			"01,2026-01-03T09:00:00Z,ice,2026-01-02T08:00:00Z,,,\n01,2026-01-03T10:00:00Z,ice,2026-01-01T08:00:00Z,2026-01-02T08:00:01Z,home,\n",
			"in.csv:3: admitted_at: this stay overlaps that of line 2; a patient has one stay at a time, so give the discharged_at of the earlier one\n" +
				"in.csv:3: performed_at: is outside the stay of the row's admitted_at\n"},
		{"another bed in the same stay",
			"01,2026-01-03T09:00:00Z,ice,2026-01-01T08:00:00Z,,,1A\n01,2026-01-03T10:00:00Z,ice,2026-01-01T08:00:00Z,,,1B\n",
			"in.csv:3: bed: line 2 says otherwise of the same stay\n"},
		{"the same admission with another offset",
			"01,2026-01-03T09:00:00Z,ice,2026-01-01T08:00:00Z,,,\n01,2026-01-03T10:00:00Z,ice,2026-01-01T09:00:00+01:00,,,\n",
			"in.csv:3: admitted_at: line 2 says otherwise of the same stay\n"},
		{"another bed in a row without the admission",
			"01,2026-01-03T09:00:00Z,ice,,,,1A\n01,2026-01-03T10:00:00Z,ice,2026-01-01T08:00:00Z,,,1B\n",
			"in.csv:3: bed: line 2 says otherwise of the same stay\n"},
		{"which of the stays has the bed",
			"01,2026-01-03T09:00:00Z,ice,2026-01-01T08:00:00Z,2026-01-04T08:00:00Z,home,\n01,2026-01-09T09:00:00Z,ice,2026-01-08T08:00:00Z,,,\n01,2026-01-09T10:00:00Z,ice,,,,1A\n",
			"in.csv:4: bed: the file has several stays of this patient; give admitted_at in this row too\n"},
		{"between two stays",
			"01,2026-01-03T09:00:00Z,ice,2026-01-01T08:00:00Z,2026-01-04T08:00:00Z,home,\n01,2026-01-09T09:00:00Z,ice,2026-01-08T08:00:00Z,,,\n01,2026-01-05T10:00:00Z,ice,,,,\n",
			"in.csv:4: performed_at: is outside the patient's stays\n"},
		{"in another stay than the row gives",
			"01,2026-01-03T09:00:00Z,ice,2026-01-01T08:00:00Z,2026-01-04T08:00:00Z,home,\n01,2026-01-02T09:00:00Z,ice,2026-01-08T08:00:00Z,,,\n",
			"in.csv:3: performed_at: is outside the stay of the row's admitted_at\n"},
		{"after the discharge",
			"01,2026-01-05T09:00:00Z,ice,2026-01-01T08:00:00Z,2026-01-04T08:00:00Z,home,\n",
			"in.csv:2: performed_at: is outside the patient's stays\n"},
		{"an end without a word", "01,2026-01-03T09:00:00Z,ice,2026-01-01T08:00:00Z,2026-01-04T08:00:00Z,,\n",
			"in.csv:2: discharge: allowed: home, transferred, died, died_icans, other\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.problems, lines(wrong(read(t, header+test.rows)))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestUnknownBirthDate(t *testing.T) {
	const header = "mrn,name,birth_date,second_id,performed_at,tool\n"
	const check = ",2026-01-03T09:00:00Z,ice\n"
	for _, cell := range []string{"", "unknown"} {
		rows := standing(read(t, header+"01,A,"+cell+",P7"+check))
		if len(rows) != 1 || !rows[0].Patient.BirthDate.IsZero() || rows[0].Patient.SecondID != "P7" || rows[0].Patient.Tool != icans.ICE {
			t.Errorf("birth_date %q: %+v", cell, rows)
		}
	}
	for cells, want := range map[string]string{
		"1961-03-14": "in.csv:3: birth_date: line 2 says otherwise of the same patient\n",
		"":           "",
	} {
		got := lines(wrong(read(t, header+"01,A,unknown,P7"+check+"01,A,"+cells+",P7,2026-01-03T10:00:00Z,ice\n")))
		if got != want {
			t.Errorf("unknown, then %q: %s", cells, got)
		}
	}
}

// The words of the patient's lists are those of the vocabulary.
func TestListsOfThePatient(t *testing.T) {
	const header = "mrn,performed_at,tool,baseline_lost,features_mild\n01,2026-01-03T09:00:00Z,ice,"
	rows := standing(read(t, header+"ice_attention;ice_year,speech;confusion\n"))
	if len(rows) != 1 {
		t.Fatal(lines(wrong(read(t, header+"ice_attention;ice_year,speech;confusion\n"))))
	}
	p := rows[0].Patient
	if p.BaselineLost != 1<<icans.ICEYear|1<<icans.ICEAttention || p.Health != 1<<icans.Confusion|1<<icans.Speech {
		t.Errorf("%b, %b", p.BaselineLost, p.Health)
	}
	if got := string(byName["baseline_lost"].write(nil, &p, nil, nil)); got != p.BaselineLost.Codes() {
		t.Error(got)
	}
	if got := string(byName["features_mild"].write(nil, &p, nil, nil)); got != string(p.Health.AppendCodes(nil)) || got != "confusion;speech" {
		t.Error(got)
	}
	for cell, want := range map[string]string{
		"capd_1,":         "in.csv:2: baseline_lost: not allowed here; allowed: one or more of ice_year, ice_month,",
		",headache":       "in.csv:2: features_mild: not allowed here; allowed: one or more of confusion, agitation, inattention, memory, speech, joined by ;, or empty",
		",speech;speech":  "in.csv:2: features_mild: not allowed here",
		",speech;":        "in.csv:2: features_mild: not allowed here",
		"ice_year ;,":     "in.csv:2: baseline_lost: not allowed here",
		"ice_city,memory": "",
	} {
		if got := lines(wrong(read(t, header+cell+"\n"))); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%s: %s", cell, got)
		}
	}
}

// A named cause is needed to import, not to grade.
func TestOtherCauseNeedsItsNote(t *testing.T) {
	const header = "mrn,performed_at,tool,consciousness,other_cause,other_cause_note,uncertain_cause\n01,2026-01-03T09:00:00Z,ice,"
	for row, want := range map[string]string{
		"voice,consciousness,,":                        "in.csv:2: other_cause_note: missing: other_cause needs the cause in words\n",
		"voice,consciousness,midazolam,":               "",
		"voice,,midazolam,":                            "",
		"voice,consciousness,midazolam,consciousness":  "in.csv:2: uncertain_cause: a domain cannot be in other_cause as well\n",
		"voice,consciousness,midazolam,score;seizure":  "",
		"voice,consciousness,\"mida\nzolam\",":         "in.csv:2: other_cause_note: holds a control character or a line break\n",
		"voice,consciousness,midazolam,consciousness;": "in.csv:2: uncertain_cause: \"consciousness;\" is not allowed here; allowed: one or more of score, consciousness, seizure, motor, icp, joined by ;, or empty\n",
	} {
		if got := lines(wrong(read(t, header+row+"\n"))); got != want {
			t.Errorf("%s: %s", row, got)
		}
	}
	got, problems, _ := grade(t, "tool,consciousness,other_cause\nice,voice,consciousness\n", false)
	if !strings.Contains(got, "attributed_consciousness") || problems != "" {
		t.Errorf("%s%s", got, problems)
	}
}
