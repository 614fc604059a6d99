package fhir

import (
	"bytes"
	"encoding/json"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// systemURL names the CodeSystem of this project. The top-level domain example
// has no owner, so that the name can never lead to another project's page.
const systemURL = "https://neurocheck.example/fhir/CodeSystem/neurocheck"

// term is one concept of the CodeSystem; the values of a concept are below it, and
// their codes begin with its code.
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
	codeJoined    = "joined"
	codePeak      = "peak"
	codeCause     = "other_cause_note"
	codeDue       = "due"
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
		{codeCheck, "Neuro check", "One bedside examination at one time: the items of ICE or CAPD, the level of consciousness, neurological signs, the five features and other signs", nil},
		{codeScoreICE, "ICE score", "Immune effector cell-associated encephalopathy score: total of the eight ICE items, 0 to 10, 10 is well (Lee et al. 2019)", nil},
		{codeScoreCAPD, "CAPD score", "Cornell Assessment of Pediatric Delirium: total of the eight items, 0 to 32, 0 is well (Traube et al. 2014)", nil},
		{codeBaseline, "Baseline score", "Score of the patient's tool before the infusion", nil},
		{codeDayZero, "Day 0", "When the therapy was infused, or its first dose given: the days are counted from it", nil},
		{codeGrade, "ICANS grade", "Grade 0 to 4 that the findings match by the ASTCT consensus (Lee et al. 2019): computed, and no diagnosis. An interval if missing or uncertain findings could change it", nil},
	}
	for _, f := range icans.Fields() {
		t := term{Code: f.Column, Display: f.Label, Definition: f.Help}
		if name := domains[f.Column]; name != "" {
			t.Display = name
		}
		if !isPoints(f) {
			for _, v := range f.Terms {
				t.Terms = append(t.Terms, term{Code: f.Column + "." + v.Code, Display: v.Label})
			}
		}
		list = append(list, t)
	}
	list = append(list,
		under(codeDriver, "Driver", "Domain whose own least grade made the least grade of the check", vocabulary(icans.Domains(1), icans.DomainICP)),
		term{codeCause, "Which other cause", "Cause to which a clinician attributes the findings of the domains in other_cause", nil},
		under(codeFlag, "Flag", "Urgency of the follow-up that the check needs", plain(icans.FlagTerms[:])),
		under(codeReason, "Reason for the flag", "Finding or comparison that flags the check, or that leaves it unfinished", vocabulary(icans.Reasons(1), icans.AtBaseline)),
		term{codeSymptom, "Reported symptom", "Symptom that the patient or a caregiver reported between checks, in their words", nil},
		under(codeTeller, "Told by", "Person who reported a symptom", ward.Reporters),
		term{codeFollowUp, "Follow-up of an episode", "Opened by a flagged check, joined and raised by later ones, acknowledged and closed by a person", nil},
		under(codeJoined, "Check of a follow-up", "Effect that a flagged check had on the follow-up", []ward.Term{
			{Code: string(ward.JoinOpened), Label: "opened it"}, {Code: string(ward.JoinJoined), Label: "joined it"}, {Code: string(ward.JoinRaised), Label: "raised it"},
		}),
		term{codePeak, "Peak of a follow-up", "Greatest ICANS grade, 0 to 4, of the checks that joined a follow-up", nil},
		under(codeDue, "Reason for the next check", "Rule by which the next check is due, or the reason that none is", ward.Whys),
		under(codeOutcome, "Outcome of a follow-up", "Result with which a clinician closed it", ward.Outcomes),
		under(codeVersion, "Version of a check", "State of a version of a check", ward.Statuses),
		under(codeWhy, "Reason for a later version", "Reason for correcting or withdrawing a check", ward.Reasons),
		under(codeDone, "Intervention", "Treatment or examination, to read a trend against", ward.Interventions),
		term{codeTherapy, "Immunotherapy", "The immune effector cell therapy or bispecific antibody itself", nil},
		under(codeOrder, "Order about the schedule", "Effect of a clinician's order on the patient's checks", ward.OrderKinds),
		under(codeDischarge, "Discharge", "End of the stay", ward.Discharges),
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
		"Words that a ward records in neuro checks after immune effector cell therapy, and that the program computes from them. The values of a concept are below it. The columns of the CSV export and the log use the same words, without the part before the point.",
		true, "grouped-by", "complete", count, list,
	})
	return b.Bytes(), err
}
