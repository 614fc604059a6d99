package check

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
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

// cannotSave returns the reason that the check cannot be saved as it is, or an empty text.
func (f *form) cannotSave() string {
	c := f.toSave()
	switch refused := f.review(&c, "").Refusal(); {
	case f.desk.ReadOnly() != "":
		return f.desk.ReadOnly()
	case refused != "":
		return refused
	case f.correcting() && len(f.changes(&c)) == 0:
		return "nothing was changed"
	}
	return ""
}

// asked takes the record that was read before the question.
func (f *form) asked(h kit.Host, msg kit.Result[record]) tea.Cmd {
	unknown := ""
	if msg.Err != nil { // not knowing it is no reason not to save
		unknown = "Could not look for checks that others recorded meanwhile: " + desk.Words(msg.Err)
	} else {
		f.take(&msg.Value.chart)
		if f.takenAway() {
			f.check.ID = f.desk.NewID()
			f.evaluate()
		}
	}
	f.request = f.desk.NewID()
	return f.ask(h, unknown)
}

// ask opens the question. After a save that failed it is the same one, so that the store
// knows the request again.
func (f *form) ask(h kit.Host, unknown string) tea.Cmd {
	if f.correcting() {
		return h.Push(f.correctionQuestion(unknown))
	}
	c := f.toSave()
	c.Result = f.view.Result
	text := f.review(&c, unknown).Lines()
	q := kit.Confirm([]string{"SAVE this check?   " + desk.About(&f.history.Patient)}, text, "save", "back to the form", func(h kit.Host) tea.Cmd { return f.save(h, c) })
	q.Options[0].Records, q.Options[0].Needs = true, string(ward.MayRecord)
	return h.Push(q)
}

// clock returns the present time of the ward, for the words that it shares with others.
func (f *form) clock() words.Clock { return words.Clock{Now: f.desk.Now(), Zone: f.desk.Zone()} }

// review returns the check with the record that it is compared with. Nil is the check in
// hand.
func (f *form) review(c *ward.Check, unknown string) *bedside.Review {
	if c == nil {
		c = &f.check
	}
	return &bedside.Review{
		Check: c, Original: f.original, History: &f.history, Preview: f.view, By: f.desk.User().Name, Clock: f.clock(),
		Late: f.asksLate(), Known: f.known, Since: f.since, Unknown: unknown,
	}
}

func (f *form) isLateEntry() bool { return f.desk.Now().Sub(f.check.PerformedAt) > ward.LateAfter }

// save writes the check. A draft that was taken over goes with it.
func (f *form) save(h kit.Host, c ward.Check) tea.Cmd {
	if f.saving.Waiting() {
		return nil
	}
	c.Result = icans.Result{}
	f.failed = false
	if f.entered.IsZero() {
		f.entered = f.desk.Now()
	}
	from := f.takenFrom
	return desk.Save(f.desk, h, &f.saving, f.subject, f.request, func(ctx context.Context, log *store.Store, sig ward.Signature) (store.Saved, error) {
		saved, err := log.SaveCheck(ctx, sig, c)
		if err == nil && from != "" {
			_ = log.DropDraft(ctx, c.PatientID, from) // a draft that stays is told of at its next opening
		}
		return saved, err
	})
}

// saved goes on after a save: to the checklist if the patient must be seen, else to the
// board with the patient in hand. A save that failed leaves the form as it is.
func (f *form) saved(h kit.Host, msg kit.Result[store.Saved]) tea.Cmd {
	if msg.Err != nil {
		f.failed = true
		h.Fail(desk.NotSaved(msg.Err))
		return nil
	}
	f.dirty = false
	s := &msg.Value
	if s.FollowUp == nil {
		s.FollowUp = f.view.FollowUp // which the check neither opened nor joined
	}
	line := bedside.SavedWords(f.clock(), f.desk.Site(), &f.history.Patient, s, f.entered)
	if f.correcting() {
		f.desk.Keep(f.place(), nil)
		cmd := h.Close(f)
		return tea.Batch(cmd, afterSave(h, f.patient, s, line))
	}
	f.desk.JustSaved(desk.Saved{Patient: f.patient, Check: s.Check.ID, Words: desk.Name(&f.history.Patient) + ", " + desk.Score(&s.Check.Findings), At: f.desk.Now()})
	cmd := tea.Batch(h.Close(f), h.Go(kit.Place{Screen: desk.Board, Subject: desk.Subject(f.patient)}))
	return tea.Batch(cmd, afterSave(h, f.patient, s, line+"   (ctrl+z undo)"))
}

// afterSave says what was saved, and opens the checklist if the patient must be seen now.
func afterSave(h kit.Host, patient int64, s *store.Saved, line string) tea.Cmd {
	var cmd tea.Cmd
	urgent := s.Check.Result.Flag == icans.FlagUrgent && !s.Old
	if s.FollowUp != nil && s.FollowUp.IsOpen() && (urgent || s.Event == ward.JoinRaised) {
		cmd = h.Go(kit.Place{Screen: desk.Checklist, Subject: desk.Subject(patient), Detail: desk.AfterSave})
	}
	h.Say(line)
	return cmd
}
