package fhir_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/fhir"
	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// thing is a resource, or a part of one, as JSON has it.
type thing = map[string]any

var options = fhir.Options{
	Log:   "log 1",
	Made:  time.Date(2026, 3, 20, 8, 0, 0, 0, time.UTC),
	Site:  func() *ward.Site { s := ward.DefaultSite(); return &s }(),
	Staff: []ward.Staff{{Name: "Sam Lee", Role: ward.Nurse, Active: true}, {Name: "Dr Ines Reis", Role: ward.Clinician}},
}

// ndjson writes charts, one resource a line.
func ndjson(t testing.TB, o fhir.Options, charts ...ward.Chart) []byte {
	t.Helper()
	var b bytes.Buffer
	return written(t, &b, fhir.NewNDJSON(&b, o), charts)
}

func bundle(t testing.TB, o fhir.Options, charts ...ward.Chart) []byte {
	t.Helper()
	var b bytes.Buffer
	return written(t, &b, fhir.NewBundle(&b, o), charts)
}

func written(t testing.TB, b *bytes.Buffer, e *fhir.Encoder, charts []ward.Chart) []byte {
	t.Helper()
	for i := range charts {
		if err := e.Chart(&charts[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func parse(t testing.TB, text []byte) (list []thing) {
	t.Helper()
	for line := range bytes.Lines(text) {
		var r thing
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		list = append(list, r)
	}
	return list
}

// of returns the resources of one kind for which every condition "path=value" holds.
func of(list []thing, kind string, conditions ...string) (found []thing) {
next:
	for _, r := range list {
		if r["resourceType"] != kind {
			continue
		}
		for _, c := range conditions {
			path, want, _ := strings.Cut(c, "=")
			if at(r, path) != want {
				continue next
			}
		}
		found = append(found, r)
	}
	return found
}

// only returns the one resource that of finds.
func only(t testing.TB, list []thing, kind string, conditions ...string) thing {
	t.Helper()
	found := of(list, kind, conditions...)
	if len(found) != 1 {
		t.Fatalf("%d resources are %s with %v", len(found), kind, conditions)
	}
	return found[0]
}

// at returns the value at a path such as code.coding.0.code, in words; empty if there is
// none.
func at(v any, path string) string {
	for step := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case thing:
			v = x[step]
		case []any:
			i := 0
			if _, err := fmt.Sscan(step, &i); err != nil || i >= len(x) {
				return ""
			}
			v = x[i]
		default:
			return ""
		}
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

const code = "code.coding.0.code"

// components returns the values of a resource's components with that code, in words.
func components(r thing, name string) (values []string) {
	list, _ := r["component"].([]any)
	for _, c := range list {
		if at(c, code) != name {
			continue
		}
		words := ""
		for _, path := range []string{"valueInteger", "valueString", "valueCodeableConcept.coding.0.code", "dataAbsentReason.coding.0.code"} {
			words += at(c, path)
		}
		values = append(values, words)
	}
	return values
}

func wants(t *testing.T, r thing, want map[string]string) {
	t.Helper()
	for path, value := range want {
		if got := at(r, path); got != value {
			t.Errorf("%s: %s is %q, not %q", r["resourceType"], path, got, value)
		}
	}
}

func clock(day int, hm string) time.Time {
	t, err := time.ParseInLocation("15:04", hm, time.FixedZone("", 3600))
	if err != nil {
		panic(err)
	}
	return time.Date(2026, 3, day, t.Hour(), t.Minute(), 0, 0, t.Location())
}

// finding are findings by "column=code", parted by blanks.
func finding(t testing.TB, words string) (x icans.Findings) {
	t.Helper()
	for part := range strings.FieldsSeq(words) {
		column, code, _ := strings.Cut(part, "=")
		if err := icans.FieldOf(column).Set(&x, code); err != nil {
			t.Fatal(err)
		}
	}
	return x
}

const (
	well  = "tool=ice ice_year=1 ice_month=1 ice_city=1 ice_hospital=1 ice_naming=3 ice_command=1 ice_writing=1 ice_attention=1 consciousness=alert seizure=none motor=none icp=none"
	eight = "tool=ice ice_year=1 ice_month=1 ice_city=1 ice_hospital=1 ice_naming=3 ice_command=1 ice_writing=0 ice_attention=0 consciousness=alert seizure=none motor=none icp=none confusion=mild"
)

func check(t testing.TB, id, findings string) ward.Check {
	c := ward.Check{
		ID: id, Version: 1, PatientID: 7, Status: ward.Recorded, Findings: finding(t, findings),
		PerformedAt: clock(16, "14:05"), Recorded: ward.Sign("Sam Lee", clock(16, "14:07")),
	}
	c.Grade(0)
	return c
}

// chart returns a chart of one stay with versions of checks.
func chart(versions ...ward.Check) ward.Chart {
	c := ward.Chart{Versions: versions}
	c.Patient = ward.Patient{
		ID: 7, Version: 1, MRN: "0042317", Name: "OKAFOR, Ada", BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14}, Tool: icans.ICE,
	}
	c.Stays = []ward.Stay{{ID: 9, PatientID: 7, Version: 1, AdmittedAt: clock(12, "09:00")}}
	for _, v := range versions {
		if v.Valid() {
			c.Checks = append(c.Checks, v)
		}
	}
	c.Sort()
	return c
}

// joined returns a follow-up of checks, which the first of them opened.
func joined(level icans.Flag, peak int, ids ...string) ward.FollowUp {
	f := ward.FollowUp{ID: 3, PatientID: 7, Level: level, Peak: peak, Opened: ward.Sign("Sam Lee", clock(16, "14:07"))}
	event := ward.JoinOpened
	for _, id := range ids {
		f.Joined = append(f.Joined, ward.Joined{CheckID: id, Event: event, Flag: level, Floor: peak, PerformedAt: clock(16, "14:05"), At: clock(16, "14:07")})
		event = ward.JoinJoined
	}
	return f
}
