package fhir_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

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

func TestPatientAndStay(t *testing.T) {
	c := chart()
	p, s := &c.Patient, c.Stay()
	s.Bed, p.Product, p.InfusedAt, p.Baseline = "12A", "axi-cel", clock(14, "11:20"), icans.Scored(9)
	p.Language, p.Interpreter, s.Clinician, s.Visit, p.SecondID = "Portuguese", true, "Dr Ines Reis", "V1001", "7788"
	s.DischargedAt, s.Discharge = clock(19, "10:00"), "died_icans"
	list := parse(t, ndjson(t, options, c))
	who := only(t, list, "Patient")
	wants(t, who, map[string]string{
		"identifier.0.value": "0042317", "identifier.0.type.coding.0.code": "MR", "identifier.1.value": "7788",
		"name.0.text": "OKAFOR, Ada", "name.0.family": "OKAFOR", "name.0.given.0": "Ada", "birthDate": "1961-03-14",
		"deceasedBoolean": "true", "communication.0.language.text": "Portuguese", "extension.0.valueBoolean": "true",
	})
	subject := "Patient/" + at(who, "id")
	wants(t, only(t, list, "Encounter"), map[string]string{
		"status": "finished", "class.code": "IMP", "subject.reference": subject, "location.0.location.display": "12A",
		"period.start": "2026-03-12T09:00:00+01:00", "period.end": "2026-03-19T10:00:00+01:00",
		"participant.0.individual.display": "Dr Ines Reis", "identifier.0.value": "V1001", "identifier.0.type.coding.0.code": "VN",
		"hospitalization.dischargeDisposition.coding.0.code": "discharge.died_icans",
	})
	zero := only(t, list, "Observation", code+"=day_zero")
	wants(t, zero, map[string]string{"subject.reference": subject, "valueDateTime": "2026-03-14T11:20:00+01:00"})
	if got := components(zero, "immunotherapy"); !reflect.DeepEqual(got, []string{"axi-cel"}) {
		t.Errorf("the therapy is %q", got)
	}
	wants(t, only(t, list, "Observation", code+"=baseline_score"), map[string]string{
		"valueQuantity.value": "9", "valueQuantity.code": "{score}", "effectiveDateTime": "",
	})

	p.Name, s.DischargedAt, s.Discharge, p.InfusedAt = "Ada", time.Time{}, "", options.Made.Add(time.Hour)
	list = parse(t, ndjson(t, options, c))
	wants(t, only(t, list, "Patient"), map[string]string{"name.0.text": "Ada", "name.0.family": "", "deceasedBoolean": ""})
	wants(t, only(t, list, "Encounter"), map[string]string{"status": "in-progress", "period.end": "", "hospitalization": ""})
	wants(t, only(t, list, "Observation", code+"=day_zero"), map[string]string{
		"valueDateTime": "", "dataAbsentReason.coding.0.code": "unknown",
	})
}

// A readmission is another Encounter, and each resource refers to the stay that holds
// its time.
func TestStays(t *testing.T) {
	second := check(t, "second", well)
	second.PerformedAt = clock(18, "10:00")
	between := check(t, "between", well)
	between.PerformedAt = clock(17, "20:00")
	c := chart(second, between, check(t, "first", eight))
	c.Stays[0].DischargedAt, c.Stays[0].Discharge = clock(17, "09:00"), "home"
	c.Stays = append(c.Stays, ward.Stay{ID: 10, PatientID: 7, AdmittedAt: clock(18, "08:00")})
	c.StayVersions = []ward.Stay{
		{ID: 11, PatientID: 7, Version: 2, Status: ward.Withdrawn, AdmittedAt: clock(17, "12:00")},
		{ID: 11, PatientID: 7, Version: 1, AdmittedAt: clock(17, "12:00")},
	}
	list := parse(t, ndjson(t, options, c))
	encounter := func(status string) string {
		return "Encounter/" + at(only(t, list, "Encounter", "status="+status), "id")
	}
	for id, want := range map[string]string{"first": encounter("finished"), "second": encounter("in-progress"), "between": ""} {
		wants(t, only(t, list, "Observation", "identifier.0.value="+id), map[string]string{"encounter.reference": want})
	}
	encounter("entered-in-error")
}

// The checks of two patients who were linked are those of one.
func TestLinkedPatients(t *testing.T) {
	other := check(t, "c", eight)
	other.PatientID = 8
	list := parse(t, ndjson(t, options, chart(other)))
	wants(t, only(t, list, "Observation", code+"=neuro_check"), map[string]string{"subject.reference": "Patient/" + at(only(t, list, "Patient"), "id")})
}

