package fhir

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

func (e *Encoder) patientID(number int64) string { return e.id("patient", number) }

// subject refers to the patient of the chart, also for a check that was recorded under
// a patient who was linked to this one. A server that has its own patients finds this one
// by the MRN.
func (e *Encoder) subject() *reference {
	if e.o.Server.OwnPatients() {
		return &reference{Reference: "Patient?identifier=" + searched(e.mrns) + "|" + searched(line(e.chart.Patient.MRN))}
	}
	return ref("Patient", e.patientID(e.chart.Patient.ID))
}

// encounter refers to the stay that holds the time t, or returns nil.
func (e *Encoder) encounter(t time.Time) *reference {
	stay := ward.StayAt(e.chart.Stays, t)
	if stay == nil {
		return nil
	}
	return ref("Encounter", e.id("stay", stay.ID))
}

// patients writes the patient of a chart, and those who were linked to this one. A server
// that has its own patients gets none.
func (e *Encoder) patients(c *ward.Chart) {
	if e.o.Server.OwnPatients() {
		return
	}
	e.patient(c)
	for _, p := range replaced(c) {
		e.put(&patient{
			header:     header{ResourceType: "Patient", ID: e.patientID(p.ID)},
			Identifier: []identifier{{Use: "old", Type: hl7("v2-0203", "MR", "Medical record number"), System: e.mrns, Value: line(p.MRN)}},
			Active:     is(false),
			Link:       []link{{ref("Patient", e.patientID(c.Patient.ID)), "replaced-by"}},
		})
	}
	e.end()
}

// replaced returns the patients who were linked to the patient of a chart, each in the
// newest version.
func replaced(c *ward.Chart) (list []ward.Patient) {
	seen := map[int64]bool{c.Patient.ID: true}
	for i := range c.PatientVersions { // of each patient the newest first
		if p := c.PatientVersions[i]; !seen[p.ID] {
			seen[p.ID] = true
			list = append(list, p)
		}
	}
	return list
}

