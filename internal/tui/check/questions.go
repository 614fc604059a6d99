package check

import (
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// cannotSave returns the reason that the check cannot be saved as it is, or an empty text.
func (e *examination) cannotSave() string {
	c := e.toSave()
	x := &c.Findings
	switch problems := x.Problems(); {
	case e.desk.ReadOnly() != "":
		return e.desk.ReadOnly()
	case len(problems) > 0:
		return desk.FieldWords(problems[0].Column) + ": " + problems[0].Reason
	case *x == (icans.Findings{Tool: x.Tool}):
		return "there is no answer to save yet"
	case x.OtherCause != 0 && c.CauseNote == "":
		return "Other cause: needs the cause in words, o names it"
	case e.timeRefusal(c.PerformedAt) != "":
		return "Time of the check: " + e.timeRefusal(c.PerformedAt) + ": t sets it"
	case e.correcting() && len(changesOf(e.desk, e.original, &c)) == 0:
		return "nothing was changed"
	}
	return ""
}

// question asks whether to save the check. unknown is a line about a part of the record
// that could not be read.
func (e *examination) question(unknown string, save func(kit.Host, ward.Check) tea.Cmd) *kit.Question {
	c := e.resulting()
	about := desk.About(&e.history.Patient)
	if e.correcting() {
		return reasonQuestion([]string{about}, append(e.correctionText(&c, unknown), "Why?"), func(h kit.Host, reason string) tea.Cmd {
			c.Reason = reason
			return save(h, c)
		})
	}
	q := kit.Confirm([]string{"SAVE this check?   " + about}, e.saveText(&c, unknown), "save", "back to the form", func(h kit.Host) tea.Cmd { return save(h, c) })
	return recording(q)
}

// saveText names the time, the author, the meaning of the check, and all that is odd
// about it.
func (e *examination) saveText(c *ward.Check, unknown string) []string {
	text := []string{
		"done " + e.doneWords() + " by " + kit.Plain(e.desk.User().Name) + "   " + desk.Meaning(&c.Findings, c.Result),
		flagText(c),
	}
	if e.view.old {
		text[1] += e.view.effect()
	}
	text = append(text, causeWords(c)...)
	if left := e.notAssessed(&c.Findings); left != "" {
		text = append(text, left)
	}
	return append(text, e.remarks(c, unknown)...)
}

// correctionText names the time, the changes, grade and flag before and after, and the
// other checks that change.
func (e *examination) correctionText(c *ward.Check, unknown string) []string {
	was := e.original
	text := []string{"CORRECT the check of " + e.desk.DayTime(was.PerformedAt) + "?"}
	text = append(text, changesOf(e.desk, was, c)...)
	text = append(text, "ICANS "+desk.Grade(was.Result)+" → "+desk.Grade(c.Result)+"   "+desk.FlagShort(was.Result.Flag)+" → "+flagText(c)+e.view.effect())
	text = append(text, causeWords(c)...)
	return append(text, e.remarks(c, unknown)...)
}

// doneWords returns the time of the check with its day.
func (e *examination) doneWords() string {
	at := e.check.PerformedAt
	if e.isLateEntry() {
		label, when := e.desk.LateEntry(at)
		return label + " " + when + ","
	}
	return e.desk.DayTime(at)
}
