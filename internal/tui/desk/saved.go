package desk

import (
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// Consequence returns the effect of a save on the follow-up, or the flag.
func (d *Desk) Consequence(s *store.Saved) string {
	r := s.Check.Result
	mark := FlagMark(r.Flag)
	lower := s.FollowUp != nil && s.FollowUp.IsOpen() && r.Flag < s.FollowUp.Level
	switch {
	case s.Old:
		return mark + " old flag: no follow-up"
	case s.Event == ward.JoinOpened:
		return mark + " follow-up opened" + d.acceptWithin(s)
	case s.Event == ward.JoinRaised:
		return mark + " follow-up RAISED" + d.acceptWithin(s)
	case lower:
		return "lower now; the " + Level(s.FollowUp) + " follow-up stays until a clinician closes it"
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

func (d *Desk) acceptWithin(s *store.Saved) string {
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

// AfterSaving says what was saved, and opens the checklist if the patient must be seen now.
func AfterSaving(h kit.Host, patient int64, s *store.Saved, words string) tea.Cmd {
	var cmd tea.Cmd
	urgent := s.Check.Result.Flag == icans.FlagUrgent && !s.Old
	if s.FollowUp != nil && s.FollowUp.IsOpen() && (urgent || s.Event == ward.JoinRaised) {
		cmd = h.Go(kit.Place{Screen: Checklist, Subject: Subject(patient), Detail: AfterSave})
	}
	h.Say(words)
	return cmd
}