func (e *Encoder) patient(c *ward.Chart) {
	p := &c.Patient
	r := &patient{
		header:     header{ResourceType: "Patient", ID: e.patientID(p.ID)},
		Identifier: []identifier{{Type: hl7("v2-0203", "MR", "Medical record number"), System: e.mrns, Value: line(p.MRN)}},
		Gender:     e.o.Server.Gender,
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
	e.end()
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
	r.Text = told(r.Status, "Inpatient stay"+fromTo(s.AdmittedAt, s.DischargedAt), words(codeDischarge, s.Discharge))
	if name := line(s.Clinician); name != "" {
		r.Participant = []participant{{Type: []concept{*hl7("v3-ParticipationType", "ATND", "attender")}, Individual: &reference{Display: name}}}
	}
	if bed := line(s.Bed); bed != "" {
		r.Location = []location{{&reference{Display: bed}}}
	}
	e.put(r)
}

// therapies writes day 0 and the baseline of the patient, and takes back those of patients
// who were linked to this one: theirs stay behind.
func (e *Encoder) therapies(c *ward.Chart) {
	e.dayZero(&c.Patient, hadTherapy(c, c.Patient.ID) && !givesTherapy(&c.Patient))
	e.baseline(&c.Patient, hadBaseline(c, c.Patient.ID) && !hasBaseline(&c.Patient))
	for _, p := range replaced(c) {
		if hadTherapy(c, p.ID) {
			e.dayZero(&p, true)
		}
		if hadBaseline(c, p.ID) {
			e.baseline(&p, true)
		}
	}
	e.end()
}

func givesTherapy(p *ward.Patient) bool { return !p.InfusedAt.IsZero() || line(p.Product) != "" }

func hasBaseline(p *ward.Patient) bool {
	_, known := p.Baseline.Value()
	return known
}

// hadTherapy reports whether any version of a patient names a therapy, so that an earlier
// export may have written it.
func hadTherapy(c *ward.Chart, id int64) bool {
	return slices.ContainsFunc(c.PatientVersions, func(p ward.Patient) bool { return p.ID == id && givesTherapy(&p) })
}

func hadBaseline(c *ward.Chart, id int64) bool {
	return slices.ContainsFunc(c.PatientVersions, func(p ward.Patient) bool { return p.ID == id && hasBaseline(&p) })
}

// dayZero writes the therapy, and the day from which the days are counted if it has
// come; or that there is none any more. It is no MedicationAdministration, because a dose
// that was given is an intervention too, and must not be counted twice.
func (e *Encoder) dayZero(p *ward.Patient, gone bool) {
	if !givesTherapy(p) && !gone {
		return
	}
	r := &observation{
		header:   header{ResourceType: "Observation", ID: e.id("day zero", p.ID)},
		Status:   "final",
		Category: []concept{*hl7("observation-category", "therapy", "Therapy")},
		Code:     own(codeDayZero),
		Subject:  e.subject(),
	}
	switch product := line(p.Product); {
	case gone:
		r.Status = "entered-in-error"
	case product != "":
		r.Component = []component{{own(codeTherapy), value{String: product}}}
	}
	if gone || p.InfusedAt.IsZero() || p.InfusedAt.After(e.o.Made) {
		r.value = value{Absent: hl7("data-absent-reason", "unknown", "Unknown")}
		r.Text = told(r.Status, "Day 0 is not known")
	} else {
		r.value = value{DateTime: stamp(p.InfusedAt)}
		r.Text = told(r.Status, "Day 0: "+when(p.InfusedAt))
	}
	t := e.o.Touched // time alone makes day 0 come
	e.touched(t != nil && p.InfusedAt.After(t.At) && !p.InfusedAt.After(e.o.Made))
	e.put(r)
}

func therapy(p *ward.Patient) *concept {
	c := own(codeTherapy)
	c.Text = line(p.Product)
	return c
}

func (e *Encoder) baseline(p *ward.Patient, gone bool) {
	n, known := p.Baseline.Value()
	if !known && !gone {
		return
	}
	r := &observation{
		header:   header{ResourceType: "Observation", ID: e.id("baseline", p.ID)},
		Status:   "final",
		Category: []concept{*surveyed},
		Code:     own(codeBaseline),
		Subject:  e.subject(),
		value:    value{Absent: hl7("data-absent-reason", "unknown", "Unknown")},
	}
	if gone {
		r.Status = "entered-in-error"
	} else {
		r.value = value{Quantity: is(scored(n))}
		r.Component = []component{
			{own("tool"), value{Concept: own("tool", icans.FieldOf("tool").Code(&icans.Findings{Tool: p.Tool}))}},
		}
		r.Text = told(r.Status, "Baseline: "+toolName(p.Tool)+" "+strconv.Itoa(n))
	}
	e.touched(false)
	e.put(r)
}

// who refers to the author of an entry, and writes the Practitioner before the first
// such reference. An import can name people whom the log does not know. A server that has
// its own patients gets the name alone.
func (e *Encoder) who(name string) *reference {
	name = line(name)
	key := foldName(name)
	id := e.id("person", key)
	m, known := e.staff[key]
	if known {
		name = line(m.Name)
	}
	if e.o.Server.OwnPatients() {
		return &reference{Display: cmp.Or(name, "unknown")}
	}
	changed := e.o.Touched != nil && e.o.Touched.Staff[key]
	if !e.people[key] && (!e.skip || changed) {
		e.people[key] = true
		r := &practitioner{header: header{ResourceType: "Practitioner", ID: id}}
		if known {
			r.Active = is(m.Active)
		}
		if name != "" {
			r.Name = []humanName{{Text: name}}
		}
		e.write(r)
	}
	return ref("Practitioner", id)
}

// foldName returns a name as it is compared.
func foldName(name string) string { return strings.ToLower(line(name)) }

// recorded writes the person who brought a resource into the log, and the time.
func (e *Encoder) recorded(target *reference, id string, s ward.Signature) {
	e.put(&provenance{
		header:   header{ResourceType: "Provenance", ID: e.id("provenance", id), Text: told("", "Recorded "+when(s.At))},
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
