package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// aPlace is a command that opens a screen.
type aPlace struct {
	name, screen, help string
	also               []string
	needs              ward.Permission // empty if everybody may, and then it records nothing
	about              about
}

// about is the subject that a command needs.
type about int

const (
	aboutWard    about = iota
	aboutPatient       // the selected one, or the one that the argument names
	aboutCheck         // the last check of that patient, or the selected check
	aboutAny           // a patient if the argument names one, else the ward
)

// placeCommands are the commands that open a screen, by name. Those whose screen is not in
// this version are not offered.
var placeCommands = []aPlace{
	{name: "accept", screen: desk.Accept, help: "accept the follow-up", needs: ward.MayRecord, about: aboutPatient},
	{name: "admit", screen: desk.PatientIn, help: "admit or readmit a patient, who left", needs: ward.MayMovePatient, about: aboutWard},
	{name: "audit", screen: desk.Audit, help: "the audit of the ward, or of a patient", about: aboutAny},
	{name: "cause", screen: desk.Cause, help: "name another cause ahead, or end it", needs: ward.MayDecide, about: aboutPatient},
	{name: "check", screen: desk.Form, help: "new check", needs: ward.MayRecord, about: aboutPatient},
	{name: "checklist", screen: desk.Checklist, help: "the checklist of the follow-up", about: aboutPatient},
	{name: "close", screen: desk.Close, help: "close the follow-up", needs: ward.MayDecide, about: aboutPatient},
	{name: "correct", screen: desk.Correct, help: "correct a check", needs: ward.MayRecord, about: aboutCheck},
	{name: "discard", screen: desk.Discard, help: "discard your unsaved work about a patient", needs: ward.MayRecord, about: aboutPatient},
	{name: "discharge", screen: desk.Discharge, help: "discharge a patient", needs: ward.MayMovePatient, about: aboutPatient},
	{name: "done", screen: desk.Intervene, help: "record what was done", needs: ward.MayRecord, about: aboutPatient},
	{name: "edit", screen: desk.Edit, help: "edit details, bed", needs: ward.MayMovePatient, about: aboutPatient},
	{name: "events", screen: desk.Events, help: "what was done and reported", about: aboutPatient},
	{name: "export", screen: desk.Export, help: "export to a file", about: aboutAny},
	{name: "followups", screen: desk.FollowUps, help: "the follow-ups", about: aboutWard},
	{name: "handover", screen: desk.Handover, help: "the handover", about: aboutWard},
	{name: "inbox", screen: desk.Inbox, help: "messages of the feed that are held", needs: ward.MayAdminister, about: aboutWard},
	{name: "interval", screen: desk.Interval, help: "check interval of a patient", needs: ward.MayDecide, about: aboutPatient},
	{name: "move", screen: desk.MoveCheck, help: "move a check to another patient", needs: ward.MayRecord, about: aboutCheck},
	{name: "paper", screen: desk.Paper, help: "enter checks from paper", needs: ward.MayRecord, about: aboutPatient},
	{name: "pin", screen: desk.PIN, help: "choose another PIN", about: aboutWard},
	{name: "readmit", screen: desk.PatientIn, help: "readmit a patient who left", needs: ward.MayMovePatient, about: aboutWard},
	{name: "report", screen: desk.Report, help: "record a reported symptom", needs: ward.MayRecord, about: aboutPatient},
	{name: "round", screen: desk.Round, help: "a round of the checks that are due", needs: ward.MayRecord, about: aboutWard},
	{name: "settings", screen: desk.Settings, help: "the settings of the ward", about: aboutWard},
	{name: "staff", screen: desk.Staff, help: "the staff and their PINs", needs: ward.MayAdminister, about: aboutWard},
	{name: "wall", screen: desk.Wall, help: "the display for a wall, without names; it locks your screens", about: aboutWard},
	{name: "withdraw", screen: desk.Withdraw, help: "withdraw a check", needs: ward.MayRecord, about: aboutCheck},
}

func (r *root) commandLine() kit.Screen {
	line := kit.NewCommandLine(r.commands(), r.jumps, r.jump)
	if reason := r.d.ReadOnly(); reason != "" {
		line = line.ReadOnly(reason)
	}
	return line
}

func (r *root) commands() []kit.Command {
	var list []kit.Command
	for _, c := range placeCommands {
		if r.makers[c.screen] == nil {
			continue
		}
		list = append(list, kit.Command{
			Name: c.name, Also: c.also, Help: c.help, Needs: string(c.needs),
			Records: c.needs != "" && c.needs != ward.MayAdminister,
			Do:      func(h kit.Host, argument string) tea.Cmd { return r.run(h, c, argument) },
		})
	}
	return append(list,
		kit.Command{Name: "lock", Help: "lock, or change the user", Do: func(h kit.Host, _ string) tea.Cmd { return r.lock(h) }},
		kit.Command{Name: "quit", Also: []string{"q"}, Help: "quit; it asks first", Do: func(h kit.Host, _ string) tea.Cmd { return r.askQuit(h) }},
		kit.Command{Name: "seen", Help: "hide the line about damage of the log, which you have seen", Needs: string(ward.MayAdminister), Do: r.seen},
		kit.Command{Name: "sort", Help: "the order of the board: bed, due, urgency", Complete: orders, Do: r.sort},
		kit.Command{Name: "unsaved", Help: "your texts and forms that are not saved yet: open or discard them", Do: r.listUnsaved},
		kit.Command{Name: "undo", Help: "withdraw the check that you have just saved", Records: true, Needs: string(ward.MayRecord), Do: r.undo},
	)
}

