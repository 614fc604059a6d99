package chart

import (
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
)

// unsaved holds the entries that were left with text in them, by person, dialog and
// patient, so that the dialog opens with them again.
type unsaved map[string]*entry

// maker returns a maker of a dialog that brings an unsaved entry back.
func (u unsaved) maker(make func(*desk.Desk, kit.Place) *entry) desk.Maker {
	return func(d *desk.Desk, to kit.Place) kit.Screen {
		key := d.User().Name + "\n" + to.Screen + "\n" + to.Subject
		if e := u[key]; e != nil {
			return e
		}
		e := make(d, to)
		e.keep = func(e *entry) { u[key] = e }
		e.forget = func() { delete(u, key) }
		return e
	}
}
