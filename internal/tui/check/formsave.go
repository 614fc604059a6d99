package check

import (
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/bedside"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// askSave reads the record once more, so that the question lists the checks of others,
// and then asks whether to save.
func (f *form) askSave(h kit.Host, _ kit.Key) tea.Cmd {
	if reason := f.cannotSave(); reason != "" {
		h.Fail(reason)
		return nil
	}
	return f.load(h, &f.asking, false)
}

// asked takes the record that was read before the question, and asks. Not to know the
// record is no reason not to save.
func (f *form) asked(h kit.Host, msg kit.Result[record]) tea.Cmd {
	var keep tea.Cmd
	unknown := ""
	if msg.Err != nil {
		unknown = "Could not look for checks that others recorded meanwhile: " + desk.Words(msg.Err)
	} else {
		f.take(&msg.Value.chart)
		if f.takenAway() != nil {
			f.check.ID = f.desk.NewID()
			f.evaluate()
		}
		keep = f.onNewest(h, &msg.Value.chart)
		if reason := f.cannotSave(); reason != "" {
			h.Fail(reason)
			return keep
		}
	}
	f.saving.request = f.desk.NewID()
	f.asks = f.question(unknown, func(h kit.Host, c ward.Check) tea.Cmd {
		f.asks = nil
		return f.saving.begin(f.desk, h, f.place.Subject, c)
	})
	f.asks.Left = func(kit.Host) tea.Cmd {
		f.asks = nil
		return nil
	}
	return tea.Batch(keep, h.Push(f.asks))
}

// saved goes on after a save: to the checklist if the patient must be seen, else to the
// board with the selected patient. A save that failed leaves the form as it is.
func (f *form) saved(h kit.Host, msg kit.Result[store.Saved]) tea.Cmd {
	if msg.Err != nil {
		f.saving.failed = true
		h.Fail(desk.NotSaved(msg.Err))
		return nil
	}
	f.dirty = false
	s := &msg.Value
	if s.FollowUp == nil {
		s.FollowUp = f.view.FollowUp // which the check neither opened nor joined
	}
	line := bedside.SavedWords(f.desk.WallClock(), f.desk.Site(), &f.history.Patient, s, f.saving.entered)
	if f.correcting() {
		f.desk.Keep(f.place, nil)
		return tea.Batch(h.Close(f), desk.AfterSaving(h, f.patient, s, line))
	}
	f.desk.JustSaved(desk.Saved{Patient: f.patient, Check: s.Check.ID, Words: line, At: f.desk.Now()})
	cmd := tea.Batch(h.Close(f), h.Go(kit.Place{Screen: desk.Board, Subject: desk.Subject(f.patient)}))
	line += "   (ctrl+z undo)"
	if f.round != "" { // the card of the round shows the words
		line = ""
	}
	return tea.Batch(cmd, desk.AfterSaving(h, f.patient, s, line))
}
