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

// comment adds a comment to the open follow-up of a patient.
type comment struct {
	*desk.SaveQuestion
	text *kit.Text
	name string // of the patient
}

func newComment(d *desk.Desk, to kit.Place) kit.Screen {
	id := desk.PatientOf(to.Subject)
	s := open(d, id)
	if s == nil {
		return nothing(d, to, "comment on")
	}
	kept, _ := d.Kept(to).(string)
	c := &comment{SaveQuestion: desk.NewSaveQuestion(d, to), text: kit.NewText(kept, 400), name: words.Name(&s.Patient)}
	c.Self, c.Work = c, c.text.Value
	c.Subject = []string{"COMMENT on the follow-up of " + words.About(&s.Patient)}
	c.Text = []string{levelPeak(s.FollowUp) + ", open since " + d.Time(s.FollowUp.Opened.At)}
	for i := range s.FollowUp.Notes {
		c.Text = append(c.Text, noteWords(d, &s.FollowUp.Notes[i]))
	}
	followUp, patient := s.FollowUp.ID, s.Patient
	c.Inputs = []kit.Input{{Label: "comment", Editor: kit.Plainly(c.text, func(text string) string {
		if ward.CleanLine(text) == "" {
			return "type a comment, or esc"
		}
		return ""
	})}}
	c.Options = []kit.Option{
		{Keys: []string{"1", "y"}, Label: "save the comment", Records: true, Needs: string(ward.MayRecord), Do: func(h kit.Host) tea.Cmd {
			note := c.text.Value()
			return c.Save(h, func(ctx context.Context, log *store.Store, sig ward.Signature) error {
				return log.NoteFollowUp(ctx, sig, followUp, note)
			})
		}},
		{Keys: []string{"0", "n"}, Label: "back, the text is kept"},
	}
	c.Left = func(h kit.Host) tea.Cmd { return h.Close(c) }
	c.Saved = func(h kit.Host) tea.Cmd {
		h.Say("comment saved: " + words.Name(&patient) + "   " + words.MRN(&patient))
		return nil
	}
	return c
}

// Unsaved implements [desk.Unsaved].
func (c *comment) Unsaved() string {
	if c.text.Value() == "" {
		return ""
	}
	return "comment on the follow-up of " + c.name
}
