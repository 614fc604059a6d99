package chart

import (
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// placeKey returns a key that asks for a screen.
func placeKey(key, short, help string, to kit.Place) kit.Binding {
	return kit.Bind(key, short, help, func(h kit.Host, _ kit.Key) tea.Cmd { return h.Go(to) })
}

// letters returns the keys that work alike for the patient on every screen.
func (r *record) letters() []kit.Binding {
	may, decide, move := string(ward.MayRecord), string(ward.MayDecide), string(ward.MayMovePatient)
	onWard := r.chart.OnWard()
	gone := "the patient is not on the ward now: p readmits, or adds a late check"
	if st := r.state(); st.Left {
		gone = r.d.LeftWords(&st.Stay) + ": d confirms, p undoes it"
	}
	open := r.chart.Open() != nil
	const none = "no follow-up is open"
	key := func(key, short, help, screen string) kit.Binding {
		return placeKey(key, short, help, kit.Place{Screen: screen, Subject: desk.Subject(r.id)})
	}
	return []kit.Binding{
		key("n", "check", "new check", desk.Form).Recording(may).If(onWard, gone),
		key("a", "", "accept the follow-up", desk.Accept).Recording(may).If(open, none),
		key("f", "", "follow-ups", desk.FollowUps),
		key("i", "what was done", "what was done: drugs, imaging, transfers", desk.Intervene).Recording(may),
		key("s", "report", "reported symptom: makes a check due now", desk.Report).Recording(may),
		key("t", "", "check interval", desk.Interval).Recording(decide).If(onWard, gone),
		key("o", "", "another cause, named up to 24 h ahead", desk.Cause).Recording(decide).If(onWard, gone),
		key("b", "", "paper checks", desk.Paper).Recording(may),
		key("c", "", "comment on the follow-up", desk.Comment).Recording(may).If(open, none),
		key("x", "", "close the follow-up", desk.Close).Recording(decide).If(open, none),
		key("e", "", "edit details, bed", desk.Edit).Recording(""),
		key("d", "", "discharge", desk.Discharge).Recording(move).If(onWard || r.state().Left, "the patient is not on the ward now"),
		key("p", "", "patient in: admit, readmit, who left", desk.PatientIn),
		key("h", "", "handover", desk.Handover),
	}
}

// recordKeys returns the keys that change a check. They are off if there is a reason.
func recordKeys(patient int64, check, reason string) []kit.Binding {
	key := func(key, short, help, screen string) kit.Binding {
		b := placeKey(key, short, help, kit.Place{Screen: screen, Subject: desk.CheckSubject(patient, check)})
		return b.Recording(string(ward.MayRecord)).If(reason == "", reason)
	}
	return []kit.Binding{
		key("r", "correct", "correct this check", desk.Correct),
		key("w", "withdraw", "withdraw this check", desk.Withdraw),
		key("m", "move to another patient", "move this check to another patient", desk.MoveCheck),
	}
}

// quiet takes keys off the line of keys; the help has them.
func quiet(list []kit.Binding) []kit.Binding {
	for i := range list {
		list[i].Short = ""
	}
	return list
}
