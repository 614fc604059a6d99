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

// accept asks whether to accept the follow-up of one patient. It holds on to the
// follow-up of its opening, so that no other one is accepted in its stead.
type accept struct {
	*desk.SaveQuestion
	patient  ward.Patient
	followUp int64
}

func newAccept(d *desk.Desk, to kit.Place) kit.Screen {
	id := desk.PatientOf(to.Subject)
	s := open(d, id)
	if s == nil {
		return nothing(d, to, "accept")
	}
	a := &accept{SaveQuestion: desk.NewSaveQuestion(d, to), patient: s.Patient, followUp: s.FollowUp.ID}
	a.Self = a
	a.Subject = []string{"Accept for " + words.About(&s.Patient) + "?"}
	state, _ := d.StateLine(s)
	a.Text = []string{state}
	yes := kit.Option{Keys: []string{"1", "y"}, Label: "accept", Records: true, Needs: string(ward.MayRecord), Do: a.save}
	if ok, reason := acceptable(d, s); !ok {
		yes.Off = reason
	}
	a.Options = []kit.Option{yes, {Keys: []string{"0", "n"}, Label: "back"}}
	a.Saved = func(h kit.Host) tea.Cmd {
		h.Say("accepted " + d.Now().Format("15:04") + ": " + words.Name(&a.patient) + "   " + words.MRN(&a.patient))
		return nil
	}
	return a
}

func (a *accept) save(h kit.Host) tea.Cmd {
	id := a.followUp
	return a.Save(h, func(ctx context.Context, log *store.Store, sig ward.Signature) error {
		return log.Acknowledge(ctx, sig, id)
	})
}

// Update implements [kit.Screen]. If another person accepts meanwhile, the answer is
// switched off and says who did.
func (a *accept) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	if s := open(a.Desk, a.patient.ID); s != nil && s.FollowUp.ID == a.followUp {
		_, a.Options[0].Off = acceptable(a.Desk, s)
	}
	return a.SaveQuestion.Update(h, msg)
}
