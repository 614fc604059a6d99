package chart

import (
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
)

// keeping returns a maker of a dialog that brings an unsaved entry back, from this
// program or from the log.
func keeping(make func(*desk.Desk, kit.Place) *entry) desk.Maker {
	return func(d *desk.Desk, to kit.Place) kit.Screen {
		at := kit.Place{Screen: to.Screen, Subject: to.Subject}
		kept := d.Kept(at)
		if e, ok := kept.(*entry); ok {
			return e
		}
		e := make(d, to)
		e.keep = func(e *entry) { d.Keep(at, e) }
		e.forget = func() { d.Keep(at, nil) }
		if content, ok := kept.(string); ok {
			e.restored, e.leftAt = content, d.KeptSince(at)
		}
		return e
	}
}
