package fhir_test

import (
	"bytes"
	"testing"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

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