func TestCheckBecomesPanelScoreAndGrade(t *testing.T) {
	c := check(t, "check-1", eight)
	c.Note = "family at the bedside"
	list := parse(t, ndjson(t, options, chart(c)))
	panel := only(t, list, "Observation", code+"=neuro_check")
	wants(t, panel, map[string]string{
		"status": "final", "identifier.0.value": "check-1", "category.0.coding.0.code": "exam", "note.0.text": "family at the bedside",
		"subject.reference": "Patient/" + at(only(t, list, "Patient"), "id"), "performer": "",
		"effectiveDateTime": "2026-03-16T14:05:00+01:00", "issued": "2026-03-16T14:07:00+01:00",
	})
	for name, want := range map[string][]string{
		"tool": {"tool.ice"}, "ice_naming": {"3"}, "ice_writing": {"0"}, "consciousness": {"consciousness.alert"},
		"icp": {"icp.none"}, "confusion": {"confusion.mild"}, "speech": {"not-performed"},
		"capd_1": nil, "unable": nil, "other_cause": nil, "uncertain_cause": nil, "stated_total": nil, "crs_grade": nil,
		"movement": {"not-performed"},
	} {
		if got := components(panel, name); !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %q, not %q", name, got, want)
		}
	}
	score := only(t, list, "Observation", code+"=ice_score")
	wants(t, score, map[string]string{
		"valueQuantity.value": "8", "valueQuantity.code": "{score}", "valueQuantity.system": "http://unitsofmeasure.org",
		"derivedFrom.0.reference": "Observation/" + at(panel, "id"),
	})
	grade := only(t, list, "Observation", code+"=icans_grade")
	wants(t, grade, map[string]string{
		"valueInteger": "1", "valueRange": "",
		"derivedFrom.0.reference": "Observation/" + at(panel, "id"), "derivedFrom.1.reference": "Observation/" + at(score, "id"),
	})
	for name, want := range map[string][]string{
		"driver": {"driver.score"}, "flag": {"flag.grade1"}, "flag_reason": {"flag_reason.grade_1", "flag_reason.confusion_mild"},
	} {
		if got := components(grade, name); !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %q, not %q", name, got, want)
		}
	}
}

// The columns that not every check has.
func TestFurtherColumns(t *testing.T) {
	c := check(t, "c", "tool=ice stated_total=8 crs_grade=0 movement=severe other_cause=seizure uncertain_cause=score;consciousness")
	c.CauseNote = "epilepsy"
	list := parse(t, ndjson(t, options, chart(c)))
	panel := only(t, list, "Observation", code+"=neuro_check")
	for name, want := range map[string][]string{
		"stated_total": {"8"}, "crs_grade": {"0"}, "movement": {"movement.severe"}, "other_cause": {"other_cause.seizure"},
		"uncertain_cause": {"uncertain_cause.score", "uncertain_cause.consciousness"}, "other_cause_note": {"epilepsy"},
	} {
		if got := components(panel, name); !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %q, not %q", name, got, want)
		}
	}
	wants(t, only(t, list, "Observation", code+"=ice_score"), map[string]string{"valueQuantity.value": "8", "valueQuantity.unit": "points", "valueQuantity.code": "{score}"})
}

// Missing is never a number.
func TestMissingIsNoNumber(t *testing.T) {
	for name, c := range map[string]struct {
		findings                string
		score, low, high, items string // score: the reason if there is none
		gradeLow, gradeHigh     string
	}{
		"some items":      {"tool=ice ice_year=1 ice_naming=0 consciousness=alert seizure=none motor=none icp=none", "", "1", "7", "not-performed", "1", "3"},
		"refused":         {"tool=ice unable=refused consciousness=alert seizure=none motor=none icp=none", "asked-declined", "", "", "asked-declined", "0", "3"},
		"asleep":          {"tool=ice unable=asleep", "not-performed", "", "", "not-performed", "0", "4"},
		"nothing":         {"tool=ice", "not-performed", "", "", "not-performed", "0", "4"},
		"nothing of CAPD": {"tool=capd", "not-performed", "", "", "", "0", "4"},
		"CAPD":            {"tool=capd capd_1=4 capd_2=4 capd_3=4", "", "12", "32", "", "3", "4"},
	} {
		t.Run(name, func(t *testing.T) {
			list := parse(t, ndjson(t, options, chart(check(t, "c", c.findings))))
			tool := "ice_score"
			if strings.Contains(c.findings, "capd") {
				tool = "capd_score"
			}
			score := only(t, list, "Observation", code+"="+tool)
			wants(t, score, map[string]string{
				"valueQuantity": "", "dataAbsentReason.coding.0.code": c.score,
				"valueRange.low.value": c.low, "valueRange.high.value": c.high,
			})
			wants(t, only(t, list, "Observation", code+"=icans_grade"), map[string]string{
				"valueInteger": "", "valueQuantity": "", "valueRange.low.value": c.gradeLow, "valueRange.high.value": c.gradeHigh,
			})
			panel := only(t, list, "Observation", code+"=neuro_check")
			if got := strings.Join(components(panel, "ice_attention"), ","); got != c.items {
				t.Errorf("an item that was not scored is %q, not %q", got, c.items)
			}
		})
	}
}

