package tui

import (
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// globals returns the keys of every screen. The keys of the screen itself go before them.
func (r *root) globals() []kit.Binding {
	quit := kit.Bind("ctrl+c", "", "quit; it asks first", func(h kit.Host, _ kit.Key) tea.Cmd { return r.askQuit(h) })
	quit.Always = true
	if r.d.User().Name == "" {
		return []kit.Binding{quit}
	}
	lock := kit.Bind("ctrl+l", "", "lock, or change the user: everything stays as it is", func(h kit.Host, _ kit.Key) tea.Cmd { return r.lock(h) })
	lock.Always = true
	_, due := r.d.NextDue(nil)
	undo, undoable := r.d.Undo()
	return append(r.remoteKeys(),
		kit.Bind(":", "", "the command line: a bed, an MRN, a name or a command", func(h kit.Host, _ kit.Key) tea.Cmd {
			return h.Push(r.commandLine())
		}),
		kit.Bind("g", "", "a round: the form of the patient due first, then the next one", func(h kit.Host, _ kit.Key) tea.Cmd {
			return h.Go(kit.Place{Screen: desk.Round})
		}).Recording(string(ward.MayRecord)).If(due, "no check is due").If(r.places[r.stack.Base()].Screen != desk.Form, "this check is open: ctrl+s saves it, esc leaves it"),
		kit.Bind("ctrl+z", "", "withdraw the check that you have just saved, for 2 minutes", func(h kit.Host, _ kit.Key) tea.Cmd {
			return h.Go(undo)
		}).Recording(string(ward.MayRecord)).If(undoable, "no check was saved here in the last 2 minutes"),
		lock, quit,
	)
}

// remoteKeys returns the keys of every screen at a seat over SSH. A screen with a file of its
// own, such as the handover, has its own ctrl+p.
func (r *root) remoteKeys() []kit.Binding {
	if !r.o.Remote || r.o.Outside == nil {
		return nil
	}
	return []kit.Binding{kit.Bind("ctrl+p", "", "a file for your own machine: the command that brings it", func(h kit.Host, _ kit.Key) tea.Cmd {
		to := kit.Place{Screen: desk.Outside}
		if subject, ok := r.subject(); ok {
			to.Subject = desk.Subject(desk.PatientOf(subject))
		}
		return h.Go(to)
	})}
}
