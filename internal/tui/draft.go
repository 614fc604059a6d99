package tui

import (
	"encoding/json"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// draft is an unfinished check form as the log keeps it over a change of shift, a crash
// and a restart.
type draft struct {
	PerformedAt time.Time         `json:"performed_at"`
	Answers     map[string]string `json:"answers"`
	Skipped     []string          `json:"skipped,omitempty"` // answered as not assessed
	Cause       string            `json:"cause,omitempty"`
	Note        string            `json:"note,omitempty"`
	Aside       map[string]string `json:"aside,omitempty"`    // answers that "not done" replaced
	Restores    *string           `json:"restores,omitempty"` // consciousness before "unarousable" set it
	At          string            `json:"at"`                 // selected column
}

// content returns the form as the content of a draft.
func (f *checkForm) content() string {
	d := draft{PerformedAt: f.check.PerformedAt, Answers: map[string]string{}, Cause: f.cause, Note: f.check.Note, At: f.field().Column}
	apart := f.asideFindings()
	for _, field := range icans.Fields() {
		if code := field.Code(&f.check.Findings); code != "" {
			d.Answers[field.Column] = code
		}
		if f.skipped[field] {
			d.Skipped = append(d.Skipped, field.Column)
		}
		if code := field.Code(&apart); code != "" && isAside(field) {
			if d.Aside == nil {
				d.Aside = map[string]string{}
			}
			d.Aside[field.Column] = code
		}
	}
	if f.aside.Set {
		code := icans.FieldOf("consciousness").Code(&icans.Findings{Consciousness: f.aside.Consciousness})
		d.Restores = &code
	}
	text, err := json.Marshal(d)
	if err != nil {
		panic(err) // strings and a time always marshal
	}
	return string(text)
}

// isAside reports whether "not done" keeps the answer of the field aside.
func isAside(field *icans.Field) bool {
	return field.Group == icans.GroupICE || field.Group == icans.GroupCAPD || field.Group == icans.GroupTotal
}

func (f *checkForm) asideFindings() icans.Findings {
	return icans.Findings{ICE: f.aside.ICE, CAPD: f.aside.CAPD, StatedTotal: f.aside.StatedTotal}
}

// restore fills the form from the content of a draft. It leaves out a word that this
// version does not know: the form then asks for it again.
func (f *checkForm) restore(content string) {
	var d draft
	if json.Unmarshal([]byte(content), &d) != nil {
		return
	}
	f.check.PerformedAt = d.PerformedAt
	f.check.Note = ward.CleanText(d.Note)
	f.cause = ward.CleanLine(d.Cause)
	for column, code := range d.Answers {
		if field := icans.FieldOf(column); field != nil && code != "" { // a form without a tool asks for nothing
			_ = field.Set(&f.check.Findings, code)
		}
	}
	var apart icans.Findings
	for column, code := range d.Aside {
		if field := icans.FieldOf(column); field != nil && isAside(field) {
			_ = field.Set(&apart, code)
		}
	}
	f.aside.ICE, f.aside.CAPD, f.aside.StatedTotal = apart.ICE, apart.CAPD, apart.StatedTotal
	if d.Restores != nil {
		var x icans.Findings
		f.aside.Set = icans.FieldOf("consciousness").Set(&x, *d.Restores) == nil
		f.aside.Consciousness = x.Consciousness
	}
	for _, column := range d.Skipped {
		if field := icans.FieldOf(column); field != nil {
			f.skipped[field] = true
		}
	}
	for i, field := range f.fields() {
		if field.Column == d.At {
			f.at = i
		}
	}
}
