// Package follow holds the screens about follow-ups: the list of the ward, accepting,
// closing, the checklist and comments.
//
// [Screens] is the table for the root. The list is followups.go, with one row a patient
// (row.go), the details of the row at its foot (details.go), and its checklist at the right
// of a wide window (panel.go). The others are dialogs: accept.go, closing.go, checklist.go
// and comment.go.
package follow

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// Screens returns the makers of the screens of this package.
func Screens() map[string]desk.Maker {
	return map[string]desk.Maker{
		desk.FollowUps: newFollowUps,
		desk.Accept:    newAccept,
		desk.Close:     newClosing,
		desk.Checklist: newChecklist,
		desk.Comment:   newComment,
	}
}

// open returns the state of a patient with an open follow-up; nil if there is none.
func open(d *desk.Desk, patient int64) *ward.PatientState {
	s, ok := d.State(patient)
	if !ok || s.FollowUp == nil {
		return nil
	}
	return s
}

// nothing returns the dialog that answers if a patient has no open follow-up. A text that
// was typed for one that was closed meanwhile is shown and may be discarded, because it can
// no longer be saved.
func nothing(d *desk.Desk, to kit.Place, does string) kit.Screen {
	subject := "No patient is chosen"
	if s, ok := d.State(desk.PatientOf(to.Subject)); ok {
		subject = words.About(&s.Patient)
	}
	q := &kit.Question{Subject: []string{subject}, Text: []string{"No follow-up is open: there is nothing to " + does + "."},
		Options: []kit.Option{{Keys: []string{"0"}, Label: "back"}}}
	kept, _ := d.Kept(to).(string)
	if kept == "" {
		return q
	}
	q.Text = append(q.Text, "Your text of "+d.Time(d.KeptSince(to))+" was not saved before it was closed: "+kit.Plain(kept))
	q.Options[0].Label = "back, the text is kept"
	q.Options = append([]kit.Option{{Keys: []string{"1"}, Label: "discard the text", Do: func(h kit.Host) tea.Cmd {
		d.Keep(to, nil)
		h.Say("the text is discarded")
		return nil
	}}}, q.Options...)
	return q
}

// levelPeak returns "urgent, peak 2".
func levelPeak(f *ward.FollowUp) string { return fmt.Sprintf("%s, peak %d", words.Level(f), f.Peak) }
