// Package session holds the screens that let people in: the sign-in, which is the lock
// screen as well, the choice of a PIN, and the first run of a ward.
//
// Start with signin.go, which lists the names; pinentry.go asks one of them for the PIN.
// Neither shows patient data. They call Enter of [desk.Doors] after a right PIN, and the
// root decides which screens open then.
//
// PINs are compared and digested in commands, because that takes a tenth of a second.
package session

import (
	"context"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// Screens returns the screens of this package by their places.
func Screens() map[string]desk.Maker {
	return map[string]desk.Maker{
		desk.SignIn:   newSignIn,
		desk.NewPIN:   newFirstPIN,
		desk.PIN:      newOtherPIN,
		desk.FirstRun: newFirstRun,
	}
}

// disclaimer is the one line that every user reads.
const disclaimer = "This program supports judgement and does not replace it."

// people are the names of a ward, as the sign-in shows them.
type people struct {
	fresh   bool // the log has no ward yet
	ward    ward.Ward
	zone    *time.Location
	staff   []ward.Staff
	unsaved map[string][]string // the kinds of the forms that are not saved yet, by author
}

// loadPeople reads the ward, its staff, and the kinds of the unsaved forms of each person.
// Nothing else of a draft leaves the log. If the record of a member of staff is damaged, it
// returns the others with the error.
func loadPeople(ctx context.Context, log *store.Store) (people, error) {
	w, err := log.Ward(ctx)
	if err != nil && ward.KindOf(err) == ward.KindNotFound {
		return people{fresh: true, zone: time.UTC}, nil
	}
	if err != nil {
		return people{}, err
	}
	zone, err := w.Location()
	if err != nil {
		return people{}, err
	}
	staff, damage := log.Staff(ctx)
	if damage != nil && len(staff) == 0 {
		return people{}, damage
	}
	unsaved := map[string][]string{}
	for _, m := range staff {
		if !m.Active || m.Role == ward.Feed {
			continue
		}
		drafts, err := log.Drafts(ctx, m.Name)
		if err != nil {
			return people{}, err
		}
		for _, draft := range drafts {
			unsaved[m.Name] = append(unsaved[m.Name], draft.Kind)
		}
	}
	return people{ward: w, zone: zone, staff: staff, unsaved: unsaved}, damage
}

// title is the first line of every screen of this package but that of a PIN.
func title(d *desk.Desk, p kit.Page) []string {
	name := "neurocheck"
	if d.Ward().Name != "" {
		name = kit.Plain(d.Ward().Name)
	}
	const about = "neuro checks, ICANS grades, follow-ups"
	line := " " + p.Pad(p.Strong.Render(name), max(p.Cells(name)+2, 26)) + about
	if p.Cells(line) > p.Width-8 { // the ward's name comes first
		line = " " + p.Strong.Render(name)
	}
	return []string{line}
}