// run opens the screen of a command.
func (r *root) run(h kit.Host, c aPlace, argument string) tea.Cmd {
	to := kit.Place{Screen: c.screen}
	if c.about == aboutWard {
		to.Detail = argument
		return h.Go(to)
	}
	subject, held := r.subject()
	if argument != "" {
		s, reason := r.find(argument)
		if reason != "" {
			h.Fail(reason)
			return nil
		}
		subject, held = desk.Subject(s.Patient.ID), true
	}
	switch {
	case c.about == aboutAny && argument == "":
		return h.Go(to)
	case !held:
		h.Fail(":" + c.name + " needs a patient: choose one, or write the bed behind it")
		return nil
	case c.about == aboutPatient || c.about == aboutAny:
		subject = desk.Subject(desk.PatientOf(subject))
	case desk.CheckOf(subject) == "":
		s, ok := r.d.State(desk.PatientOf(subject))
		if !ok || s.Last == nil {
			h.Fail("there is no check to " + c.name)
			return nil
		}
		subject = desk.CheckSubject(s.Patient.ID, s.Last.ID)
	}
	to.Subject = subject
	return h.Go(to)
}

// seen takes the line about damage away and records that in the audit.
func (r *root) seen(h kit.Host, _ string) tea.Cmd {
	words, ok := r.d.SeenDamage()
	if !ok {
		h.Fail("no damage of the log is known")
		return nil
	}
	h.Say("the line about the damage is hidden here; verify names the records")
	return r.d.Note(h, ward.AuditEvent{Event: ward.DamageSeen, Detail: words})
}

func (r *root) undo(h kit.Host, _ string) tea.Cmd {
	to, ok := r.d.Undo()
	if !ok {
		h.Fail("no check was saved here in the last 2 minutes")
		return nil
	}
	return h.Go(to)
}

func orders(argument string) []string {
	return slices.DeleteFunc([]string{string(desk.ByBed), string(desk.ByDue), string(desk.ByUrgency)}, func(s string) bool { return !strings.HasPrefix(s, argument) })
}

func (r *root) sort(h kit.Host, argument string) tea.Cmd {
	list := orders(argument)
	if argument == "" || len(list) != 1 {
		h.Fail("sort by bed, due or urgency")
		return nil
	}
	r.d.Order = desk.Order(list[0])
	h.Say("the board is in the order of " + list[0])
	sorted := func() tea.Msg { return desk.Changed{} } // else the head names an order that the rows have a second later
	return tea.Batch(r.home(""), sorted)
}

// find returns the patient that a text names: a bed, an MRN, or a part of the name. If it
// names none or several, it returns the reason.
func (r *root) find(text string) (*ward.PatientState, string) {
	if beds := r.d.ByBed(text); len(beds) == 1 {
		return beds[0], ""
	} else if len(beds) > 1 {
		return nil, "two patients are in bed " + kit.Plain(text) + ": write the MRN"
	}
	if s, ok := r.d.ByMRN(text); ok {
		return s, ""
	}
	q := kit.NewQuery(text)
	var hits []*ward.PatientState
	states := r.d.Board()
	for i := range states {
		if desk.OnBoard(&states[i]) && !q.Empty() && q.MatchesWords(states[i].Patient.Name) {
			hits = append(hits, &states[i])
		}
	}
	switch len(hits) {
	case 0:
		return nil, "no bed, MRN or name " + kit.Plain(text) + " on this ward"
	case 1:
		return hits[0], ""
	}
	var names []string
	for _, s := range hits {
		names = append(names, desk.Bed(&s.Stay)+" "+words.Name(&s.Patient))
	}
	return nil, "several patients: " + strings.Join(names, ", ")
}

// jump opens the patient that a text without a command names.
func (r *root) jump(_ kit.Host, text string) (kit.Go, bool) {
	s, reason := r.find(text)
	switch {
	case reason == "":
		to := kit.Place{Screen: desk.Patient, Subject: desk.Subject(s.Patient.ID)}
		return func(h kit.Host) tea.Cmd { return h.Go(to) }, true
	case strings.HasPrefix(reason, "no bed"):
		return nil, false
	}
	return func(h kit.Host) tea.Cmd {
		h.Fail(reason)
		return nil
	}, true
}

// jumps completes beds and names.
func (r *root) jumps(text string) []kit.Jump {
	q := kit.NewQuery(text)
	var list []kit.Jump
	for _, s := range r.d.Board() {
		if desk.OnBoard(&s) && q.Matches(append([]string{s.Stay.Bed, s.Patient.Name, s.Patient.MRN}, s.FormerMRNs...)...) {
			jump := kit.Jump{Text: s.Stay.Bed, Help: s.Patient.Name}
			if s.Stay.Bed == "" || len(r.d.ByBed(s.Stay.Bed)) != 1 {
				jump.Text = s.Patient.MRN
			}
			list = append(list, jump)
		}
	}
	return list
}
