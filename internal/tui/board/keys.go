package board

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// Typing implements [kit.Screen].
func (b *board) Typing() bool { return b.list.Searching() }

// Type implements [kit.Screen].
func (b *board) Type(h kit.Host, k kit.Key) (bool, tea.Cmd) { return b.list.Type(h, k), nil }

// Bindings implements [kit.Screen].
func (b *board) Bindings() []kit.Binding {
	list := b.list.Bindings()
	if b.list.Searching() {
		return list
	}
	for i := range list { // the line of keys has no room for the obvious
		if list[i].Has(kit.Key{Name: "up"}) {
			list[i].Short = ""
		}
	}
	enter := slices.IndexFunc(list, func(k kit.Binding) bool { return k.Has(kit.Key{Name: "enter"}) })
	open := list[enter]
	list = slices.Delete(list, enter, enter+1)
	search := slices.IndexFunc(list, func(k kit.Binding) bool { return k.Has(kit.Key{Name: "/"}) })
	find := list[search]
	list = slices.Delete(list, search, search+1)
	keys := []kit.Binding{b.next(), b.check(), open, b.followUps(), b.handover(), find}
	keys = append(keys, b.aboutPatient()...)
	keys = append(keys, b.aboutCheck()...)
	keys = append(keys, list...)
	if !slices.ContainsFunc(list, func(k kit.Binding) bool { return k.Has(kit.Key{Name: "esc"}) }) {
		keys = append(keys, kit.Bind("esc", "", "nothing: the board is the first screen", func(h kit.Host, _ kit.Key) tea.Cmd {
			h.Say("this is the board: ctrl+l locks, :quit ends")
			return nil
		}))
	}
	return keys
}

// next is g: a round, which begins with the form of the patient due first.
func (b *board) next() kit.Binding {
	_, ok := b.d.NextDue(nil)
	return kit.Bind("g", b.dueLabel(), "a round: the form of the patient due first, then the next one", func(h kit.Host, _ kit.Key) tea.Cmd {
		return h.Go(kit.Place{Screen: desk.Round})
	}).Recording(string(ward.MayRecord)).If(ok, "no check is due")
}

// to returns a binding that opens a place about the selected patient.
func (b *board) to(key, short, help, screen string) kit.Binding {
	return b.list.Acting(kit.Bind(key, short, help, nil), func(h kit.Host, id string) tea.Cmd {
		return h.Go(kit.Place{Screen: screen, Subject: id})
	})
}

// here returns [board.to] for a patient who is on the ward: not for one whom a feed
// discharged.
func (b *board) here(key, short, help, screen string) kit.Binding {
	k := b.to(key, short, help, screen)
	if s := b.selected(); s != nil && s.Left && k.Off == "" {
		k.Off = b.d.LeftWords(&s.Stay) + ": d confirms, p brings back"
	}
	return k
}

func (b *board) check() kit.Binding {
	return b.here("n", "check", "new check of the chosen patient", desk.Form).Recording(string(ward.MayRecord))
}

func (b *board) followUps() kit.Binding {
	return kit.Bind("f", "follow-up", "the follow-ups, at the chosen patient", func(h kit.Host, _ kit.Key) tea.Cmd {
		id, _ := b.list.Chosen()
		return h.Go(kit.Place{Screen: desk.FollowUps, Subject: id})
	})
}

func (b *board) handover() kit.Binding {
	return kit.Bind("h", "handover", "the handover of the ward", func(h kit.Host, _ kit.Key) tea.Cmd {
		return h.Go(kit.Place{Screen: desk.Handover})
	})
}

// aboutPatient returns the keys that act on the selected patient.
func (b *board) aboutPatient() []kit.Binding {
	s := b.selected()
	followUp := s != nil && s.FollowUp != nil
	accept := b.to("a", "", "accept the follow-up", desk.Accept).Recording(string(ward.MayRecord))
	closing := b.to("x", "", "close the follow-up", desk.Close).Recording(string(ward.MayDecide))
	comment := b.to("c", "", "comment on the follow-up", desk.Comment).Recording(string(ward.MayRecord))
	if s != nil {
		accept = accept.If(followUp, "there is no follow-up")
		closing = closing.If(followUp, "there is no follow-up")
		comment = comment.If(followUp, "there is no follow-up; the comment on a check is in its form")
	}
	in := kit.Bind("p", "", "patient in: admit, readmit, who left", func(h kit.Host, _ kit.Key) tea.Cmd {
		if s := b.selected(); s != nil && s.Left {
			return h.Go(kit.Place{Screen: desk.UndoLeave, Subject: desk.Subject(s.Patient.ID)})
		}
		return h.Go(kit.Place{Screen: desk.PatientIn})
	}).Recording(string(ward.MayMovePatient))
	if s == nil {
		in.Short = "patient in"
	}
	return []kit.Binding{
		accept, closing, comment, in,
		b.to("d", "", "discharge, or confirm a discharge by the feed", desk.Discharge).Recording(string(ward.MayMovePatient)),
		b.here("e", "", "edit details, bed", desk.Edit).Recording(string(ward.MayMovePatient)),
		b.here("i", "", "what was done", desk.Intervene).Recording(string(ward.MayRecord)),
		b.here("s", "", "a symptom was reported", desk.Report).Recording(string(ward.MayRecord)),
		b.here("t", "", "check interval", desk.Interval).Recording(string(ward.MayDecide)),
		b.here("o", "", "another cause, named ahead", desk.Cause).Recording(string(ward.MayDecide)),
		b.here("b", "", "paper checks", desk.Paper).Recording(string(ward.MayRecord)),
	}
}

// aboutCheck returns the keys that act on the last check of the selected patient.
func (b *board) aboutCheck() []kit.Binding {
	to := func(key, help, screen string) kit.Binding {
		k := b.list.Acting(kit.Bind(key, "", help, nil), func(h kit.Host, id string) tea.Cmd {
			s := b.selected()
			return h.Go(kit.Place{Screen: screen, Subject: desk.CheckSubject(s.Patient.ID, s.Last.ID)})
		}).Recording(string(ward.MayRecord))
		if s := b.selected(); s != nil && s.Last == nil {
			k.Off = "there is no check yet"
		}
		return k
	}
	return []kit.Binding{
		to("r", "correct the last check", desk.Correct),
		to("w", "withdraw the last check", desk.Withdraw),
		to("m", "move the last check to another patient", desk.MoveCheck),
		kit.Bind("v tab", "", "the next view of the chosen patient", func(h kit.Host, k kit.Key) tea.Cmd {
			return b.openView(h)
		}),
	}
}

// openView opens the selected patient.
func (b *board) openView(h kit.Host) tea.Cmd {
	id, ok := b.list.Chosen()
	if !ok {
		h.Fail(strings.TrimSpace(b.list.None()))
		return nil
	}
	return h.Go(kit.Place{Screen: desk.Patient, Subject: id})
}
