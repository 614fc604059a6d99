package tui

import (
	"encoding/json"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// draft is a half-filled check form as it is kept between two people's shifts, a
// crash and a restart.
type draft struct {
	PerformedAt time.Time         `json:"performed_at"`
	Answers     map[string]string `json:"answers"`
	Skipped     []string          `json:"skipped,omitempty"` // answered as not assessed
	Note        string            `json:"note,omitempty"`
	At          string            `json:"at"` // column in hand
}

// content writes the form down.
func (f *checkForm) content() string {
	d := draft{PerformedAt: f.check.PerformedAt, Answers: map[string]string{}, Note: f.check.Note, At: f.field().Column}
	for _, field := range icans.Fields() {
		if code := field.Code(&f.check.Findings); code != "" {
			d.Answers[field.Column] = code
		}
		if f.skipped[field] {
			d.Skipped = append(d.Skipped, field.Column)
		}
	}
	text, err := json.Marshal(d)
	if err != nil {
		panic(err) // strings and a time always marshal
	}
	return string(text)
}

// restore fills the form from what content wrote. A word that this version does
// not know is left out: the form then asks for it again.
func (f *checkForm) restore(content string) {
	var d draft
	if json.Unmarshal([]byte(content), &d) != nil {
		return
	}
	f.check.PerformedAt = d.PerformedAt
	f.check.Note = ward.CleanText(d.Note)
	for column, code := range d.Answers {
		if field := icans.FieldOf(column); field != nil && code != "" { // a form without a tool asks for nothing
			_ = field.Set(&f.check.Findings, code)
		}
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
