package tui

import (
	"context"
	"fmt"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/ward"
)

// A keyboard that rests locks the screen. What the one who was at it had in hand
// is parked as it stands, half-filled forms and all, until they give their PIN;
// meanwhile somebody else may sign in and sees nothing of it.

var keyLock = key.NewBinding(key.WithKeys("ctrl+l"), key.WithHelp("ctrl+l", "lock the screen"))

// idle locks the screen when no key was pressed for as long as the site allows.
func (a *app) idle() tea.Cmd {
	if a.now.Before(a.touched) { // the clock was set back
		a.touched = a.now
	}
	if a.user.Name == "" || a.site.IdleLock <= 0 || a.now.Sub(a.touched) < a.site.IdleLock {
		return nil
	}
	return a.lock()
}

func (a *app) lock() tea.Cmd {
	who := a.user
	note := a.note(ward.AuditEvent{Event: ward.Locked})
	a.parked[who.Name] = a.stack[1:]
	a.stack = a.stack[:1:1]
	a.user = ward.Staff{}
	a.alerts = 0
	door := a.top().(*signIn)
	load := door.open(a)
	door.askPIN(who)
	return tea.Batch(note, load)
}

// enter lets somebody in who has said who they are: to what they left behind a
// locked screen, else to the board.
func (a *app) enter(m ward.Staff) tea.Cmd {
	a.user, a.touched = m, a.now
	if left, ok := a.parked[m.Name]; ok {
		delete(a.parked, m.Name)
		a.stack = append(a.stack[:1:1], left...)
		cmds := []tea.Cmd{a.top().open(a)}
		for _, s := range a.stack {
			if r, ok := s.(refresher); ok {
				cmds = append(cmds, r.refresh(a))
			}
		}
		return tea.Batch(cmds...)
	}
	cmd := a.push(&board{})
	if m.Role == ward.Clinician { // what waits for a clinician comes first
		return tea.Batch(cmd, a.push(&followUps{}))
	}
	return cmd
}

// noted is the value of a command that recorded an audit event.
type noted struct{}

// note records what whoever is at the keyboard did. In a log that is open
// read-only there is nothing to record it in.
func (a *app) note(e ward.AuditEvent) tea.Cmd {
	if a.store.ReadOnly() || a.user.Name == "" {
		return nil
	}
	log := a.store
	do := signed(a, func(ctx context.Context, sig ward.Signature) error { return log.Note(ctx, sig, e) })
	_, cmd := ask(a, e.PatientID, func(ctx context.Context) (noted, error) { return noted{}, do(ctx) })
	return cmd
}

// notNoted says that something could not be recorded. It is shown all the same:
// the patient comes before the audit trail.
func (a *app) notNoted(err error) {
	if err != nil {
		a.fail(fmt.Errorf("this could not be recorded in the audit trail: %w", err))
	}
}
