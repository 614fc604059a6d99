package bedside

import (
	"encoding/json"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// Draft is an unfinished check as the log keeps it over a change of shift, a crash and a
// restart. It holds the dialog that was open, with its text.
type Draft struct {
	PerformedAt time.Time         `json:"performed_at"`
	Answers     map[string]string `json:"answers"` // by column; - is not assessed
	Cause       string            `json:"cause,omitempty"`
	Note        string            `json:"note,omitempty"`
	At          string            `json:"at"` // the selected line
	Late        bool              `json:"late,omitempty"`
	Dialog      string            `json:"dialog,omitempty"`
	Typed       string            `json:"typed,omitempty"`
	Version     int               `json:"version,omitempty"` // that a correction makes

	// Version 1 wrote these fields apart from the answers.
	Skipped  []string          `json:"skipped,omitempty"`
	Aside    map[string]string `json:"aside,omitempty"`
	Restores *string           `json:"restores,omitempty"`
}

// Content returns the draft as the content of a draft of the log.
func (d Draft) Content() string {
	text, err := json.Marshal(d)
	if err != nil {
		panic(err) // strings and a time always marshal
	}
	return string(text)
}

// ReadDraft reads the content of a draft, and reports whether it is one.
func ReadDraft(content string) (d Draft, ok bool) {
	err := json.Unmarshal([]byte(content), &d)
	return d, err == nil
}

// Values returns the values that the draft holds, for a patient with that tool. It leaves
// out a word that this version does not know: it is then asked for again.
func (d *Draft) Values(tool icans.Tool) map[string]string {
	values := map[string]string{ToolValue: ToolCode(tool)}
	var x icans.Findings
	for _, answers := range []map[string]string{d.Aside, d.Answers} {
		for column, code := range answers {
			field := icans.FieldOf(column)
			switch {
			case column == ReplacedValue || column == CarriedValue:
				values[column] = code
			case field != nil && code != "" && (code == NotAssessed || field.Set(&x, code) == nil):
				values[column] = code
			}
		}
	}
	for _, column := range d.Skipped {
		values[column] = NotAssessed
	}
	if d.Restores != nil {
		values[ReplacedValue] = replacedMark + *d.Restores
	}
	return values
}

// AnswerCount returns the number of answers in the content of a draft, in words.
func AnswerCount(content string) string {
	n := 0
	if d, ok := ReadDraft(content); ok {
		for _, field := range Fields {
			if code := d.Answers[field.Column]; code != "" && code != NotAssessed {
				n++
			}
		}
	}
	return ward.Several(n, "answer")
}
