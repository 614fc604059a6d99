package tui

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// askSave reads the record once more, so that the question lists the checks of others, and
// then asks whether to save.
func (f *checkForm) askSave(a *app) (cmd tea.Cmd) {
	if err := f.incomplete(a); err != nil {
		a.fail(err)
		return nil
	}
	f.asking, cmd = f.load(a, false)
	return cmd
}

// incomplete returns the reason that the check cannot be saved as it is, or nil.
func (f *checkForm) incomplete(a *app) error {
	x := &f.check.Findings
	if problems := x.Problems(); len(problems) > 0 {
		return ward.Invalid(problems[0].Column, problems[0].Reason)
	}
	if x.OtherCause != 0 && f.cause == "" {
		return ward.Invalid("other_cause", "needs the cause in words: press o")
	}
	if f.check.PerformedAt.After(a.now) {
		return ward.Invalid("performed_at", "is in the future: press t")
	}
	if f.correcting() && len(f.changes(a)) == 0 {
		return ward.Conflict("nothing was changed")
	}
	return nil
}

// pushSave asks whether to save the check. unknown is a line about a part of the
// record that could not be read, or "".
func (f *checkForm) pushSave(a *app, unknown string) tea.Cmd {
	if f.correcting() {
		return a.push(f.correctionQuestion(a, unknown))
	}
	c := f.toSave()
	question := []string{
		"SAVE this check?   " + about(&f.patient),
		"done " + f.doneWords(a) + " by " + plain(a.user.Name) + "   " + meaning(&c.Findings, f.view.result),
		f.flagWords(),
	}
	question = append(question, f.causeWords()...)
	if text := f.notAssessed(); text != "" {
		question = append(question, text)
	}
	question = append(question, f.questions(a, &c, unknown)...)
	return a.push(newChooser(strings.Join(question, "\n"), yes("save", f.save), no("back to the form")))
}

// doneWords returns the time of the check with its day.
func (f *checkForm) doneWords(a *app) string {
	at := f.check.PerformedAt.In(a.zone)
	text := at.Format("Mon 2 Jan 15:04")
	if a.now.Sub(at) > ward.LateAfter {
		text = "LATE ENTRY " + text + ", " + a.ago(at) + " ago,"
	}
	return text
}

// flagText returns the flag that the check would have. Only a normal check is called
// normal.
func (f *checkForm) flagText() string {
	r := f.view.result
	text := flagLine(r)
	if r.Flag == icans.FlagNone && r.Reasons == 0 {
		c := f.toSave()
		c.Result = r
		if c.Normal() {
			text = "normal check: no flag"
		} else if same := unchanged(&c.Findings); same != "" {
			text += "; " + same
		}
	}
	return text
}

// flagWords returns the flag that the check would have, and its effect on the
// follow-up.
func (f *checkForm) flagWords() string {
	text := f.flagText()
	switch {
	case f.view.old:
		text += ". Over 24 h old and a later check exists: opens no follow-up"
	case f.view.event == ward.JoinOpened:
		text += ". Opens a follow-up"
	case f.view.event == ward.JoinRaised:
		text += ". RAISES the follow-up"
	case f.view.event == ward.JoinJoined:
		text += ". Joins the follow-up"
	}
	return text
}

// causeWords returns the domains that are attributed or uncertain, one line each.
func (f *checkForm) causeWords() []string {
	var lines []string
	x := &f.check.Findings
	if x.OtherCause != 0 {
		lines = append(lines, "Other cause (does not count): "+strings.Join(x.OtherCause.Words(), ", ")+": "+plain(f.cause))
	}
	if u := x.Uncertain(); u != 0 {
		lines = append(lines, "Uncertain cause: "+strings.Join(u.Words(), ", "))
	}
	return lines
}

// notAssessed returns the lines of the form without an answer: those that every check
// needs, and the other signs.
func (f *checkForm) notAssessed() string {
	var needed, other []string
	late := f.asksLate()
	for _, field := range f.fields() {
		switch {
		case field.Assessed(&f.check.Findings) || field.Group == icans.GroupCRS || isLate(field) && !late:
		case field.Group == icans.GroupSeen && !isFeature(field):
			other = append(other, field.Label)
		case f.check.Findings.StatedTotal != 0 && (field.Group == icans.GroupICE || field.Group == icans.GroupCAPD):
		default:
			needed = append(needed, field.Label)
		}
	}
	var parts []string
	if len(needed) > 0 {
		parts = append(parts, "Not assessed: "+strings.Join(needed, ", ")+".")
	}
	if len(other) > 0 {
		parts = append(parts, "Also not looked at: "+strings.Join(other, ", ")+".")
	}
	return strings.Join(parts, "  ")
}

// questions returns the checks that others recorded meanwhile and the points that are
// asked about once.
func (f *checkForm) questions(a *app, c *ward.Check, unknown string) []string {
	var lines []string
	if unknown != "" {
		lines = append(lines, unknown)
	}
	for _, m := range f.meanwhile(a) {
		lines = append(lines, "MEANWHILE "+a.meanwhileWords(&m)+".")
	}
	if warnings := c.Warnings(&f.history, a.zone, a.now); len(warnings) > 0 {
		lines = append(lines, "Please check: "+strings.ReplaceAll(strings.Join(warnings, "; ")+".", "?.", "?"))
	}
	if n := f.view.changed; n > 0 {
		lines = append(lines, "The flags of "+counted(n, "other check", "other checks")+" change.")
	}
	return lines
}