func TestSeveralSignsAreSeveralComponents(t *testing.T) {
	list := parse(t, ndjson(t, options, chart(check(t, "c", "tool=capd unable=sedated icp=posturing;papilledema other_cause=score;seizure"))))
	panel := only(t, list, "Observation", code+"=neuro_check")
	for name, want := range map[string][]string{
		"icp": {"icp.posturing", "icp.papilledema"}, "other_cause": {"other_cause.score", "other_cause.seizure"}, "unable": {"unable.sedated"},
	} {
		if got := components(panel, name); !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %q, not %q", name, got, want)
		}
	}
}

// versions are three versions of one check, the newest first: recorded, then
// corrected, then withdrawn; the last one only if last is Withdrawn.
func versions(t testing.TB, reason string, last ward.Status) []ward.Check {
	one, two, three := check(t, "c", well), check(t, "c", eight), check(t, "c", eight)
	two.Version, two.Status, two.Reason, two.ReasonNote = 2, ward.Corrected, reason, "read out wrong"
	two.Recorded = ward.Sign("Dr Ines Reis", clock(16, "15:00"))
	three.Version, three.Status, three.Reason = 3, ward.Withdrawn, ward.WrongPatient
	three.Recorded = ward.Sign("Sam Lee", clock(16, "16:00"))
	list := []ward.Check{three, two, one}
	if last == ward.Corrected {
		list = list[1:]
	}
	for i := range list {
		list[i].Superseded = i > 0
		list[i].Grade(0)
	}
	return list
}

func TestVersions(t *testing.T) {
	for _, c := range []struct {
		reason string
		last   ward.Status
		want   string
	}{
		{"wrong_value", ward.Corrected, "corrected"},
		{"other", ward.Corrected, "amended"},
		{"attribution", ward.Corrected, "amended"},
		{"wrong_value", ward.Withdrawn, "entered-in-error"},
	} {
		list := parse(t, ndjson(t, options, chart(versions(t, c.reason, c.last)...)))
		var ids []string
		for _, name := range []string{"neuro_check", "ice_score", "icans_grade"} {
			o := only(t, list, "Observation", code+"="+name) // the earlier versions are no resources of their own
			wants(t, o, map[string]string{"status": c.want})
			ids = append(ids, "Observation/"+at(o, "id"))
		}
		for _, p := range of(list, "Provenance") {
			for i, id := range ids {
				wants(t, p, map[string]string{fmt.Sprintf("target.%d.reference", i): id})
			}
		}
	}
	list := parse(t, ndjson(t, options, chart(versions(t, "wrong_value", ward.Withdrawn)...)))
	sam := "Practitioner/" + at(only(t, list, "Practitioner", "name.0.text=Sam Lee"), "id")
	ines := "Practitioner/" + at(only(t, list, "Practitioner", "name.0.text=Dr Ines Reis", "active=false"), "id")
	const activity = "activity.coding.1.code"
	first := only(t, list, "Provenance", activity+"=version.recorded")
	wants(t, first, map[string]string{
		"activity.coding.0.code": "CREATE", "recorded": "2026-03-16T14:07:00+01:00", "agent.0.who.reference": sam,
		"agent.0.type.coding.0.code": "enterer", "contained": "", "entity": "", "reason": "",
	})
	second := only(t, list, "Provenance", activity+"=version.corrected")
	wants(t, second, map[string]string{
		"activity.coding.0.code": "UPDATE", "recorded": "2026-03-16T15:00:00+01:00", "agent.0.who.reference": ines,
		"reason.0.coding.0.code": "reason.wrong_value", "reason.0.text": "read out wrong",
		"entity.0.role": "revision", "entity.0.what.reference": "#panel", "entity.1.what.reference": "#score", "entity.2.what.reference": "#grade",
		"contained.0.id": "panel", "contained.0.status": "final", "contained.1.valueQuantity.value": "10", "contained.2.valueInteger": "0",
		"contained.2.derivedFrom.0.reference": "#panel", "contained.2.derivedFrom.1.reference": "#score",
	})
	third := only(t, list, "Provenance", activity+"=version.withdrawn")
	wants(t, third, map[string]string{
		"activity.coding.0.code": "NULLIFY", "reason.0.coding.0.code": "reason.wrong_patient",
		"contained.0.status": "corrected", "contained.1.valueQuantity.value": "8",
	})
}

