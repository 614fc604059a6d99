package fhir_test

import (
	"reflect"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

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
