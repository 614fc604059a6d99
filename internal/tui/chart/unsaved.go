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

// value is the value of a line in a draft.
type value struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// Content implements [desk.Contented]: the values of the lines that were shown.
func (e *entry) Content() string {
	list := e.lines()
	values := make([]value, len(list))
	for i, l := range list {
		values[i] = value{l.label, l.value()}
	}
	return desk.Marshal(values)
}

// restore fills the lines from the content of a draft. Each value may bring further
// lines, so that they are filled one after the other.
func (e *entry) restore() {
	var values []value
	desk.Unmarshal(e.restored, &values)
	e.restored = ""
	for i, v := range values {
		list := e.lines()
		if i >= len(list) || list[i].label != v.Label {
			return
		}
		if v.Value != "" {
			list[i].load(v.Value)
		}
	}
}

// keepTyped keeps the entry if a line was touched.
func (e *entry) keepTyped() {
	if e.touched() {
		e.keep(e)
	} else {
		e.forget()
	}
}

func (e *entry) touched() bool {
	for _, l := range e.lines() {
		if l.editor.Touched() && l.editor.Value() != "" {
			return true
		}
	}
	return false
}
