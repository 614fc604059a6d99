package fhir

import (
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

func (e *Encoder) patientID(number int64) string { return e.id("patient", number) }

// subject refers to the patient of the chart, also for a check that was recorded under
// a patient who was linked to this one.
func (e *Encoder) subject() *reference { return ref("Patient", e.patientID(e.chart.Patient.ID)) }

// encounter refers to the stay that holds the time t, or returns nil.
func (e *Encoder) encounter(t time.Time) *reference {
	stay := ward.StayAt(e.chart.Stays, t)
	if stay == nil {
		return nil
	}
	return ref("Encounter", e.id("stay", stay.ID))
}

// patient writes the identity of the patient, the stays, day 0 and the baseline.
func (e *Encoder) patient(c *ward.Chart) {
	p := &c.Patient
	r := &patient{
		header:     header{ResourceType: "Patient", ID: e.patientID(p.ID)},
		Identifier: []identifier{{Type: hl7("v2-0203", "MR", "Medical record number"), System: e.mrns, Value: line(p.MRN)}},
		BirthDate:  p.BirthDate.String(),
	}
	if name := line(p.Name); name != "" {
		r.Name = []humanName{nameOf(name)}
	}
	if id := line(p.SecondID); id != "" {
		r.Identifier = append(r.Identifier, identifier{System: e.seconds, Value: id})
	}
	for i := range c.Stays {
		if how := c.Stays[i].Discharge; how == "died" || how == ward.DiedICANS {
			r.DeceasedBoolean = is(true)
		}
	}
	if words := worded(p.Language); words != nil {
		r.Communication = []language{{*words}}
	}
	if p.Interpreter {
		r.Extension = []extend{{URL: "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired", ValueBoolean: is(true)}}
	}
	e.put(r)
	e.stays(c)
	e.dayZero(p)
	e.baseline(p)
}

// nameOf reads "Family, Given". A name without a comma is text alone, because the
// program cannot know which part of it is the family name.
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

// stays writes the stays, and the withdrawn ones as entered in error.
func (e *Encoder) stays(c *ward.Chart) {
	for i := range c.Stays {
		e.stay(&c.Stays[i])
	}
	seen := make(map[int64]bool)
	for i := range c.StayVersions { // newest first
		s := &c.StayVersions[i]
		if !seen[s.ID] && s.Status == ward.Withdrawn {
			e.stay(s)
		}
		seen[s.ID] = true
	}
}

func (e *Encoder) stay(s *ward.Stay) {
	r := &encounter{
		header:  header{ResourceType: "Encounter", ID: e.id("stay", s.ID)},
		Status:  "in-progress",
		Class:   coding{"http://terminology.hl7.org/CodeSystem/v3-ActCode", "IMP", "inpatient encounter"},
		Subject: e.subject(),
		Period:  during(s.AdmittedAt, s.DischargedAt),
	}
	if visit := line(s.Visit); visit != "" {
		r.Identifier = []identifier{{Type: hl7("v2-0203", "VN", "Visit number"), System: e.visits, Value: visit}}
	}
	if !s.DischargedAt.IsZero() {
		r.Status = "finished"
		r.Hospitalization = &hospitalization{own(codeDischarge, s.Discharge)}
	}
	if s.Status == ward.Withdrawn {
		r.Status = "entered-in-error"
	}
	if name := line(s.Clinician); name != "" {
		r.Participant = []participant{{Type: []concept{*hl7("v3-ParticipationType", "ATND", "attender")}, Individual: &reference{Display: name}}}
	}
	if bed := line(s.Bed); bed != "" {
		r.Location = []location{{&reference{Display: bed}}}
	}
	e.put(r)
}

// dayZero writes the therapy, and the day from which the days are counted if it has
// come. It is no MedicationAdministration, because a dose that was given is an
// intervention too, and must not be counted twice.
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
		Subject:  e.subject(),
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
		Subject:  e.subject(),
		value:    value{Quantity: is(scored(n))},
		Component: []component{
			{own("tool"), value{Concept: own("tool", icans.FieldOf("tool").Code(&icans.Findings{Tool: p.Tool}))}},
		},
	})
}

// who refers to the author of an entry, and writes the Practitioner before the first
// such reference. An import can name people whom the log does not know.
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

// recorded writes the person who brought a resource into the log, and the time.
func (e *Encoder) recorded(target *reference, id string, s ward.Signature) {
	e.put(&provenance{
		header:   header{ResourceType: "Provenance", ID: e.id("provenance", id)},
		Target:   []*reference{target},
		Recorded: stamp(s.At),
		Activity: hl7("v3-DataOperation", "CREATE", "create"),
		Agent:    []agent{e.enterer(s)},
	})
}

// enterer returns the person who entered something. The log does not say whether the
// same person examined or treated the patient.
func (e *Encoder) enterer(s ward.Signature) agent {
	return agent{Type: hl7("provenance-participant-type", "enterer", "Enterer"), Who: e.who(s.By)}
}
