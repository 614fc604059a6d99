package follow

import (
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// patientKey is a letter that leads from the selected patient to another place.
type patientKey struct {
	keys, short, help string
	screen            string
	needs             ward.Permission // empty for a read
	onWard            bool            // the patient must be on the ward
}

// patientKeys are the letters for the selected patient that every list has.
var patientKeys = []patientKey{
	{"c", "comment", "comment on the follow-up", desk.Comment, ward.MayRecord, false},
	{"n", "check", "new check", desk.Form, ward.MayRecord, true},
	{"v tab", "", "the patient: trend, checks, events, details", desk.Patient, "", false},
	{"b", "", "paper checks", desk.Paper, ward.MayRecord, false},
	{"d", "", "discharge", desk.Discharge, ward.MayMovePatient, false},
	{"e", "", "edit details, bed", desk.Edit, ward.MayMovePatient, false},
	{"h", "", "handover", desk.Handover, "", false},
	{"i", "", "what was done", desk.Intervene, ward.MayRecord, false},
	{"o", "", "another cause, named ahead", desk.Cause, ward.MayDecide, true},
	{"s", "", "reported symptom", desk.Report, ward.MayRecord, true},
	{"t", "", "check interval", desk.Interval, ward.MayDecide, true},
}

// Bindings implements [kit.Screen].
func (s *followUps) Bindings() []kit.Binding {
	if s.list.Searching() {
		return s.list.Bindings()
	}
	r := s.chosen()
	state := func(b kit.Binding, screen string) kit.Binding {
		return s.list.Acting(b, func(h kit.Host, id string) tea.Cmd {
			return h.Go(kit.Place{Screen: screen, Subject: id})
		})
	}
	list := []kit.Binding{
		state(kit.Bind("a", "accept", "accept the follow-up", nil).Recording(string(ward.MayRecord)).If(acceptable(s.d, r)), desk.Accept),
		state(kit.Bind("x", "close", "close the follow-up", nil).Recording(string(ward.MayDecide)).If(closable(r)), desk.Close),
	}
	list = append(list, s.listKeys()...)
	for _, k := range patientKeys {
		b := kit.Bind(k.keys, k.short, k.help, nil)
		if k.needs != "" {
			b = b.Recording(string(k.needs))
		}
		if k.screen == desk.Comment && r != nil {
			b = b.If(r.FollowUp != nil, "no follow-up is open")
		}
		if k.onWard && r != nil {
			b = b.If(r.Stay.OnWard(), "the patient is not on the ward")
		}
		list = append(list, state(b, k.screen))
	}
	list = append(list, s.checkKeys(r)...)
	return append(list,
		kit.Bind("p", "", "patient in: admit, readmit, who left", func(h kit.Host, _ kit.Key) tea.Cmd {
			return h.Go(kit.Place{Screen: desk.PatientIn})
		}).Recording(string(ward.MayMovePatient)),
		s.next(),
		kit.Bind("f", "", "follow-ups", nil).If(false, "this is the list of follow-ups"),
		kit.Bind("esc", "", "back", func(h kit.Host, _ kit.Key) tea.Cmd { return h.Close(s) }),
	)
}

// listKeys returns the keys of the list, enter with its name on this screen.
func (s *followUps) listKeys() []kit.Binding {
	list := s.list.Bindings()
	for i := range list {
		list[i].Short = ""
		if list[i].Has(kit.Key{Name: "enter"}) {
			list[i].Short, list[i].Help = "checklist", "the checklist; the patient if a report alone waits"
		}
	}
	return list
}

// checkKeys returns the keys that go through the checks at the foot.
func (s *followUps) checkKeys(r *ward.PatientState) []kit.Binding {
	most := 0
	if r != nil {
		if h := s.d.History(r.Patient.ID); h != nil {
			most = len(h.Checks) - 1
		}
	}
	b := kit.Bind("left right", "checks", "earlier or later check, at the foot", func(_ kit.Host, k kit.Key) tea.Cmd {
		if k.Name == "left" {
			s.back = min(s.back+1, max(most, 0))
		} else {
			s.back = max(s.back-1, 0)
		}
		return nil
	}).As("← →")
	return []kit.Binding{b.If(most > 0, "there is no other check")}
}

// acceptable reports whether a follow-up waits for acceptance, and else the reason.
func acceptable(d *desk.Desk, r *ward.PatientState) (bool, string) {
	switch {
	case r == nil:
		return true, "" // the list says that nothing is chosen
	case r.FollowUp == nil:
		return false, "no follow-up is open; a report waits for a check: n"
	case r.FollowUp.Acked.Done():
		return false, "accepted by " + words.ShortName(r.FollowUp.Acked.By) + " at " + d.Time(r.FollowUp.Acked.At)
	}
	return true, ""
}

// closable reports whether a follow-up can be closed, and else the reason.
func closable(r *ward.PatientState) (bool, string) {
	switch {
	case r == nil:
		return true, ""
	case r.FollowUp == nil:
		return false, "no follow-up is open"
	case !r.FollowUp.Acked.Done():
		return false, "accept it first: a"
	}
	return true, ""
}

// next is g: a round, which begins with the form of the patient due first.
func (s *followUps) next() kit.Binding {
	_, due := s.d.NextDue(nil)
	return kit.Bind("g", "", "a round: the form of the patient due first, then the next one", func(h kit.Host, _ kit.Key) tea.Cmd {
		return h.Go(kit.Place{Screen: desk.Round})
	}).Recording(string(ward.MayRecord)).If(due, "no check is due")
}
