package check

import (
	"neurocheck/internal/bedside"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// draft returns the examination as a draft.
func (e *examination) draft() bedside.Draft {
	l, _ := e.sheet.Current()
	return bedside.Draft{
		PerformedAt: e.check.PerformedAt, Answers: e.sheet.Values(), Cause: e.sheet.cause, Note: e.check.Note,
		At: l.ID, Late: e.sheet.late, Dialog: e.dialog, Typed: e.typed, Version: e.check.Version,
	}
}

// restore fills the examination from the content of a draft, and returns that draft. It
// leaves out a word that this version does not know: the form then asks for it again.
func (e *examination) restore(content string) bedside.Draft {
	d, ok := bedside.ReadDraft(content)
	if !ok {
		return bedside.Draft{}
	}
	e.check.PerformedAt, e.check.Note = d.PerformedAt, ward.CleanText(d.Note)
	e.typed = kit.Clean(d.Typed)
	e.sheet.cause, e.sheet.late = ward.CleanLine(d.Cause), d.Late
	e.sheet.Load(d.Values(e.history.Patient.Tool))
	e.sheet.lay()
	e.evaluate()
	e.sheet.GoTo(d.At)
	if _, ok := e.sheet.Current(); !ok {
		e.sheet.goToOpen()
	}
	return d
}