func TestFollowUp(t *testing.T) {
	c := chart(check(t, "c", eight), check(t, "d", eight))
	f := joined(icans.FlagUrgent, 2, "c", "d")
	look := func() (raised, work thing, all []thing) {
		c.FollowUps = []ward.FollowUp{f}
		all = parse(t, ndjson(t, options, c))
		return only(t, all, "Flag"), only(t, all, "Task"), all
	}
	raised, work, list := look()
	id := func(code, check string) string {
		panel := at(only(t, list, "Observation", "identifier.0.value="+check), "id")
		if code == "neuro_check" {
			return "Observation/" + panel
		}
		return "Observation/" + at(only(t, list, "Observation", "code.coding.0.code="+code, "derivedFrom.0.reference=Observation/"+panel), "id")
	}
	wants(t, raised, map[string]string{
		"status": "active", code: "flag.urgent", "period.start": "2026-03-16T14:07:00+01:00", "period.end": "",
		"extension.0.valueReference.reference": id("icans_grade", "c"), "extension.1.valueReference.reference": id("icans_grade", "d"),
		"encounter.reference": "Encounter/" + at(only(t, list, "Encounter"), "id"),
	})
	wants(t, work, map[string]string{
		"status": "requested", "intent": "order", "priority": "urgent", "focus.reference": id("neuro_check", "c"),
		"for.reference": "Patient/" + at(only(t, list, "Patient"), "id"), "owner": "", "output": "", "note": "", "authoredOn": "2026-03-16T14:07:00+01:00",
		"input.0.type.coding.0.code": "peak", "input.0.valueInteger": "2",
		"input.1.type.coding.0.code": "joined.opened", "input.1.valueReference.reference": id("neuro_check", "c"),
		"input.2.type.coding.0.code": "joined.joined", "input.2.valueReference.reference": id("neuro_check", "d"),
	})
	f.Acked = ward.Sign("Sam Lee", clock(16, "14:20"))
	raised, work, list = look()
	sam := "Practitioner/" + at(only(t, list, "Practitioner"), "id")
	wants(t, raised, map[string]string{"status": "active"})
	wants(t, work, map[string]string{
		"status": "accepted", "owner.reference": sam, "executionPeriod.start": "2026-03-16T14:20:00+01:00", "lastModified": "2026-03-16T14:20:00+01:00",
	})

	// A check that raises it asks for acceptance again.
	f.Join(ward.Joined{CheckID: "d", Event: ward.JoinRaised, Flag: icans.FlagUrgent, Floor: 3, PerformedAt: clock(16, "14:05"), At: clock(16, "15:00")})
	_, work, _ = look()
	wants(t, work, map[string]string{
		"status": "requested", "owner": "", "lastModified": "2026-03-16T15:00:00+01:00", "input.0.valueInteger": "3", "input.2.type.coding.0.code": "joined.raised", "input.3": "",
	})

	f.Acked = ward.Sign("Sam Lee", clock(16, "15:20"))
	f.Closed, f.Outcome, f.Note = ward.Sign("Sam Lee", clock(16, "18:00")), "resolved", "slept it off"
	raised, work, _ = look()
	wants(t, raised, map[string]string{"status": "inactive", "period.end": "2026-03-16T18:00:00+01:00"})
	wants(t, work, map[string]string{
		"status": "completed", "executionPeriod.end": "2026-03-16T18:00:00+01:00", "output.0.valueCodeableConcept.coding.0.code": "outcome.resolved",
		"note.0.text": "slept it off", "note.0.authorReference.reference": sam, "note.0.time": "2026-03-16T18:00:00+01:00",
	})
}

// The diagnosis is a clinician's: only a follow-up closed as confirmed ICANS brings its
// code.
func TestDiagnosis(t *testing.T) {
	for outcome, want := range map[string]string{"": "", "other_cause": "", "resolved": "", "transferred": "", ward.ConfirmedICANS: "G92.02"} {
		c := chart(check(t, "c", eight))
		f := joined(icans.FlagUrgent, 2, "c")
		f.Outcome = outcome
		if outcome != "" {
			f.Acked, f.Closed = ward.Sign("Dr Ines Reis", clock(16, "15:00")), ward.Sign("Dr Ines Reis", clock(16, "15:30"))
		}
		c.FollowUps = []ward.FollowUp{f}
		text := ndjson(t, options, c)
		list := parse(t, text)
		if want == "" {
			if bytes.Contains(text, []byte("G92")) || len(of(list, "Condition")) > 0 {
				t.Errorf("outcome %q brings a diagnosis", outcome)
			}
			continue
		}
		ines := "Practitioner/" + at(only(t, list, "Practitioner", "name.0.text=Dr Ines Reis"), "id")
		wants(t, only(t, list, "Condition"), map[string]string{
			code: want, "code.coding.0.system": "http://hl7.org/fhir/sid/icd-10-cm", "verificationStatus.coding.0.code": "confirmed",
			"clinicalStatus.coding.0.code": "active", "abatementDateTime": "",
			"asserter.reference": ines, "recordedDate": "2026-03-16T15:30:00+01:00",
			"evidence.0.detail.0.reference": "Observation/" + at(only(t, list, "Observation", code+"=icans_grade"), "id"),
		})
		c.Versions, c.Checks = versions(t, "wrong_value", ward.Withdrawn), nil
		wants(t, only(t, parse(t, ndjson(t, options, c)), "Condition"), map[string]string{
			"verificationStatus.coding.0.code": "entered-in-error", "clinicalStatus": "",
		})
	}
}

