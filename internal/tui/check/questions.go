package check

import (
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/bedside"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// cannotSave returns the reason that the check cannot be saved as it is, or an empty text.
func (e *examination) cannotSave() string {
	refusal := e.review("").Refusal()
	switch {
	case e.desk.ReadOnly() != "":
		return e.desk.ReadOnly()
	case e.gone != "":
		return e.gone
	case refusal != "":
		return refusal
	case e.correcting() && e.unchanged():
		return "nothing was changed"
	}
	return ""
}

// unchanged reports whether a correction is as the version that counts.
func (e *examination) unchanged() bool {
	c := e.toSave()
	return len(changesOf(e.desk, e.original, &c)) == 0
}

// question asks whether to save the check, as the record is at the answer.
func (e *examination) question(unknown string, save func(kit.Host, ward.Check) tea.Cmd) *kit.Question {
	subject, text := e.questionText(unknown)
	if e.correcting() {
		return reasonQuestion(subject, text, func(h kit.Host, reason string) tea.Cmd {
			c := e.resulting()
			c.Reason = reason
			return save(h, c)
		})
	}
	q := kit.Confirm(subject, text, "save", "back to the form", func(h kit.Host) tea.Cmd { return save(h, e.resulting()) })
	return q.Recording(string(ward.MayRecord))
}

// questionText returns the subject and the text of the question. unknown is a line about a
// part of the record that could not be read.
func (e *examination) questionText(unknown string) (subject, text []string) {
	review := e.review(unknown)
	about := words.About(&e.history.Patient)
	if e.correcting() {
		return []string{about}, append(e.correctionText(review), "Why?")
	}
	return []string{"SAVE this check?   " + about}, review.Lines()
}

// correctionText names the time, the changes, grade and flag before and after, and the
// other checks that change.
func (e *examination) correctionText(review *bedside.Review) []string {
	c, was := review.Check, review.Original
	text := []string{"CORRECT the check of " + e.desk.DayTime(was.PerformedAt) + "?"}
	text = append(text, changesOf(e.desk, was, c)...)
	text = append(text, "ICANS "+words.Grade(was.Result)+" → "+words.Grade(c.Result)+"   "+words.FlagShort(was.Result.Flag)+" → "+bedside.FlagText(c)+e.view.Effect())
	text = append(text, bedside.CauseWords(c)...)
	return append(text, review.Remarks()...)
}
