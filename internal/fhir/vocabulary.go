package fhir

import (
	"bytes"
	"encoding/json"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// systemURL names the CodeSystem of this project. The top-level domain example
// belongs to nobody, so that the name can never lead to somebody else's page.
const systemURL = "https://neurocheck.example/fhir/CodeSystem/neurocheck"

// term is one concept of the CodeSystem; a value stands below what it is a value
// of, and its code begins with it.
type term struct {
	Code       string `json:"code"`
	Display    string `json:"display"`
	Definition string `json:"definition,omitempty"`
	Terms      []term `json:"concept,omitempty"`
}

// The concepts that are no word of the vocabularies.
const (
	codeCheck     = "neuro_check"
	codeScoreICE  = "ice_score"
	codeScoreCAPD = "capd_score"
	codeBaseline  = "baseline_score"
	codeDayZero   = "day_zero"
	codeGrade     = "icans_grade"
	codeDriver    = "driver"
	codeFlag      = "flag"
	codeReason    = "flag_reason"
	codeSymptom   = "reported_symptom"
	codeTeller    = "told_by"
	codeFollowUp  = "follow_up"
	codeOutcome   = "outcome"
	codeVersion   = "version"
	codeWhy       = "reason"
	codeDone      = "intervention"
	codeTherapy   = "immunotherapy"
	codeOrder     = "order"
	codeDischarge = "discharge"
)

// terms returns the whole CodeSystem.
func terms() []term {
	domains := make(map[string]string)
	for _, d := range vocabulary(icans.Domains(1), icans.DomainICP) {
		domains[d.Code] = d.Label
	}
	list := []term{
		{codeCheck, "Neuro check", "One bedside examination at one time: the items of ICE or CAPD, the level of consciousness, neurological signs, and what was seen beside", nil},
		{codeScoreICE, "ICE score", "Immune effector cell-associated encephalopathy score: total of the eight ICE items, 0 to 10, 10 is well (Lee et al. 2019)", nil},
		{codeScoreCAPD, "CAPD score", "Cornell Assessment of Pediatric Delirium: total of the eight items, 0 to 32, 0 is well (Traube et al. 2014)", nil},
		{codeBaseline, "Baseline score", "Score of the patient's tool before the infusion", nil},
		{codeDayZero, "Day 0", "When the therapy was infused, or its first dose given: the days are counted from it", nil},
		{codeGrade, "ICANS grade", "Grade 0 to 4 that the findings match by the ASTCT consensus (Lee et al. 2019): computed, and no diagnosis. An interval where what was not assessed could change it", nil},
	}
	for _, f := range icans.Fields() {
		t := term{Code: f.Column, Display: f.Label, Definition: f.Help}
		if name := domains[f.Column]; name != "" {
			t.Display = name // the form's label is what is asked: "Awake"
		}
		if f.Group != icans.GroupICE && f.Group != icans.GroupCAPD { // their values are points
			for _, v := range f.Terms {
				t.Terms = append(t.Terms, term{Code: f.Column + "." + v.Code, Display: v.Label})
			}
		}
		list = append(list, t)
	}
	list = append(list,
		under(codeDriver, "Driver", "Domain whose own least grade made the least grade of the check", vocabulary(icans.Domains(1), icans.DomainICP)),
		under(codeFlag, "Flag", "Whether the check asks for follow-up", plain(icans.FlagTerms[:])),
		under(codeReason, "Reason for the flag", "Why the check asks for follow-up", vocabulary(icans.Reasons(1), icans.BelowBaseline)),
		term{codeSymptom, "Reported symptom", "What the patient or a caregiver reported between checks, in their words", nil},
		under(codeTeller, "Told by", "Who reported a symptom", ward.Tellers),
		term{codeFollowUp, "Follow-up of a flagged check", "Opened by a flagged check, acknowledged and closed by a person", nil},
		under(codeOutcome, "Outcome of a follow-up", "How a person closed it", ward.Outcomes),
		under(codeVersion, "Version of a check", "What a version of a check is", ward.Statuses),
		under(codeWhy, "Reason for a later version", "Why a check was corrected or withdrawn", ward.Reasons),
		under(codeDone, "Intervention", "What was done, for a trend to be read against", ward.Interventions),
		term{codeTherapy, "Immunotherapy", "The immune effector cell therapy or bispecific antibody itself", nil},
		under(codeOrder, "Order about the schedule", "What a clinician ordered about the patient's checks", ward.OrderKinds),
		under(codeDischarge, "Discharge", "How the stay ended", ward.Discharges),
	)
	return list
}

func under(code, display, definition string, values []ward.Term) term {
	t := term{Code: code, Display: display, Definition: definition}
	for _, v := range values {
		t.Terms = append(t.Terms, term{Code: code + "." + v.Code, Display: v.Label})
	}
	return t
}

func plain(list []icans.Term) (terms []ward.Term) {
	for _, t := range list {
		terms = append(terms, ward.Term{Code: t.Code, Label: t.Label})
	}
	return terms
}

// vocabulary returns the words of a set, one member after the other.
func vocabulary[S interface {
	icans.Domains | icans.Reasons
	Codes() []string
	Words() []string
}](first, last S) (terms []ward.Term) {
	for one := first; one <= last && one != 0; one <<= 1 {
		terms = append(terms, ward.Term{Code: one.Codes()[0], Label: one.Words()[0]})
	}
	return terms
}

// displays are the words of each code of the CodeSystem.
var displays = func() map[string]string {
	m := make(map[string]string)
	for _, t := range terms() {
		m[t.Code] = t.Display
		for _, v := range t.Terms {
			m[v.Code] = v.Display
		}
	}
	return m
}()

// own is a concept of the CodeSystem: its code, or that of a value below it.
func own(parts ...string) *concept {
	code := parts[0]
	for _, p := range parts[1:] {
		code += "." + p
	}
	return &concept{Coding: []coding{{systemURL, code, displays[code]}}}
}

// CodeSystem returns the text of schema/fhir/CodeSystem-neurocheck.json: every
// local code, with its words.
func CodeSystem() ([]byte, error) {
	list, count := terms(), 0
	for _, t := range list {
		count += 1 + len(t.Terms)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(struct {
		ResourceType     string `json:"resourceType"`
		ID               string `json:"id"`
		URL              string `json:"url"`
		Name             string `json:"name"`
		Title            string `json:"title"`
		Status           string `json:"status"`
		Experimental     bool   `json:"experimental"`
		Description      string `json:"description"`
		CaseSensitive    bool   `json:"caseSensitive"`
		HierarchyMeaning string `json:"hierarchyMeaning"`
		Content          string `json:"content"`
		Count            int    `json:"count"`
		Concept          []term `json:"concept"`
	}{
		"CodeSystem", "neurocheck", systemURL, "Neurocheck", "Words of neurocheck", "active", false,
		"What a ward records in neuro checks after immune effector cell therapy, and what the program makes of it. A value stands below what it is a value of. The columns of the CSV export and the log use the same words, without what stands before the point.",
		true, "grouped-by", "complete", count, list,
	})
	return b.Bytes(), err
}
