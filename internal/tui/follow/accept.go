package follow

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// newAccept asks whether to accept the follow-up of one patient. It holds on to the
// follow-up of its opening, so that no other one is accepted in its stead.
func newAccept(d *desk.Desk, to kit.Place) kit.Screen {
	s := open(d, desk.PatientOf(to.Subject))
	if s == nil {
		return nothing(d, to, "accept")
	}
	a := newQuestion(d, to, s)
	a.Self = &a
	a.words = func(s *ward.PatientState) (string, []string) {
		return "Accept for " + words.About(&s.Patient) + "?", []string{d.QuestionState(s)}
	}
	a.refusal = func(s *ward.PatientState) string {
		_, reason := acceptable(d, s)
		return reason
	}
	save := func(h kit.Host) tea.Cmd {
		return a.Save(h, func(ctx context.Context, log *store.Store, sig ward.Signature) error {
			return log.Acknowledge(ctx, sig, a.followUp)
		})
	}
	a.Options = []kit.Option{
		{Keys: []string{"1", "y"}, Label: "accept", Records: true, Needs: string(ward.MayRecord), Do: save},
		{Keys: []string{"0", "n"}, Label: "back"},
	}
	a.Saved = func(h kit.Host) tea.Cmd {
		h.Say("accepted " + d.Now().Format("15:04") + ": " + words.Name(&a.patient) + "   " + words.MRN(&a.patient))
		return nil
	}
	a.fill(s)
	return &a
}
