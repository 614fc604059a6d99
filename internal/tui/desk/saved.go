package desk

import (
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// AfterSaving says what was saved, and opens the checklist if the patient must be seen now.
func AfterSaving(h kit.Host, patient int64, s *store.Saved, line string) tea.Cmd {
	var cmd tea.Cmd
	urgent := s.Check.Result.Flag == icans.FlagUrgent && !s.Old
	if s.FollowUp != nil && s.FollowUp.IsOpen() && (urgent || s.Event == ward.JoinRaised) {
		cmd = h.Go(kit.Place{Screen: Checklist, Subject: Subject(patient), Detail: AfterSave})
	}
	h.Say(line)
	return cmd
}
