package check

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// savedWords returns the line about a saved check and its consequences. It names the time
// of the first try to save if that was in another minute.
func savedWords(d *desk.Desk, p *ward.Patient, s *store.Saved, entered time.Time) string {
	c := &s.Check
	text := "Saved " + d.Time(d.Now())
	if !entered.Truncate(time.Minute).Equal(d.Now().Truncate(time.Minute)) {
		text += ", entered " + d.Time(entered)
	}
	text += ": " + desk.Name(p) + "  " + desk.MRN(p) + "  " + desk.Score(&c.Findings) + "  ICANS " + desk.GradeCell(c.Result) + "  " + consequence(d, s)
	if n := len(s.Reevaluated); n == 1 {
		text += "; the flag of another check changed"
	} else if n > 1 {
		text += fmt.Sprintf("; the flags of %d other checks changed", n)
	}
	return text
}

// consequence returns the effect of a save on the follow-up, or the flag.
func consequence(d *desk.Desk, s *store.Saved) string {
	r := s.Check.Result
	mark := desk.FlagMark(r.Flag)
	lower := s.FollowUp != nil && s.FollowUp.IsOpen() && r.Flag < s.FollowUp.Level
	switch {
	case s.Old:
		return mark + " old flag: no follow-up"
	case s.Event == ward.JoinOpened:
		return mark + " follow-up opened" + acceptWithin(d, s)
	case s.Event == ward.JoinRaised:
		return mark + " follow-up RAISED" + acceptWithin(d, s)
	case lower:
		return "lower now; the " + desk.Level(s.FollowUp) + " follow-up stays until a clinician closes it"
	case s.Event == ward.JoinJoined:
		return mark + " joined the follow-up"
	case r.Flag.Flagged():
		return mark + " " + r.Flag.Words()
	case r.AtBaseline():
		return "= at own baseline"
	case r.Flag == icans.FlagIncomplete && s.Check.Unfinished():
		return mark + " unfinished: please complete"
	case s.Check.Normal():
		return "normal check"
	}
	return "no flag"
}

func acceptWithin(d *desk.Desk, s *store.Saved) string {
	if s.FollowUp == nil {
		return ""
	}
	f := s.FollowUp
	since := f.Opened.At
	if f.RaisedAt.After(since) {
		since = f.RaisedAt
	}
	return ": accept within " + ward.Elapsed(d.Site().EscalatesAt(f).Sub(since))
}

// afterSave says what was saved, and opens the checklist if the patient must be seen now.
func afterSave(h kit.Host, patient int64, s *store.Saved, words string) tea.Cmd {
	var cmd tea.Cmd
	urgent := s.Check.Result.Flag == icans.FlagUrgent && !s.Old
	if s.FollowUp != nil && s.FollowUp.IsOpen() && (urgent || s.Event == ward.JoinRaised) {
		cmd = h.Go(kit.Place{Screen: desk.Checklist, Subject: desk.Subject(patient), Detail: desk.AfterSave})
	}
	h.Say(words)
	return cmd
}
