package check

import (
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/tui/kit"
)

// sheet is the sheet of answers of a form: a value for each field that was touched, the
// cause in words, and the earlier answers next to them.
type sheet struct {
	kit.Form
	cause string // the cause in words; kept while no domain is attributed
	late  bool   // the late signs are shown on request

	before   earlier
	asksLate bool // the patient's record asks for the late signs
	others   bool // other people have a check of the patient open
	help     func(*icans.Field) string
	open     func(h kit.Host, line string) tea.Cmd // opens a line that is no field

	now icans.Findings // of the values
}

// The lines of a sheet that are no field.
const (
	notDoneLine  = "not_done"
	lateLine     = "late_signs"
	takeOverLine = "take_over"
	timeLine     = "t"
	unableLine   = "u"
	causeLine    = "o"
	commentLine  = "c"
	saveLine     = "save"
)

// The groups of lines.
const (
	toolGroup  = "tool"
	signsGroup = "signs"
	seenGroup  = "seen"
	otherGroup = "other"
	endGroup   = "end"
)

// findings returns the findings of the sheet, as the last change of a value left them.
func (s *sheet) findings() icans.Findings { return s.now }

// tool returns the tool of the check.
func (s *sheet) tool() icans.Tool { return bedside.ToolOf(s.Value) }

func (s *sheet) otherTool() icans.Tool { return bedside.OtherTool(s.tool()) }

// field returns the field of the selected line, or nil.
func (s *sheet) field() *icans.Field {
	l, _ := s.Current()
	return fieldOf(l.ID)
}

func (s *sheet) hides(field *icans.Field) bool { return bedside.Hidden(field, s.Value) }

// asks reports whether the sheet asks for a field. It asks for the late signs on request,
// and if the record of the patient does.
func (s *sheet) asks(field *icans.Field) bool {
	return !s.hides(field) && (!bedside.IsLate(field) || s.late || s.asksLate)
}

// goToFirst selects the first line.
func (s *sheet) goToFirst() {
	for _, field := range bedside.Fields {
		if !s.hides(field) {
			s.GoTo(field.Column)
			return
		}
	}
}

// goToOpen selects the first line without an answer, or the save line.
func (s *sheet) goToOpen() {
	for _, field := range bedside.Fields {
		if s.Value(field.Column) == "" && s.asks(field) {
			s.GoTo(field.Column)
			return
		}
	}
	s.GoTo(saveLine)
}

// shown returns the answer of a line as the form shows it: blank if the line was not
// touched, a dash if it was not assessed, with the signs of its cause and its direction.
func (s *sheet) shown(field *icans.Field) string {
	switch s.Value(field.Column) {
	case "":
		return ""
	case kit.NotAssessed:
		return "–"
	}
	text := shortAnswer(field, &s.now) + causeMark(field, &s.now)
	last := s.before.last(field)
	if last == nil {
		return text
	}
	mark := direction(field, &last.Findings, &s.now)
	if mark == "" {
		return text
	}
	if len([]rune(text))+3 < valueWidth(s.tool(), field) {
		return text + "  " + mark
	}
	return text + " " + mark
}

// inStep are the values of a sheet; each change is part of the current step.
type inStep struct {
	sheet  *sheet
	serial uint64
}

func (a inStep) Value(column string) string { return a.sheet.Value(column) }
func (a inStep) Set(column, code string)    { a.sheet.Set(column, code, a.serial) }
func (a inStep) Cause() string              { return a.sheet.cause }
func (a inStep) SetCause(text string)       { a.sheet.cause = text }
