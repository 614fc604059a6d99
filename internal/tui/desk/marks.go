package desk

import (
	"neurocheck/internal/icans"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// The marks of screens.md section 3, each one cell wide. The kit draws their ASCII forms.
const (
	MarkUrgent     = words.MarkUrgent
	MarkGrade1     = words.MarkGrade1
	MarkUnfinished = words.MarkUnfinished
	MarkReported   = "“"
	MarkBaseline   = words.MarkBaseline
	MarkDraft      = "½"
	MarkAlike      = "≈"
	MarkWorse      = "▼"
	MarkBetter     = "▲"
	MarkNotDone    = "×"
	MarkMoved      = "!"
)

// Marks explains the marks, for the [kit.Marker] of a screen.
func Marks() []kit.Mark {
	return []kit.Mark{
		{Sign: MarkUrgent, Means: "urgent: see the patient now"},
		{Sign: MarkGrade1, Means: "grade-1 features"},
		{Sign: MarkUnfinished, Means: "unfinished: please complete"},
		{Sign: MarkReported, Means: "a symptom was reported, and no check since"},
		{Sign: MarkBaseline, Means: "grade 1 at the patient's own baseline"},
		{Sign: MarkDraft, Means: "an unsaved check"},
		{Sign: MarkAlike, Means: "similar name: check the MRN"},
		{Sign: MarkWorse, Means: "worse than the last check"},
		{Sign: MarkBetter, Means: "better than the last check"},
		{Sign: MarkNotDone, Means: "the tool was not done, and there is no single grade"},
		{Sign: MarkMoved, Means: "after the bed: the feed changed it; open the patient"},
		{Sign: "s c z w p", Means: "score, consciousness, seizure, weakness, pressure made the grade"},
	}
}

// FlagLook returns the look of a flag.
func FlagLook(t *kit.Theme, f icans.Flag) kit.Look {
	switch f {
	case icans.FlagUrgent:
		return t.Urgent
	case icans.FlagGrade1:
		return t.Warning
	case icans.FlagIncomplete:
		return t.Note
	}
	return kit.Look{}
}

// StateMark returns the mark of a patient on the board: the worst of the alert, the mark
// of follow-up and grade, a waiting report, an unfinished check and the own baseline.
func StateMark(s *ward.PatientState) string {
	switch {
	case s.Alert == ward.AlertUrgent || s.Mark == ward.MarkUrgent:
		return MarkUrgent
	case s.Alert == ward.AlertGrade1 || s.Mark == ward.MarkGrade1:
		return MarkGrade1
	case s.Report != nil:
		return MarkReported
	case s.Last != nil && s.Last.Unfinished():
		return MarkUnfinished
	case s.Mark == ward.MarkBaseline:
		return MarkBaseline
	}
	return " "
}

// StateLook returns the look of a patient's line on the board.
func StateLook(t *kit.Theme, s *ward.PatientState) kit.Look {
	switch StateMark(s) {
	case MarkUrgent:
		return t.Urgent
	case MarkGrade1:
		return t.Warning
	case MarkReported, MarkUnfinished:
		return t.Note
	}
	return kit.Look{}
}
