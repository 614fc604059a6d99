package check

import (
	"fmt"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// draft is an unfinished form as the log keeps it over a change of shift, a crash and a
// restart. It holds the dialog that was open, with its text.
type draft struct {
	PerformedAt time.Time         `json:"performed_at"`
	Answers     map[string]string `json:"answers"` // by column; - is not assessed
	Cause       string            `json:"cause,omitempty"`
	Note        string            `json:"note,omitempty"`
	At          string            `json:"at"` // the line in hand
	Late        bool              `json:"late,omitempty"`
	Dialog      string            `json:"dialog,omitempty"`
	Typed       string            `json:"typed,omitempty"`
	TakenFrom   string            `json:"taken_from,omitempty"`
	Version     int               `json:"version,omitempty"` // that a correction makes

	// Version 1 wrote these fields apart from the answers.
	Skipped  []string          `json:"skipped,omitempty"`
	Aside    map[string]string `json:"aside,omitempty"`
	Restores *string           `json:"restores,omitempty"`
}

// draft returns the examination as a draft.
func (e *examination) draft() draft {
	l, _ := e.sheet.Current()
	return draft{
		PerformedAt: e.check.PerformedAt, Answers: e.sheet.Values(), Cause: e.sheet.cause, Note: e.check.Note,
		At: l.ID, Late: e.sheet.late, Dialog: e.dialog, Typed: e.typed, TakenFrom: e.takenFrom, Version: e.check.Version,
	}
}

// restore fills the examination from the content of a draft, and returns that draft. It
// leaves out a word that this version does not know: the form then asks for it again.
func (e *examination) restore(content string) (d draft) {
	if !desk.Unmarshal(content, &d) {
		return draft{}
	}
	e.check.PerformedAt, e.check.Note = d.PerformedAt, ward.CleanText(d.Note)
	e.typed, e.takenFrom = kit.Clean(d.Typed), d.TakenFrom
	e.sheet.cause, e.sheet.late = ward.CleanLine(d.Cause), d.Late
	e.sheet.Load(d.values(toolCode(e.history.Patient.Tool)))
	e.sheet.lay()
	e.evaluate()
	e.sheet.GoTo(d.At)
	if _, ok := e.sheet.Current(); !ok {
		e.sheet.goToOpen()
	}
	return d
}

// values returns the values of a form that the draft holds.
func (d *draft) values(tool string) map[string]string {
	values := map[string]string{toolValue: tool}
	var x icans.Findings
	for _, answers := range []map[string]string{d.Aside, d.Answers} {
		for column, code := range answers {
			field := icans.FieldOf(column)
			switch {
			case column == replacedValue || column == carriedValue:
				values[column] = code
			case field != nil && code != "" && (code == kit.NotAssessed || field.Set(&x, code) == nil):
				values[column] = code
			}
		}
	}
	for _, column := range d.Skipped {
		values[column] = kit.NotAssessed
	}
	if d.Restores != nil {
		values[replacedValue] = replacedMark + *d.Restores
	}
	return values
}

// answersIn returns the number of answers that a draft holds.
func answersIn(d *store.Draft) (n int) {
	var content draft
	if !desk.Unmarshal(d.Content, &content) {
		return 0
	}
	for _, field := range sheetFields {
		if code := content.Answers[field.Column]; code != "" && code != kit.NotAssessed {
			n++
		}
	}
	return n
}

// answerCount returns the number of answers of a draft in words.
func answerCount(d *store.Draft) string {
	if n := answersIn(d); n != 1 {
		return fmt.Sprintf("%d answers", n)
	}
	return "1 answer"
}
