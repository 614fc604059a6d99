package check

import (
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// correctionReasons are the reasons to correct or withdraw a check. "Wrong patient" is
// set by a move and by nothing else.
var correctionReasons = func() (list []ward.Term) {
	for _, t := range ward.Reasons {
		if t.Code != ward.WrongPatient {
			list = append(list, t)
		}
	}
	return list
}()

// beginCorrection fills the form from the version that counts. It returns the reason if
// there is none to correct.
func (f *form) beginCorrection(chart *ward.Chart) string {
	c := chart.Current(f.check.ID)
	switch {
	case c == nil:
		return "there is no such check"
	case c.Status == ward.Withdrawn:
		return "this check was withdrawn " + f.desk.Time(c.Recorded.At) + " by " + desk.ShortName(c.Recorded.By)
	}
	original := *c
	f.original = &original
	f.check, f.cause = original, original.CauseNote
	f.check.Version++
	f.check.Status = ward.Corrected
	f.check.Recorded, f.check.Reason, f.check.ReasonNote = ward.Signature{}, "", ""
	f.sheet.Load(bedside.ValuesOf(&original.Findings))
	f.layLines()
	return ""
}

// changes lists the changes of a correction: "Speech mild → moderate".
func (f *form) changes(c *ward.Check) (list []string) {
	was := f.original
	add := func(label, from, to string) {
		dash := func(s string) string {
			if s == "" {
				return "–"
			}
			return kit.Plain(s)
		}
		if from != to {
			list = append(list, label+" "+dash(from)+" → "+dash(to))
		}
	}
	for _, field := range icans.Fields() {
		add(field.Label, field.Words(&was.Findings), field.Words(&c.Findings))
	}
	if !was.PerformedAt.Equal(c.PerformedAt) {
		add("Time", f.desk.DayTime(was.PerformedAt), f.desk.DayTime(c.PerformedAt))
	}
	add("Cause", was.CauseNote, c.CauseNote)
	add("Comment", was.Note, c.Note)
	return list
}

// correctionQuestion names the patient, the time, the changes, grade and flag before and
// after, and the other checks that change. Each reason saves.
func (f *form) correctionQuestion(unknown string) *kit.Question {
	c := f.toSave()
	c.Result = f.view.Result
	text := []string{"CORRECT the check of " + f.desk.DayTime(f.original.PerformedAt) + "?"}
	text = append(text, f.changes(&c)...)
	text = append(text, "ICANS "+desk.Grade(f.original.Result)+" → "+desk.Grade(c.Result)+"   "+desk.FlagShort(f.original.Result.Flag)+" → "+bedside.FlagText(&c)+f.view.Effect())
	text = append(text, bedside.CauseWords(&c)...)
	text = append(text, f.review(&c, unknown).Remarks()...)
	return reasonQuestion([]string{desk.About(&f.history.Patient)}, append(text, "Why?"), func(h kit.Host, reason string) tea.Cmd {
		c.Reason = reason
		return f.save(h, c)
	})
}

// reasonQuestion asks for the reason of a new version. Each reason saves.
func reasonQuestion(subject, text []string, do func(kit.Host, string) tea.Cmd) *kit.Question {
	var options []kit.Option
	for _, t := range correctionReasons {
		options = append(options, kit.Option{Label: t.Label, Records: true, Needs: string(ward.MayRecord), Do: func(h kit.Host) tea.Cmd { return do(h, t.Code) }})
	}
	return kit.Choose(subject, text, options...)
}
