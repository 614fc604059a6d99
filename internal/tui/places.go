package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
)

// open shows the screen that another one asked for. If the place is open already, it
// closes the screens above it; if the screen on top is of the same kind, about another
// subject, it replaces it, so that esc leads up and not through all of them. A screen with
// unsaved work is never closed so. In a round the card takes the place of the board.
func (r *root) open(h kit.Host, to kit.Place) tea.Cmd {
	switch {
	case to.Screen == desk.Board || to.Screen == desk.Round:
		if r.isOpen(desk.Round) {
			return r.toCard(h)
		}
		if to.Screen == desk.Board {
			return r.home(to.Subject)
		}
	case to.Screen == desk.Wall:
		return r.showWall(h)
	case to.Screen == desk.Audit && to.Subject != "": // a view of the patient
		to = kit.Place{Screen: desk.Patient, Subject: to.Subject, Detail: desk.Audit}
	}
	if cmd, ok := r.back(to); ok {
		return cmd
	}
	m := r.makers[to.Screen]
	if m == nil {
		h.Fail(to.Screen + ": not in this version")
		return nil
	}
	screen := m(r.d, to)
	r.places[screen] = to
	_, dialog := screen.(kit.Dialog)
	base := r.stack.Base()
	if at, known := r.places[base]; !dialog && known && at.Screen == to.Screen && unsaved(base) == "" {
		return tea.Batch(r.stack.Close(base), h.Push(screen))
	}
	return h.Push(screen)
}

// toCard closes the screens above the card of the round, unless one has unsaved work.
func (r *root) toCard(h kit.Host) tea.Cmd {
	cmd, ok := r.back(kit.Place{Screen: desk.Round})
	if !ok {
		h.Fail("something is not saved here: save it, or esc keeps it; the round goes on then")
	}
	return cmd
}

// home closes all screens above the board and selects a patient.
func (r *root) home(subject string) tea.Cmd {
	all := r.stack.Screens()
	i := slices.IndexFunc(all, func(s kit.Screen) bool { return r.places[s].Screen == desk.Board })
	if i < 0 {
		return nil
	}
	if c, ok := all[i].(desk.Chooser); ok && subject != "" {
		c.Choose(subject)
	}
	if i == len(all)-1 {
		return nil
	}
	return r.stack.Close(all[i+1])
}

// back closes the screens above a place that is open already. It reports false if the
// place is not open, or if a screen above it has unsaved work.
func (r *root) back(to kit.Place) (tea.Cmd, bool) {
	all := r.stack.Screens()
	for i, s := range slices.Backward(all) {
		if samePlace(r.places[s], to) {
			if i == len(all)-1 {
				return nil, true
			}
			return r.stack.Close(all[i+1]), true
		}
		if unsaved(s) != "" {
			break
		}
	}
	return nil, false
}

// samePlace reports whether two places are one screen. A patient has one form of a new
// check, with or without a round.
func samePlace(a, b kit.Place) bool {
	return a == b || a.Screen == desk.Form && b.Screen == desk.Form && a.Subject == b.Subject
}

// unsaved names the unsaved work of a screen; empty if there is none.
func unsaved(s kit.Screen) string {
	if u, ok := s.(desk.Unsaved); ok {
		return u.Unsaved()
	}
	return ""
}

// forget drops the places of screens that are closed.
func (r *root) forget() {
	open := r.stack.Screens()
	if len(r.places) <= len(open) {
		return
	}
	for s := range r.places {
		if slices.Contains(open, s) || r.keeps(s) {
			continue
		}
		delete(r.places, s)
	}
}

// subject returns the selected patient or check on the screen under the dialogs.
func (r *root) subject() (string, bool) {
	base := r.stack.Base()
	if holder, ok := base.(desk.Holder); ok {
		return holder.Selected()
	}
	to := r.places[base]
	return to.Subject, desk.PatientOf(to.Subject) != 0
}