// The condition is resolved from the first of 24 h at grade 0 on.
func TestTheEndOfAnEpisode(t *testing.T) {
	later := func(id, findings string, day int, hm string) ward.Check {
		c := check(t, id, findings)
		c.PerformedAt = clock(day, hm)
		return c
	}
	for name, c := range map[string]struct {
		more []ward.Check
		end  string
	}{
		"not yet":     {[]ward.Check{later("d", well, 16, "20:00"), later("e", well, 17, "19:59")}, ""},
		"24 h":        {[]ward.Check{later("d", well, 16, "20:00"), later("e", well, 17, "20:00")}, "2026-03-16T20:00:00+01:00"},
		"interrupted": {[]ward.Check{later("d", well, 16, "20:00"), later("e", eight, 17, "04:00"), later("f", well, 17, "22:00")}, ""},
		"unknown":     {[]ward.Check{later("d", well, 16, "20:00"), later("e", "tool=ice unable=asleep", 17, "04:00"), later("f", well, 17, "22:00")}, ""},
	} {
		chart := chart(append([]ward.Check{check(t, "c", eight)}, c.more...)...)
		f := joined(icans.FlagGrade1, 1, "c")
		f.Outcome, f.Closed = ward.ConfirmedICANS, ward.Sign("Dr Ines Reis", clock(16, "15:30"))
		chart.FollowUps = []ward.FollowUp{f}
		status := map[bool]string{true: "active", false: "resolved"}[c.end == ""]
		if r := only(t, parse(t, ndjson(t, options, chart)), "Condition"); at(r, "abatementDateTime") != c.end || at(r, "clinicalStatus.coding.0.code") != status {
			t.Errorf("%s: %v, ended %q", name, r["clinicalStatus"], r["abatementDateTime"])
		}
	}
}

// The next check is that of the watch.
func TestNextCheck(t *testing.T) {
	next := func(c ward.Chart) thing {
		c.Evaluate(options.Site)
		return only(t, parse(t, ndjson(t, options, c)), "ServiceRequest", "intent=plan")
	}
	c := chart(check(t, "c", eight+" agitation=none inattention=none memory=none speech=none"))
	c.FollowUps = []ward.FollowUp{joined(icans.FlagUrgent, 2, "c")}
	wants(t, next(c), map[string]string{
		"status": "active", code: "neuro_check", "occurrenceDateTime": "2026-03-16T15:05:00+01:00", "priority": "urgent",
		"reasonCode.0.coding.0.code": "due.burst", "reasonCode.1.coding.0.code": "flag_reason.not_examined",
	})
	quiet := check(t, "c", well+" confusion=none agitation=none inattention=none memory=none speech=none")
	quiet.PerformedAt = options.Made.Add(-time.Hour)
	c = chart(quiet)
	wants(t, next(c), map[string]string{
		"status": "active", "occurrenceDateTime": "2026-03-20T15:00:00Z", "priority": "", "reasonCode.0.coding.0.code": "due.none", "reasonCode.1": "",
	})
	c.Stays[0].DischargedAt, c.Stays[0].Discharge = options.Made, "home"
	wants(t, next(c), map[string]string{"status": "completed", "occurrenceDateTime": "", "reasonCode.0.coding.0.code": "due.ended"})
}