// correctionQuestion names the patient, the time, the changes, grade and flag before
// and after, and the later checks that change. Each reason saves.
func (f *checkForm) correctionQuestion(a *app, unknown string) *chooser {
	c := f.toSave()
	question := []string{
		"CORRECT the check of " + a.clock(f.originalTime()) + "?   " + about(&f.patient),
		strings.Join(f.changes(a), "; "),
		"ICANS " + grade(f.original) + " → " + grade(f.view.result) + "   " + f.original.Flag.Words() + " → " + f.flagWords(),
	}
	question = append(question, f.causeWords()...)
	question = append(question, f.questions(a, &c, unknown)...)
	question = append(question, "Why?")
	choices := numbered(labels(correctionReasons), func(a *app, i int) tea.Cmd {
		f.check.Reason = correctionReasons[i].Code
		return f.save(a)
	})
	return newChooser(strings.Join(question, "\n"), append(choices, no("back to the form"))...)
}

// correctionReasons are the reasons to correct or withdraw a check. "Wrong patient" is
// set by a move and by nothing else.
var correctionReasons = func() []ward.Term {
	var list []ward.Term
	for _, t := range ward.Reasons {
		if t.Code != ward.WrongPatient {
			list = append(list, t)
		}
	}
	return list
}()

// before returns the version that a correction replaces, or nil.
func (f *checkForm) before() *ward.Check {
	for i := range f.history.Checks {
		if f.history.Checks[i].ID == f.check.ID {
			return &f.history.Checks[i]
		}
	}
	return nil
}

func (f *checkForm) originalTime() (at time.Time) {
	if c := f.before(); c != nil {
		return c.PerformedAt
	}
	return f.check.PerformedAt
}

// changes lists the changes of a correction: "Speech mild → moderate".
func (f *checkForm) changes(a *app) []string {
	was := f.before()
	if was == nil {
		return []string{"the check"}
	}
	var list []string
	add := func(label, from, to string) {
		dash := func(s string) string {
			if s == "" {
				return "–"
			}
			return plain(s)
		}
		if from != to {
			list = append(list, label+" "+dash(from)+" → "+dash(to))
		}
	}
	for _, field := range icans.Fields() {
		add(field.Label, field.Words(&was.Findings), field.Words(&f.check.Findings))
	}
	if !was.PerformedAt.Equal(f.check.PerformedAt) {
		add("Time", a.clock(was.PerformedAt), a.clock(f.check.PerformedAt))
	}
	add("Cause", was.CauseNote, f.toSave().CauseNote)
	add("Comment", was.Note, f.check.Note)
	return list
}

func (f *checkForm) save(a *app) (cmd tea.Cmd) {
	if f.saving != 0 {
		return nil // one save at a time
	}
	log, by, zone, now, check := a.store, a.user.Name, a.zone, a.opts.Now, f.toSave()
	f.saving, cmd = ask(a, f.patient.ID, func(ctx context.Context) (store.Saved, error) {
		return log.SaveCheck(ctx, ward.Sign(by, now().In(zone)), check)
	})
	return cmd
}

func (f *checkForm) saved(a *app, msg result[store.Saved]) tea.Cmd {
	if msg.request != f.saving || msg.patient != f.patient.ID {
		return nil
	}
	f.saving = 0
	if msg.err != nil {
		a.fail(notSaved(msg.err))
		return nil
	}
	f.dirty = false
	if msg.value.FollowUp == nil {
		msg.value.FollowUp = f.view.followUp // which the check neither opened nor joined
	}
	cmd := a.close(f)
	if p, ok := a.top().(*patientScreen); ok && p.id == f.patient.ID {
		p.at = versionKey{msg.value.Check.ID, msg.value.Check.Version}
	}
	a.say(a.savedWords(&f.patient, &msg.value))
	return cmd
}

// notSaved returns the error of a save that failed, as it is said: the form stays.
func notSaved(err error) error { return ward.Conflict("NOT SAVED: " + words(err)) }

// savedWords returns the line about a saved check and its consequences.
func (a *app) savedWords(p *ward.Patient, s *store.Saved) string {
	c := &s.Check
	text := "Saved: " + p.Name + ", " + toolScore(&c.Findings) + ", ICANS " + gradeColumn(c.Result) + ". "
	wait := func() string {
		if s.FollowUp == nil {
			return ""
		}
		return ": accept within " + ward.Elapsed(a.site.EscalatesAt(s.FollowUp).Sub(s.FollowUp.Opened.At.Add(max(0, s.FollowUp.RaisedAt.Sub(s.FollowUp.Opened.At)))))
	}
	lower := s.FollowUp != nil && s.FollowUp.IsOpen() && c.Result.Flag < s.FollowUp.Level
	switch r := c.Result; {
	case s.Old:
		text += flagMark(r.Flag) + " old flag: no follow-up"
	case s.Event == ward.JoinOpened:
		text += flagMark(r.Flag) + " follow-up opened" + wait()
	case s.Event == ward.JoinRaised:
		text += flagMark(r.Flag) + " follow-up RAISED" + wait()
	case s.Event == ward.JoinJoined:
		text += flagMark(r.Flag) + " joined the follow-up"
	case r.Flag.Flagged():
		text += flagMark(r.Flag) + " " + r.Flag.Words()
	case r.AtBaseline():
		text += "= at own baseline"
	case r.Flag == icans.FlagIncomplete && c.Unfinished():
		text += "◌ unfinished: please complete"
	case lower:
		text += "Lower now; " + levelWords[s.FollowUp.Level] + " follow-up stays open"
	case c.Normal():
		text += "normal check"
	default:
		text += "no flag"
	}
	if n := len(s.Reevaluated); n > 0 {
		text += fmt.Sprintf("; flags of %s changed", counted(n, "other check", "other checks"))
	}
	return text
}
