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
	question
}

func newComment(d *desk.Desk, to kit.Place) kit.Screen {
	s := open(d, desk.PatientOf(to.Subject))
	if s == nil {
		return nothing(d, to, "comment on")
	}
	kept, _ := d.Kept(to).(string)
	c := &comment{newQuestion(d, to, s)}
	c.text = kit.NewText(kept, 400)
	c.Self, c.Work = c, c.text.Value
	c.words = func(s *ward.PatientState) (string, []string) {
		text := []string{levelPeak(s.FollowUp) + ", open since " + d.Time(s.FollowUp.Opened.At)}
		for i := range s.FollowUp.Notes {
			text = append(text, noteWords(d, &s.FollowUp.Notes[i]))
		}
		return "COMMENT on the follow-up of " + words.About(&s.Patient), text
	}
	c.refusal = func(*ward.PatientState) string { return "" }
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
				return log.NoteFollowUp(ctx, sig, c.followUp, note)
			})
		}},
		{Keys: []string{"0", "n"}, Label: "back, the text is kept"},
	}
	c.Left = func(h kit.Host) tea.Cmd {
		if c.closed && c.text.Value() != "" {
			h.Say("the comment is kept, not saved: :unsaved shows or discards it")
		}
		return h.Close(c)
	}
	c.Saved = func(h kit.Host) tea.Cmd {
		h.Say("comment saved: " + words.Name(&c.patient) + "   " + words.MRN(&c.patient))
		return nil
	}
	c.fill(s)
	return c
}

// Unsaved implements [desk.Unsaved].
func (c *comment) Unsaved() string {
	if c.text.Value() == "" {
		return ""
	}
	return "comment on the follow-up of " + words.Name(&c.patient)
}
