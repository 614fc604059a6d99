package desk

import (
	"errors"

	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// Words turns an error into a sentence for the person at the keyboard. It is the one
// place that does.
func Words(err error) string {
	if e, ok := errors.AsType[*ward.Error](err); ok {
		if e.Field == "" {
			return e.Reason
		}
		return words.FieldWords(e.Field) + ": " + e.Reason
	}
	if p, ok := errors.AsType[*kit.Panic](err); ok {
		return "error at " + p.Place + ": this did not work. Nothing typed is lost"
	}
	return "this did not work: " + err.Error()
}

// NotSaved returns the line for a save that failed. The form stays.
func NotSaved(err error) string { return "NOT SAVED: " + Words(err) }
