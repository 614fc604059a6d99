package paper

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// askSave reads the record once more, so that the question knows the checks of others, and
// then asks whether to save.
func (s *sheet) askSave(h kit.Host, k kit.Key) tea.Cmd {
	if !s.settleClock(h, k) {
		return nil
	}
	if cmd := s.flush(h); cmd != nil {
		return cmd
	}
	if reason := s.cannotSave(); reason != "" {
		h.Fail(reason)
		return nil
	}
	return s.load(h, &s.asking)
}

// cannotSave returns the reason that the sheet cannot be saved as it is, or an empty text.
func (s *sheet) cannotSave() string {
	if reason := s.desk.ReadOnly(); reason != "" {
		return reason
	}
	if len(s.now.checks) == 0 {
		return "there is no finding to save yet"
	}
	for i := range s.now.checks {
		c := &s.now.checks[i]
		if problems := c.Findings.Problems(); len(problems) > 0 {
			return s.label(c.PerformedAt) + ", " + words.FieldWords(problems[0].Column) + ": " + problems[0].Reason
		}
		if reason := bedside.TimeRefusal(&s.history, c.PerformedAt, s.desk.WallClock()); reason != "" {
			return s.label(c.PerformedAt) + ": " + reason + ": t sets the time"
		}
	}
	return ""
}

// asked takes the record that was read before the question. A row that may be on record
// already is asked about first.
func (s *sheet) asked(h kit.Host, msg kit.Result[record]) tea.Cmd {
	unknown := ""
	if msg.Err != nil { // not knowing it is no reason not to save
		unknown = "Could not look for checks that others recorded meanwhile: " + desk.Words(msg.Err)
	} else {
		s.take(msg.Value)
		s.dropSaved(h)
	}
	if reason := s.cannotSave(); reason != "" {
		h.Fail(reason)
		return s.flush(h)
	}
	if i := s.twinAsked(); i >= 0 {
		s.state.Selected, s.state.Column = i, twinColumn
		h.Fail("Answer first, then save: the same check as the row of " + s.label(s.state.Rows[i].At) + "? 1 yes, 0 no")
		return nil
	}
	s.sure = s.question(unknown)
	s.sure.Left = func(kit.Host) tea.Cmd {
		s.sure = nil
		return nil
	}
	return h.Push(s.sure)
}

// renew makes an open question one about the record as it is now. Rows that were saved at
// another keyboard, or that cannot be saved any more, end it.
func (s *sheet) renew(h kit.Host) tea.Cmd {
	if s.sure == nil {
		return nil
	}
	if s.cannotSave() == "" && s.twinAsked() < 0 {
		now := s.question("")
		desk.Renew(h, s.sure, now.Subject, now.Text)
		return nil
	}
	cmd := h.Close(s.sure)
	s.sure = nil
	h.Fail(desk.ChangedMeanwhile)
	return cmd
}

// question lists all rows, with grade, flag and the findings that are missing.
func (s *sheet) question(unknown string) *kit.Question {
	n := len(s.now.checks)
	head := fmt.Sprintf("SAVE %s?   ", ward.Several(n, "check")) + words.About(&s.history.Patient)
	text := []string{"from paper, entered by " + kit.Plain(s.desk.User().Name) + s.lateWords()}
	for i := range s.now.checks {
		text = append(text, s.rowWords(&s.now.checks[i], &s.now.previews[i])...)
	}
	for i := range s.state.Rows {
		if r := &s.state.Rows[i]; r.empty() {
			text = append(text, s.desk.DayTime(r.At)+"   has no finding: it is not saved")
		}
	}
	if unknown != "" {
		text = append(text, unknown)
	}
	for _, c := range s.otherChecks() {
		text = append(text, "MEANWHILE "+bedside.MeanwhileWords(s.desk.WallClock(), &c)+".")
	}
	text = append(text, bedside.ChangedFlags(s.desk.WallClock(), &s.history, s.now.previews[0].Changed)...)
	if line := s.othersLine(); line != "" {
		text = append(text, line+".")
	}
	q := kit.Confirm([]string{head}, text, "save", "back to the sheet", func(h kit.Host) tea.Cmd {
		s.sure = nil
		return s.save(h, slices.Clone(s.now.checks))
	})
	q.Options[0].Records, q.Options[0].Needs = true, string(ward.MayRecord)
	return q
}

// lateWords says once for all rows how long ago they were done.
func (s *sheet) lateWords() string {
	first, last := s.now.checks[0].PerformedAt, s.now.checks[len(s.now.checks)-1].PerformedAt
	if s.desk.Now().Sub(first) <= ward.LateAfter {
		return ""
	}
	if first.Equal(last) {
		return ".   LATE ENTRY: done " + s.desk.Ago(first) + " ago"
	}
	return ".   LATE ENTRY: done " + s.desk.Ago(last) + " to " + s.desk.Ago(first) + " ago"
}

