package fhir_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/ward"
)

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

// The performer is the person who recorded the check here soon after it: no author of an
// import, and of a correction the first author.
func TestPerformer(t *testing.T) {
	for name, of := range map[string]struct {
		byHand bool
		after  time.Duration
		want   string
	}{
		"by hand": {true, 2 * time.Hour, "Sam Lee"}, "imported": {false, time.Minute, ""}, "late": {true, 2*time.Hour + time.Second, ""},
	} {
		list := versions(t, "wrong_value", ward.Corrected)
		for i := range list {
			list[i].PerformedAt = clock(16, "14:07").Add(-of.after)
		}
		o := options
		o.ByHand = func(check string, version int) bool { return of.byHand && check == "c" && version == 1 }
		all := parse(t, ndjson(t, o, chart(list...)))
		want := ""
		if of.want != "" {
			want = "Practitioner/" + at(only(t, all, "Practitioner", "name.0.text="+of.want), "id")
		}
		for kind, performs := range map[string]bool{"neuro_check": true, "ice_score": true, "icans_grade": false} {
			if got := at(only(t, all, "Observation", code+"="+kind), "performer.0.reference"); performs && got != want || !performs && got != "" {
				t.Errorf("%s: the performer of %s is %q, not %q", name, kind, got, want)
			}
		}
	}
}
