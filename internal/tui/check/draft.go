package check

import (
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/bedside"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// keep writes the draft to the log. A correction is a form of its own kind, which the
// board does not show.
func (f *form) keep(h kit.Host) tea.Cmd {
	if f.correcting() {
		f.desk.Keep(f.place(), f.content())
		return nil
	}
	return f.desk.KeepDraft(h, f.patient, f.check.ID, f.since, f.content())
}

// place returns the place under which a correction is kept.
func (f *form) place() kit.Place { return kit.Place{Screen: desk.Correct, Subject: f.subject} }

// reopenCorrection fills the form from a correction that was not saved.
func (f *form) reopenCorrection(h kit.Host) tea.Cmd {
	content, ok := f.desk.Kept(f.place()).(string)
	if !ok {
		return nil
	}
	d, _ := bedside.ReadDraft(content)
	name := f.restore(content)
	f.dirty = true
	if d.Version != f.check.Version {
		h.Fail("This check was corrected meanwhile: look at each change of your unsaved correction")
		return f.openDialog(h, name)
	}
	h.Say("Your unsaved correction of " + f.desk.Time(f.desk.KeptSince(f.place())) + " is back")
	return f.openDialog(h, name)
}

// Unsaved implements [desk.Unsaved].
func (f *form) Unsaved() string {
	switch name := desk.Name(&f.history.Patient); {
	case !f.dirty:
		return ""
	case f.correcting() && f.original != nil:
		return "correction of the check of " + f.desk.Time(f.original.PerformedAt) + ", " + name
	default:
		return "check of " + name
	}
}

// content returns the form as the content of a draft.
func (f *form) content() string {
	l, _ := f.sheet.Current()
	return bedside.Draft{
		PerformedAt: f.check.PerformedAt, Answers: f.sheet.Values(), Cause: f.cause, Note: f.check.Note,
		At: l.ID, Late: f.late, Dialog: f.dialog, Typed: f.typed, TakenFrom: f.takenFrom, Version: f.check.Version,
	}.Content()
}

// reopen fills the form from a draft, and opens the dialog that was open in it.
func (f *form) reopen(h kit.Host, r record) tea.Cmd {
	if f.correcting() {
		return f.reopenCorrection(h)
	}
	if !r.drafted {
		if list := f.others(); len(list) > 0 {
			h.Say(f.openElsewhere(&list[0]) + ": its line below takes it over")
		}
		return nil
	}
	f.check.ID = r.draft.CheckID
	if !r.draft.Since.IsZero() {
		f.since = r.draft.Since
	}
	name := f.restore(r.draft.Content)
	f.dirty = true
	h.Say("Your unsaved check of " + f.desk.Time(f.since) + " is back")
	return f.openDialog(h, name)
}

// openElsewhere returns a line about an unsaved check of another person.
func (f *form) openElsewhere(d *ward.Draft) string {
	return bedside.OpenElsewhere(f.clock(), d)
}

// restore fills the form from the content of a draft, and returns the dialog that was
// open. It leaves out a word that this version does not know: the form then asks for it
// again.
func (f *form) restore(content string) (dialog string) {
	d, ok := bedside.ReadDraft(content)
	if !ok {
		return ""
	}
	f.check.PerformedAt, f.check.Note = d.PerformedAt, ward.CleanText(d.Note)
	f.cause, f.late, f.typed, f.takenFrom = ward.CleanLine(d.Cause), d.Late, kit.Clean(d.Typed), d.TakenFrom
	f.sheet.Load(d.Values(f.history.Patient.Tool))
	f.layLines()
	f.evaluate()
	f.layLines()
	f.sheet.GoTo(d.At)
	if _, ok := f.sheet.Current(); !ok {
		f.firstOpen()
	}
	return d.Dialog
}

// openDialog opens a dialog by the name that a draft gives it.
func (f *form) openDialog(h kit.Host, name string) tea.Cmd {
	open := map[string]func(kit.Host, kit.Key) tea.Cmd{
		timeLine: f.openTime, unableLine: f.openUnable, causeLine: f.openCause, commentLine: f.openComment,
	}[name]
	if open == nil {
		return nil
	}
	return open(h, kit.Key{})
}

// show opens a dialog of the form. The draft remembers it, and the line in hand stays.
func (f *form) show(h kit.Host, name string, dialog kit.Screen) tea.Cmd {
	f.dialog = name
	if f.back != "" {
		f.sheet.GoTo(f.back)
	}
	cmd := h.Push(dialog)
	if f.dirty {
		cmd = tea.Batch(cmd, f.keep(h))
	}
	return cmd
}

// shut closes a dialog of the form.
func (f *form) shut(h kit.Host, dialog kit.Screen) tea.Cmd {
	f.dialog = ""
	cmd := tea.Batch(h.Close(dialog), f.flush(h))
	if f.dirty {
		cmd = tea.Batch(cmd, f.keep(h))
	}
	return cmd
}
