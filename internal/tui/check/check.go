// Package check holds the form of a neuro check and the questions around a saved check:
// save, correct, withdraw, move to another patient, discard unsaved work.
//
// Start with examination.go: the check that a form records, and the patient's record that
// it is compared with. Below it, sheet.go holds the answers: lines.go makes a line of each,
// answers.go gives them, package bedside turns them into findings, and earlier.go finds the
// checks next to them. notdone.go hides the items of a tool that was not done.
//
// Functions over the examination draw it (body.go, columns.go, lastrow.go, foot.go, ask.go),
// ask before a save (questions.go, with changes.go), and write it as a draft
// (draft.go). The dialogs (unable.go, cause.go, entry.go) change it, and know the form only
// as their owner, which evaluates and keeps each change: see dialog.go.
//
// form.go is the screen on top of these: formload.go opens it, formdraft.go keeps it in the
// log after each key, formsave.go saves it.
package check

import (
	"neurocheck/internal/tui/desk"
)

// Screens returns the screens of the package by the names of their places.
func Screens() map[string]desk.Maker {
	return map[string]desk.Maker{
		desk.Form:      newForm,
		desk.Correct:   newForm,
		desk.Withdraw:  newWithdrawal,
		desk.MoveCheck: newMove,
		desk.Discard:   newDiscard,
	}
}
