package fhir_test

import (
	"reflect"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

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

// The patient who was linked to another one stays known, without anything else.
func TestTheLinkedPatientIsReplaced(t *testing.T) {
	c := chart()
	c.Patient.Product = ""
	other := ward.Patient{ID: 8, Version: 2, MRN: "0099001", Name: "OKAFOR, A.", Product: "axi-cel", Baseline: icans.Scored(9)}
	c.PatientVersions = []ward.Patient{c.Patient, other}
	list := parse(t, ndjson(t, options, c))
	survivor := at(only(t, list, "Patient", "name.0.family=OKAFOR"), "id")
	wants(t, only(t, list, "Patient", "active=false"), map[string]string{
		"identifier.0.value": "0099001", "identifier.0.use": "old", "link.0.type": "replaced-by", "link.0.other.reference": "Patient/" + survivor, "name": "",
	})
	for _, name := range []string{"day_zero", "baseline_score"} {
		wants(t, only(t, list, "Observation", code+"="+name), map[string]string{
			"status": "entered-in-error", "subject.reference": "Patient/" + survivor, "valueQuantity": "", "component": "",
		})
	}
}

// A therapy that was taken back is entered in error: an earlier export may have sent it.
func TestATherapyTakenBack(t *testing.T) {
	c := chart()
	before := c.Patient
	before.Product, before.Baseline = "axi-cel", icans.Scored(9)
	c.PatientVersions = []ward.Patient{c.Patient, before}
	list := parse(t, ndjson(t, options, c))
	for _, name := range []string{"day_zero", "baseline_score"} {
		wants(t, only(t, list, "Observation", code+"="+name), map[string]string{"status": "entered-in-error", "dataAbsentReason.coding.0.code": "unknown"})
	}
}

// Gender is not recorded: it is absent, or unknown for servers that insist.
func TestGender(t *testing.T) {
	o := options
	wants(t, only(t, parse(t, ndjson(t, o, chart())), "Patient"), map[string]string{"gender": ""})
	o.Server.Gender = "unknown"
	wants(t, only(t, parse(t, ndjson(t, o, chart())), "Patient"), map[string]string{"gender": "unknown"})
}