func TestInterventions(t *testing.T) {
	for _, kind := range ward.Interventions {
		for _, withdrawn := range []bool{false, true} {
			c := chart()
			c.Patient.Product = "teclistamab"
			c.Interventions = []ward.Intervention{{
				ID: 5, PatientID: 7, DoneAt: clock(16, "15:00"), Kind: kind.Code, Detail: "8 mg/kg IV", Withdrawn: withdrawn,
				Recorded: ward.Sign("Sam Lee", clock(16, "15:02")),
			}}
			list := parse(t, ndjson(t, options, c))
			what, status, name := "MedicationAdministration", "completed", "medicationCodeableConcept.coding.0.code"
			word, text, why := "intervention."+kind.Code, "", ""
			switch kind.Code {
			case "imaging", "eeg", "lumbar_puncture", "transfer", "dose_reduced":
				what, name = "Procedure", code
			case "dose_held", "dose_delayed":
				status, why = "not-done", word
				word, text = "immunotherapy", "teclistamab"
			case "dose_given":
				word, text = "immunotherapy", "teclistamab"
			}
			if withdrawn {
				status = "entered-in-error"
			}
			r := only(t, list, what)
			wants(t, r, map[string]string{
				"status": status, name: word, "statusReason.0.coding.0.code": why, "note.0.text": "8 mg/kg IV", "medicationCodeableConcept.text": text,
			})
			if when := at(r, "effectiveDateTime") + at(r, "performedDateTime"); when != "2026-03-16T15:00:00+01:00" {
				t.Errorf("%s was done %s", kind.Code, when)
			}
			wants(t, only(t, list, "Provenance"), map[string]string{"target.0.reference": what + "/" + at(r, "id"), "recorded": "2026-03-16T15:02:00+01:00"})
		}
	}
}

func TestReportsAndOrders(t *testing.T) {
	c := chart()
	told := ward.Report{ID: 1, PatientID: 7, ToldAt: clock(16, "13:00"), ToldBy: "caregiver", Words: "can't find words", Recorded: ward.Sign("Sam Lee", clock(16, "13:05"))}
	again := told
	again.ID, again.Withdrawn = 2, true // the same words are another report
	c.AllReports = []ward.Report{told, again}
	by := func(hm string) ward.Signature { return ward.Sign("Dr Ines Reis", clock(16, hm)) }
	c.Orders = []ward.Order{
		{PatientID: 7, Kind: ward.OrderStop, Reason: "palliative", Ordered: by("15:00")},
		{PatientID: 7, Kind: ward.OrderExtend, UntilDay: 35, Reason: "late onset", Ordered: by("16:00")},
		{PatientID: 7, Kind: ward.OrderExtend, UntilDay: 40, Reason: "late onset", Ordered: by("17:00")},
		{PatientID: 7, Kind: ward.OrderInterval, Interval: 2 * time.Hour, Reason: "worse", Ordered: by("18:00")},
	}
	list := parse(t, ndjson(t, options, c))
	reports := of(list, "Observation", code+"=reported_symptom")
	if len(reports) != 2 || at(reports[0], "id") == at(reports[1], "id") {
		t.Fatalf("%d reports, or two of one identity", len(reports))
	}
	wants(t, reports[1], map[string]string{"status": "entered-in-error"})
	wants(t, reports[0], map[string]string{
		"status": "final", "category.0.coding.0.code": "survey", "valueString": "can't find words", "effectiveDateTime": "2026-03-16T13:00:00+01:00",
	})
	if got := components(reports[0], "told_by"); !reflect.DeepEqual(got, []string{"told_by.caregiver"}) {
		t.Errorf("told by %q", got)
	}
	const kind = "orderDetail.0.coding.0.code"
	wants(t, only(t, list, "ServiceRequest", kind+"=order.interval"), map[string]string{
		"status": "active", "intent": "order", code: "neuro_check", "occurrenceTiming.repeat.period": "120", "occurrenceTiming.repeat.periodUnit": "min",
		"reasonCode.0.text": "worse", "authoredOn": "2026-03-16T18:00:00+01:00",
	})
	wants(t, only(t, list, "ServiceRequest", kind+"=order.stop"), map[string]string{"status": "revoked", "doNotPerform": "true"})
	wants(t, only(t, list, "ServiceRequest", "orderDetail.0.text=until day 40"), map[string]string{"status": "active"})
	wants(t, only(t, list, "ServiceRequest", "orderDetail.0.text=until day 35"), map[string]string{"status": "revoked"})
	c.Stays[0].DischargedAt, c.Stays[0].Discharge = clock(17, "10:00"), "home"
	list = parse(t, ndjson(t, options, c))
	wants(t, only(t, list, "ServiceRequest", kind+"=order.interval"), map[string]string{"status": "completed"})
}

