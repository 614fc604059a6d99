// Package check holds the form of a neuro check and the questions around a saved check:
// save, correct, withdraw, move to another patient, discard a draft.
//
// Start with form.go, the screen. sheet.go makes its lines; package bedside turns their
// values into the findings of a check and finds the points that the save question asks
// about. A reason for "not done" or another tool hides
// lines and keeps their values, so that the answers come back with the lines. draft.go
// writes the form to the log after each key. The dialogs of the form are in unable.go,
// cause.go and entry.go; save.go asks the save question.
package check

import (
	"neurocheck/internal/tui/desk"
)

// Screens returns the screens of the package by the names of their places.
func Screens() map[string]desk.Maker {
	return map[string]desk.Maker{
		desk.Form:      newForm,
		desk.Correct:   newCorrection,
		desk.Withdraw:  newWithdrawal,
		desk.MoveCheck: newMove,
		desk.Discard:   newDiscard,
	}
}
