package office

import (
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/words"
)

// newOutside asks which file a person at a seat over SSH wants on the own machine, and
// shows the command. The word in it works once, so it is made for the chosen command.
func newOutside(d *desk.Desk, to kit.Place) kit.Screen {
	file := func(label, subject, command, name string) kit.Option {
		return kit.Option{Label: label, Do: func(h kit.Host) tea.Cmd {
			return h.Push(remoteCommand(subject, d.Outside(d.User().Name, command)+" > "+name))
		}}
	}
	ward := kit.Plain(d.Ward().Name)
	subject := []string{"A FILE of " + ward + ", for your own machine"}
	var list []kit.Option
	if s, ok := d.State(desk.PatientOf(to.Subject)); ok {
		patient, mrn := words.About(&s.Patient), shellWord(s.Patient.MRN)
		list = append(list,
			file("report of the patient", "REPORT of "+patient, "report --patient "+mrn, "report.html"),
			file("checks of the patient", "EXPORT of the checks of "+patient, "export --patient "+mrn, "checks.csv"))
		subject = append(subject, "or of "+patient)
	}
	list = append(list,
		file("board", "BOARD of "+ward, "board --json", "board.json"),
		file("handover", "HANDOVER of "+ward, "handover", "handover.txt"),
		file("report of the ward", "REPORT of "+ward, "report --ward", "report.html"),
		file("all checks", "EXPORT of every check of "+ward, "export", "checks.csv"))
	return kit.Choose(subject, nil, list...)
}