func TestBounds(t *testing.T) {
	early, late := check(t, "early", eight), check(t, "late", well)
	late.PerformedAt = clock(17, "08:00")
	c := chart(late, early)
	c.FollowUps = []ward.FollowUp{joined(icans.FlagGrade1, 1, "early")}
	c.Interventions = []ward.Intervention{{ID: 5, PatientID: 7, DoneAt: clock(17, "09:00"), Kind: "eeg", Recorded: ward.Sign("Sam Lee", clock(17, "09:00"))}}
	for _, b := range []struct {
		since, until                       time.Time
		patients, checks, tasks, procedure int
	}{
		{time.Time{}, time.Time{}, 1, 2, 1, 1},
		{clock(17, "08:00"), time.Time{}, 1, 1, 0, 1},
		{time.Time{}, clock(17, "08:00"), 1, 1, 1, 0},
		{clock(17, "08:01"), clock(17, "09:00"), 0, 0, 0, 0},
		{clock(17, "09:00"), clock(17, "09:01"), 1, 0, 0, 1},
	} {
		o := options
		o.Since, o.Until = b.since, b.until
		text := ndjson(t, o, c)
		holdsTogether(t, text)
		list := parse(t, text)
		got := []int{len(of(list, "Patient")), len(of(list, "Observation", code+"=neuro_check")), len(of(list, "Task")), len(of(list, "Procedure"))}
		if want := []int{b.patients, b.checks, b.tasks, b.procedure}; !reflect.DeepEqual(got, want) {
			t.Errorf("from %v to %v: %v patients, checks, tasks, procedures, not %v", b.since, b.until, got, want)
		}
	}
}

func TestIdentities(t *testing.T) {
	c := chart(versions(t, "wrong_value", ward.Withdrawn)...)
	ids := func(o fhir.Options, c ward.Chart) (ids []string) {
		for _, r := range parse(t, ndjson(t, o, c)) {
			ids = append(ids, at(r, "id"))
		}
		return ids
	}
	first := ids(options, c)
	edited := c
	edited.Patient.Name, edited.Patient.MRN, edited.Patient.BirthDate = "OTHER, Name", "1", ward.Date{Year: 1970, Month: 1, Day: 1}
	if got := ids(options, edited); !reflect.DeepEqual(got, first) {
		t.Error("an identity holds something of the patient")
	}
	other := options
	other.Log = "log 2"
	for i, id := range ids(other, c) {
		if id == first[i] {
			t.Errorf("two logs share the identity %s", id)
		}
	}
}

func TestBundleAndNDJSONHoldTheSame(t *testing.T) {
	c := chart(versions(t, "wrong_value", ward.Withdrawn)...)
	var b struct {
		ResourceType, Type, Timestamp string
		Entry                         []struct {
			FullURL  string `json:"fullUrl"`
			Resource thing
		}
	}
	if err := json.Unmarshal(bundle(t, options, c), &b); err != nil {
		t.Fatal(err)
	}
	if b.ResourceType != "Bundle" || b.Type != "collection" || b.Timestamp != "2026-03-20T08:00:00Z" {
		t.Errorf("%s, %s, %s", b.ResourceType, b.Type, b.Timestamp)
	}
	lines := parse(t, ndjson(t, options, c))
	if len(lines) != len(b.Entry) {
		t.Fatalf("%d lines, %d entries", len(lines), len(b.Entry))
	}
	for i, e := range b.Entry {
		if !reflect.DeepEqual(e.Resource, lines[i]) {
			t.Errorf("entry %d is not line %d", i, i)
		}
		if !strings.HasSuffix(e.FullURL, "/"+at(e.Resource, "resourceType")+"/"+at(e.Resource, "id")) {
			t.Errorf("%s is the fullUrl of %s", e.FullURL, at(e.Resource, "id"))
		}
	}
	var empty thing
	if err := json.Unmarshal(bundle(t, options), &empty); err != nil || len(empty) != 3 {
		t.Errorf("a Bundle of nothing is %v: %v", empty, err)
	}
}

// An export of any log is FHIR that holds together.
func TestAnyChart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first, second := drawChart(t, 1), drawChart(t, 2)
		text := func() []byte {
			var b bytes.Buffer
			e := fhir.NewNDJSON(&b, options)
			for _, c := range []*ward.Chart{&first, &second} {
				if err := e.Chart(c); err != nil {
					t.Fatal(err)
				}
			}
			if err := e.Close(); err != nil {
				t.Fatal(err)
			}
			return b.Bytes()
		}()
		holdsTogether(t, text)
	})
}

type failer interface {
	Errorf(string, ...any)
	Fatalf(string, ...any)
}