// rowWords returns a row in the question: its result, the findings that are missing, and the
// points that are asked about once.
func (s *sheet) rowWords(c *ward.Check, v *bedside.Preview) []string {
	line := s.desk.DayTime(c.PerformedAt) + "  " + words.Score(&c.Findings) + "  ICANS " + words.GradeCell(c.Result) + "  " + flagWords(c) + v.Effect() + "."
	if x := &c.Findings; x.OtherCause != 0 {
		line += " Other cause: " + kit.Plain(c.CauseNote) + "."
	}
	if left := s.rowOf(c.ID).missing(s.late()); left != "" {
		line += " Not assessed: " + left + "."
	}
	lines := []string{line}
	if list := s.warnings(c); len(list) > 0 {
		lines = append(lines, "    Please check: "+strings.ReplaceAll(strings.Join(list, "; ")+".", "?.", "?"))
	}
	return lines
}

func (s *sheet) rowOf(id string) *row {
	return &s.state.Rows[slices.IndexFunc(s.state.Rows, func(r row) bool { return r.ID == id })]
}

// warnings returns the points of a row that are asked about once, but for its age, which the
// question names once for all, and for a twin, which the sheet has asked about.
func (s *sheet) warnings(c *ward.Check) []string {
	h := with(&s.history, slices.DeleteFunc(slices.Clone(s.now.checks), func(o ward.Check) bool { return o.ID == c.ID }))
	return slices.DeleteFunc(c.Warnings(&h, s.desk.Zone(), s.desk.Now()), func(text string) bool {
		return strings.HasPrefix(text, "done ") || strings.HasSuffix(text, "the same one?")
	})
}

// save records all rows as one act. The sheet that was taken over goes with it.
func (s *sheet) save(h kit.Host, checks []ward.Check) tea.Cmd {
	if s.saving.Waiting() {
		return nil
	}
	for i := range checks {
		checks[i].Result = icans.Result{}
	}
	s.failed = false
	if s.request == "" {
		s.request = s.desk.NewID()
	}
	if s.entered.IsZero() {
		s.entered = s.desk.Now()
	}
	from := s.takenFrom
	return desk.Save(s.desk, h, &s.saving, s.place.Subject, s.request, func(ctx context.Context, log *store.Store, sig ward.Signature) ([]store.Saved, error) {
		return log.SaveSheet(ctx, sig, checks, from)
	})
}

// saved goes on after a save: to the checklist if the patient must be seen, else to the
// board with the selected patient. A save that failed leaves the sheet as it is.
func (s *sheet) saved(h kit.Host, msg kit.Result[[]store.Saved]) tea.Cmd {
	if msg.Err != nil {
		s.failed = true
		if kind := ward.KindOf(msg.Err); kind != ward.KindUnavailable && kind != ward.KindInternal {
			s.request = "" // refused, so that the next try is another act
		}
		h.Fail(desk.NotSaved(msg.Err))
		return nil
	}
	list := msg.Value
	s.dirty = false
	s.desk.Keep(s.place, nil)
	worst := mostUrgent(list)
	if worst.FollowUp == nil {
		worst.FollowUp = s.now.record.Open() // which the row neither opened nor joined
	}
	line := s.savedWords(list, &worst)
	undo := desk.Saved{} // a sheet is not undone as one
	if len(list) == 1 {
		undo = desk.Saved{Patient: s.patient, Check: list[0].Check.ID, Words: words.Name(&s.history.Patient) + ", " + words.Score(&list[0].Check.Findings), At: s.desk.Now()}
		line += "   (ctrl+z undo)"
	}
	s.desk.JustSaved(undo)
	cmd := tea.Batch(h.Close(s), h.Go(kit.Place{Screen: desk.Board, Subject: s.place.Subject}))
	return tea.Batch(cmd, desk.AfterSaving(h, s.patient, &worst, line))
}

// mostUrgent returns the row with the greatest consequence: one that opened or raised a
// follow-up, else the worst flag that is not an old one, else the last row.
func mostUrgent(list []store.Saved) store.Saved {
	rank := func(s *store.Saved) int {
		n := int(s.Check.Result.Flag)
		if s.Old {
			n = 0
		}
		if s.Event == ward.JoinOpened || s.Event == ward.JoinRaised {
			n += int(icans.FlagUrgent) + 1
		}
		return n
	}
	worst := &list[0]
	for i := range list {
		if rank(&list[i]) >= rank(worst) {
			worst = &list[i]
		}
	}
	return *worst
}

// savedWords returns the line about a saved sheet and its consequence.
func (s *sheet) savedWords(list []store.Saved, worst *store.Saved) string {
	p := &s.history.Patient
	text := "Saved " + s.desk.Time(s.desk.Now())
	if !s.entered.Truncate(time.Minute).Equal(s.desk.Now().Truncate(time.Minute)) {
		text += ", entered " + s.desk.Time(s.entered)
	}
	text += ": " + words.Name(p) + "  " + words.MRN(p) + "  " + ward.Several(len(list), "check") + " from paper  "
	old := 0
	for i := range list {
		if list[i].Old {
			old++
		}
	}
	if old < len(list) && !worst.Old {
		text += bedside.Consequence(s.desk.Site(), worst)
		if worst.Check.Result.Flag != icans.FlagNone {
			text += " (" + s.desk.Time(worst.Check.PerformedAt) + ")"
		}
	}
	if old > 0 {
		text += "; " + ward.Several(old, "old flag") + ": no follow-up"
	}
	if n := len(list[0].Reevaluated); n > 0 {
		text += "; the flags of " + ward.Several(n, "other check") + " changed"
	}
	return text
}
