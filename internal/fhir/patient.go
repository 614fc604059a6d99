package fhir

import (
	"strings"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

func (e *Encoder) patientID(number int64) string { return e.id("patient", number) }

func (e *Encoder) subject(number int64) *reference { return ref("Patient", e.patientID(number)) }

// patient writes who the patient is, the stay, day 0 and the baseline.
func (e *Encoder) patient(p *ward.Patient) {
	r := &patient{
		header:     header{ResourceType: "Patient", ID: e.patientID(p.ID)},
		Identifier: []identifier{{Type: hl7("v2-0203", "MR", "Medical record number"), System: e.mrns, Value: line(p.MRN)}},
		BirthDate:  p.BirthDate.String(),
	}
	if name := line(p.Name); name != "" {
		r.Name = []humanName{nameOf(name)}
	}
	if p.Discharge == "died" || p.Discharge == "died_icans" {
		r.DeceasedBoolean = is(true)
	}
	if words := worded(p.Language); words != nil {
		r.Communication = []language{{*words}}
	}
	if p.Interpreter {
		r.Extension = []extend{{URL: "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired", ValueBoolean: is(true)}}
	}
	e.put(r)
	e.stay(p)
	e.dayZero(p)
	e.baseline(p)
}

// nameOf reads "Family, Given". A name without a comma is text alone: which part of
// it is the family name is not ours to say.
func nameOf(name string) humanName {
	n := humanName{Text: name}
	if family, given, both := strings.Cut(name, ","); both {
		n.Family = line(family)
		if given = line(given); given != "" {
			n.Given = []string{given}
		}
	}
	return n
}

func (e *Encoder) stay(p *ward.Patient) {
	r := &encounter{
		header:  header{ResourceType: "Encounter", ID: e.id("stay", p.ID)},
		Status:  "in-progress",
		Class:   coding{"http://terminology.hl7.org/CodeSystem/v3-ActCode", "IMP", "inpatient encounter"},
		Subject: e.subject(p.ID),
		Period:  during(p.AdmittedAt, p.DischargedAt),
	}
	if !p.OnWard() {
		r.Status = "finished"
		r.Hospitalization = &hospitalization{own(codeDischarge, p.Discharge)}
	}
	if name := line(p.Clinician); name != "" {
		r.Participant = []participant{{Type: []concept{*hl7("v3-ParticipationType", "ATND", "attender")}, Individual: &reference{Display: name}}}
	}
	if bed := line(p.Bed); bed != "" {
		r.Location = []location{{&reference{Display: bed}}}
	}
	e.put(r)
}

// dayZero writes the therapy, and the day that the days are counted from where it
// has come. It is no MedicationAdministration, because a dose that was given stands
// among the interventions, and nobody should count it twice.
func (e *Encoder) dayZero(p *ward.Patient) {
	product := line(p.Product)
	if p.InfusedAt.IsZero() && product == "" {
		return
	}
	r := &observation{
		header:   header{ResourceType: "Observation", ID: e.id("day zero", p.ID)},
		Status:   "final",
		Category: []concept{*hl7("observation-category", "therapy", "Therapy")},
		Code:     own(codeDayZero),
		Subject:  e.subject(p.ID),
		value:    value{DateTime: stamp(p.InfusedAt)},
	}
	if p.InfusedAt.IsZero() || p.InfusedAt.After(e.o.Made) {
		r.value = value{Absent: hl7("data-absent-reason", "unknown", "Unknown")}
	}
	if product != "" {
		r.Component = []component{{own(codeTherapy), value{String: product}}}
	}
	e.put(r)
}

func therapy(p *ward.Patient) *concept {
	c := own(codeTherapy)
	c.Text = line(p.Product)
	return c
}

func (e *Encoder) baseline(p *ward.Patient) {
	n, known := p.Baseline.Value()
	if !known {
		return
	}
	e.put(&observation{
		header:   header{ResourceType: "Observation", ID: e.id("baseline", p.ID)},
		Status:   "final",
		Category: []concept{*surveyed},
		Code:     own(codeBaseline),
		Subject:  e.subject(p.ID),
		value:    value{Quantity: is(scored(n))},
		Component: []component{
			{own("tool"), value{Concept: own("tool", icans.FieldOf("tool").Code(&icans.Findings{Tool: p.Tool}))}},
		},
	})
}

// who refers to whoever signed something, and writes the Practitioner before the
// first such reference. An import can name people whom the log does not know.
func (e *Encoder) who(name string) *reference {
	name = line(name)
	key := strings.ToLower(name)
	id := e.id("person", key)
	if !e.people[key] {
		e.people[key] = true
		r := &practitioner{header: header{ResourceType: "Practitioner", ID: id}}
		for _, m := range e.o.Staff {
			if strings.EqualFold(line(m.Name), name) {
				r.Active, name = is(m.Active), line(m.Name)
			}
		}
		if name != "" {
			r.Name = []humanName{{Text: name}}
		}
		e.put(r)
	}
	return ref("Practitioner", id)
}

// recorded writes who brought a resource into the log, and when.
func (e *Encoder) recorded(target *reference, id string, s ward.Signature) {
	e.put(&provenance{
		header:   header{ResourceType: "Provenance", ID: e.id("provenance", id)},
		Target:   []*reference{target},
		Recorded: stamp(s.At),
		Activity: hl7("v3-DataOperation", "CREATE", "create"),
		Agent:    []agent{e.enterer(s)},
	})
}

// enterer is who entered something: whether it was also the one who examined or
// treated, the log does not say.
func (e *Encoder) enterer(s ward.Signature) agent {
	return agent{Type: hl7("provenance-participant-type", "enterer", "Enterer"), Who: e.who(s.By)}
}