var (
	validID = regexp.MustCompile(`^[A-Za-z0-9\-.]{1,64}$`)
	times   = map[string]bool{
		"effectiveDateTime": true, "valueDateTime": true, "performedDateTime": true, "issued": true, "recorded": true, "start": true, "end": true,
		"occurrenceDateTime": true, "abatementDateTime": true,
		"authoredOn": true, "lastModified": true, "time": true, "recordedDate": true,
	}
	validTime = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00)$`)
)

// holdsTogether checks the parts that the validator does not: identities, that every
// reference leads to a resource, that nothing is empty, and the local codes.
func holdsTogether(t failer, text []byte) {
	if !utf8.Valid(text) {
		t.Fatalf("not UTF-8")
	}
	var all []thing
	there := make(map[string]bool)
	for line := range bytes.Lines(text) {
		var r thing
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatalf("%v: %q", err, line)
		}
		all = append(all, r)
		name := at(r, "resourceType") + "/" + at(r, "id")
		if !validID.MatchString(at(r, "id")) || there[name] {
			t.Errorf("%s: no good identity, or there twice", name)
		}
		there[name] = true
	}
	known := localCodes(t)
	for _, r := range all {
		within := make(map[string]bool)
		contained, _ := r["contained"].([]any)
		for _, c := range contained {
			within["#"+at(c, "id")] = true
		}
		var walk func(path string, v any)
		walk = func(path string, v any) {
			switch x := v.(type) {
			case thing:
				if len(x) == 0 {
					t.Errorf("%s is empty", path)
				}
				if x["system"] == "https://neurocheck.example/fhir/CodeSystem/neurocheck" && known[at(x, "code")] != at(x, "display") {
					t.Errorf("%s: the CodeSystem has no %v with the words %v", path, x["code"], x["display"])
				}
				for key, value := range x {
					walk(path+"."+key, value)
				}
			case []any:
				if len(x) == 0 {
					t.Errorf("%s is empty", path)
				}
				for _, value := range x {
					walk(path, value)
				}
			case string:
				if strings.TrimSpace(x) == "" || strings.ContainsAny(x, "\x00\x1b\u202e\u00a0\ufeff") {
					t.Errorf("%s is %q", path, x)
				}
				if strings.HasSuffix(path, ".reference") && !there[x] && !within[x] {
					t.Errorf("%s leads to %s, which is not there", path, x)
				}
				if key := path[strings.LastIndex(path, ".")+1:]; times[key] && !validTime.MatchString(x) {
					t.Errorf("%s is no time: %s", path, x)
				}
			}
		}
		walk(at(r, "resourceType"), r)
	}
}

func localCodes(t failer) map[string]string {
	text, err := fhir.CodeSystem()
	if err != nil {
		t.Fatalf("%v", err)
	}
	var system struct{ Concept []any }
	if err := json.Unmarshal(text, &system); err != nil {
		t.Fatalf("%v", err)
	}
	codes := make(map[string]string)
	var add func(list []any)
	add = func(list []any) {
		for _, c := range list {
			if _, twice := codes[at(c, "code")]; twice {
				t.Errorf("%s stands twice", at(c, "code"))
			}
			codes[at(c, "code")] = at(c, "display")
			below, _ := c.(thing)["concept"].([]any)
			add(below)
		}
	}
	add(system.Concept)
	return codes
}

// full is a disk with nothing left.
type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

// A resource as it looks: an incomplete check that was corrected.
func TestGolden(t *testing.T) {
	list := versions(t, "wrong_value", ward.Corrected)
	list[0].Findings = finding(t, "tool=ice unable=asleep consciousness=drowsy seizure=none")
	list[0].Note = "to be repeated\nat 15:00"
	list[0].Grade(0)
	var b bytes.Buffer
	for line := range bytes.Lines(ndjson(t, options, chart(list[:1]...))) {
		if err := json.Indent(&b, line, "", " "); err != nil {
			t.Fatal(err)
		}
	}
	same(t, "testdata/check.golden", b.Bytes())
}

func TestAFailingWriterIsSaid(t *testing.T) {
	for name, e := range map[string]*fhir.Encoder{"ndjson": fhir.NewNDJSON(full{}, options), "bundle": fhir.NewBundle(full{}, options)} {
		c := chart(check(t, "c", eight))
		err := e.Chart(&c)
		for range 100 {
			err = errors.Join(err, e.Chart(&c))
		}
		if !errors.Is(err, errFull) || !errors.Is(e.Close(), errFull) {
			t.Errorf("%s: a full disk is answered with %v", name, err)
		}
	}
}

// counter counts the bytes that reach it.
type counter struct{ n int }

func (c *counter) Write(p []byte) (int, error) {
	c.n += len(p)
	return len(p), nil
}

// What is written leaves as it comes, of a Bundle too.
func TestNothingPilesUp(t *testing.T) {
	for _, begin := range []func(io.Writer, fhir.Options) *fhir.Encoder{fhir.NewNDJSON, fhir.NewBundle} {
		var out counter
		e := begin(&out, options)
		for number := range 100 {
			c := chart(check(t, fmt.Sprint(number), eight))
			c.Patient.ID = int64(number)
			before := out.n
			for range 10 {
				if err := e.Chart(&c); err != nil {
					t.Fatal(err)
				}
			}
			if out.n == before {
				t.Fatalf("ten charts of about 10 kB, and nothing was written behind %d bytes", before)
			}
		}
	}
}
