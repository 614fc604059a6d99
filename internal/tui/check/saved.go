package check

import (
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

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
