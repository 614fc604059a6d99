package check

import (
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/bedside"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// keep writes the draft to the log. A correction is a form of its own kind, which the
// board does not show.
func (f *form) keep(h kit.Host) tea.Cmd {
	content := f.draft().Content()
	if f.correcting() {
		f.desk.Keep(f.place, content)
		return nil
	}
	return f.desk.KeepDraft(h, f.patient, f.check.ID, f.since, content)
}

// keepDirty writes the draft if there is one already, because the dialog that is open has
// changed.
func (f *form) keepDirty(h kit.Host) tea.Cmd {
	if !f.dirty {
		return nil
	}
	return f.keep(h)
}

// reopen fills the form from a draft, and opens the dialog that was open in it.
func (f *form) reopen(h kit.Host, r *record) tea.Cmd {
	draft := r.draft
	switch {
	case f.correcting():
		return f.reopenCorrection(h, &r.chart)
	case !r.drafted || draft.Content == store.Claimed:
		if list := f.others(); len(list) > 0 {
			h.Say(bedside.OpenElsewhere(f.desk.WallClock(), &list[0]) + ": its line below takes it over")
		}
		if f.hasLeft() {
			return f.open(h, timeLine)
		}
		return nil
	}
	f.desk.GoOn(draft)
	f.check.ID = draft.CheckID
	if !draft.Since.IsZero() {
		f.since = draft.Since
	}
	d := f.restore(draft.Content)
	f.dirty = true
	h.Say("Your unsaved check of " + f.desk.Time(f.since) + " is back")
	return f.open(h, d.Dialog)
}

// reopenCorrection fills the form from a correction that was not saved.
func (f *form) reopenCorrection(h kit.Host, chart *ward.Chart) tea.Cmd {
	content, ok := f.desk.Kept(f.place).(string)
	if !ok {
		return nil
	}
	d := f.restore(content)
	f.dirty = true
	if d.Version != f.check.Version {
		for _, v := range chart.VersionsOf(f.check.ID) {
			if v.Version == d.Version-1 {
				f.merge(&v)
			}
		}
		h.Fail("This check was corrected meanwhile: look at each change of your unsaved correction")
	} else {
		h.Say("Your unsaved correction of " + f.desk.Time(f.desk.KeptSince(f.place)) + " is back")
	}
	return f.open(h, d.Dialog)
}

// Unsaved implements [desk.Unsaved].
func (f *form) Unsaved() string {
	switch name := words.Name(&f.history.Patient); {
	case !f.dirty:
		return ""
	case f.correcting():
		return "correction of the check of " + f.desk.Time(f.original.PerformedAt) + ", " + name
	default:
		return "check of " + name
	}
}
