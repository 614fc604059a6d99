package chart

import (
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// Bindings implements [kit.Screen].
func (s *patientScreen) Bindings() []kit.Binding {
	if s.Typing() {
		return s.list().Bindings()
	}
	back := kit.Bind("esc", "", "back", func(h kit.Host, _ kit.Key) tea.Cmd { return h.Close(s) })
	if !s.loaded {
		return []kit.Binding{back}
	}
	list := s.viewKeys()
	list = append(list, s.letters()...)
	list = append(list, s.checkKeys()...)
	return append(list, back)
}

// viewKeys returns the keys of the view and the key of the next one.
func (s *patientScreen) viewKeys() []kit.Binding {
	next := s.nextView()
	switch s.view {
	case viewTrend:
		next[0].Short = "views" // the line has room for no more
		list := append(s.trendKeys(), next...)
		return append(list, s.enterKey())
	case viewDetails:
		return append(s.details.Bindings(), next...)
	case viewChecks:
		list := inFull(s.checks.Bindings())
		list = append(list[:2:2], append(next, list[2:]...)...)
		return append(list, s.earlierLater(""))
	}
	list := s.list().Bindings()
	return append(list[:1:1], append(next, list[1:]...)...)
}

// inFull names the key enter of the list of checks by its effect.
func inFull(list []kit.Binding) []kit.Binding {
	for i := range list {
		if list[i].Has(kit.Key{Name: "enter"}) {
			list[i].Short, list[i].Help = "in full", "the check in full"
		}
	}
	return list
}

func (s *patientScreen) nextView() []kit.Binding {
	to := func(by int) func(kit.Host, kit.Key) tea.Cmd {
		return func(h kit.Host, _ kit.Key) tea.Cmd {
			s.view = s.view.after(by)
			return s.enter(h)
		}
	}
	return []kit.Binding{
		kit.Bind("v tab", "next view", "next view: checks, trend, events, details and changes, audit", to(1)),
		kit.Bind("shift+tab", "", "the view before", to(-1)),
	}
}

// place returns a binding that asks for a screen about the patient.
func (s *patientScreen) place(key, short, help, screen string) kit.Binding {
	return kit.Bind(key, short, help, func(h kit.Host, _ kit.Key) tea.Cmd {
		return h.Go(kit.Place{Screen: screen, Subject: s.subjectNow()})
	})
}

// subjectNow returns the subject of the patient, also if the screen is about a check.
func (s *patientScreen) subjectNow() string { return desk.Subject(s.id) }

// letters returns the keys that work alike for the patient on every screen.
func (s *patientScreen) letters() []kit.Binding {
	may, decide, move := string(ward.MayRecord), string(ward.MayDecide), string(ward.MayMovePatient)
	onWard := s.chart.OnWard()
	gone := "the patient is not on the ward now: p readmits, or adds a late check"
	open := s.chart.Open() != nil
	const none = "no follow-up is open"
	return []kit.Binding{
		s.place("n", "check", "new check", desk.Form).Recording(may).If(onWard, gone),
		s.place("a", "", "accept the follow-up", desk.Accept).Recording(may).If(open, none),
		s.place("f", "", "follow-ups", desk.FollowUps),
		s.place("i", "what was done", "what was done: drugs, imaging, transfers", desk.Intervene).Recording(may),
		s.place("s", "report", "reported symptom: makes a check due now", desk.Report).Recording(may),
		s.place("t", "", "check interval", desk.Interval).Recording(decide).If(onWard, gone),
		s.place("o", "", "another cause, named up to 24 h ahead", desk.Cause).Recording(decide).If(onWard, gone),
		s.place("b", "", "paper checks", desk.Paper).Recording(may),
		s.place("c", "", "comment on the follow-up", desk.Comment).Recording(may).If(open, none),
		s.place("x", "", "close the follow-up", desk.Close).Recording(decide).If(open, none),
		s.place("e", "", "edit details, bed", desk.Edit).Recording(""),
		s.place("d", "", "discharge", desk.Discharge).Recording(move).If(onWard || s.state().Left, "the patient is not on the ward now"),
		s.place("p", "", "patient in: admit, readmit, who left", desk.PatientIn),
		s.place("h", "", "handover", desk.Handover),
	}
}

// checkKeys returns the keys for the check in hand.
func (s *patientScreen) checkKeys() []kit.Binding {
	may := string(ward.MayRecord)
	c := s.check()
	reason := ""
	switch {
	case s.view != viewChecks && s.view != viewTrend:
		reason = "choose a check first: v leads to the checks"
	case c == nil:
		reason = s.checks.None()
	case !c.Valid():
		reason = "this check was withdrawn"
	}
	of := func(key, help, screen string) kit.Binding {
		b := kit.Bind(key, "", help, func(h kit.Host, _ kit.Key) tea.Cmd {
			return h.Go(kit.Place{Screen: screen, Subject: desk.CheckSubject(s.id, c.ID)})
		})
		return b.Recording(may).If(reason == "", reason)
	}
	list := []kit.Binding{
		of("r", "correct this check", desk.Correct),
		of("m", "move this check to another patient", desk.MoveCheck),
	}
	if s.view == viewEvents {
		return append(list, s.withdrawKey())
	}
	return append(list, of("w", "withdraw this check", desk.Withdraw))
}

// earlierLater returns the keys that take an earlier or a later check in hand.
func (s *patientScreen) earlierLater(short string) kit.Binding {
	b := kit.Bind("left right", short, "earlier, later check", func(h kit.Host, k kit.Key) tea.Cmd {
		s.throughAt = false
		s.moveCheck(h, k.Name == "left")
		return nil
	}).As("← →")
	return b.If(len(s.checks.Shown()) > 0, s.checks.None())
}
