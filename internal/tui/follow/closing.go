package follow

import (
	"context"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// closing closes the follow-up of one patient: a note, an outcome, and for some a second
// question. The note is kept until the follow-up is closed.
type closing struct {
	question
	note *kit.Text
	sure *kit.Question // the second question, once it was asked
}

func newClosing(d *desk.Desk, to kit.Place) kit.Screen {
	id := desk.PatientOf(to.Subject)
	s := open(d, id)
	if s == nil {
		return nothing(d, to, "close")
	}
	kept, _ := d.Kept(to).(string)
	c := &closing{question: newQuestion(d, to, s), note: kit.NewText(kept, 400)}
	c.Self, c.Work, c.text = c, c.note.Value, c.note
	c.words = func(s *ward.PatientState) (string, []string) {
		text := []string{levelPeak(s.FollowUp) + ", open since " + d.Time(s.FollowUp.Opened.At)}
		if h := d.History(id); h != nil && h.Lifted(s.FollowUp) {
			text = append(text, lifted(d))
		}
		return "CLOSE the follow-up of " + words.About(&s.Patient) + "?", text
	}
	c.refusal = func(s *ward.PatientState) string {
		_, reason := closable(s)
		return reason
	}
	c.Inputs = []kit.Input{{Label: "note needed", Editor: kit.Plainly(c.note, needed)}}
	for i, o := range ward.Outcomes {
		c.Options = append(c.Options, kit.Option{Keys: []string{strconv.Itoa(i + 1)}, Label: o.Label, Records: true, Needs: string(ward.MayDecide),
			Do: func(h kit.Host) tea.Cmd { return c.choose(h, o.Code) }})
	}
	c.Options = append(c.Options, kit.Option{Keys: []string{"0"}, Label: "back"})
	c.Left = func(h kit.Host) tea.Cmd {
		switch {
		case c.note.Value() == "":
		case c.closed: // x has nothing to close any more
			h.Say("the note is kept, not saved: :unsaved shows or discards it")
		default:
			h.Say("not closed; the note is kept: x brings it back")
		}
		return h.Close(c)
	}
	c.Saved = func(h kit.Host) tea.Cmd {
		h.Say("closed: " + words.Name(&c.patient) + "   " + words.MRN(&c.patient))
		return nil
	}
	c.fill(s)
	return c
}

// Unsaved implements [desk.Unsaved].
func (c *closing) Unsaved() string {
	if c.note.Value() == "" {
		return ""
	}
	return "note on the follow-up of " + words.Name(&c.patient)
}

// needed refuses an empty note.
func needed(text string) string {
	if ward.CleanLine(text) == "" {
		return "a note is needed"
	}
	return ""
}

// choose saves an outcome. Closing as resolved asks again if the record says otherwise.
func (c *closing) choose(h kit.Host, outcome string) tea.Cmd {
	if reason := needed(c.note.Value()); reason != "" {
		h.Fail(reason)
		return nil
	}
	if outcome == ward.Resolved {
		if doubt := c.doubt(); doubt != "" {
			c.sure = c.again(doubt)
			return h.Push(c.sure)
		}
	}
	return c.save(h, outcome, false)
}

// doubt returns the reason to ask again before the follow-up is closed as resolved; empty
// if there is none.
func (c *closing) doubt() string {
	h := c.Desk.History(c.patient.ID)
	if h == nil || !h.AskResolved() {
		return ""
	}
	last := h.Conclusive()
	if last == nil || !last.Result.Flag.Flagged() {
		return "NO CONCLUSIVE CHECK since the last flagged one."
	}
	return "STILL FLAGGED. The last check (" + c.Desk.Time(last.PerformedAt) + ") is " + words.Score(&last.Findings) +
		", ICANS " + words.Grade(last.Result) + ", " + words.FlagShort(last.Result.Flag) + "."
}

// Update implements [kit.Screen]. The second question ends if another person closed the
// follow-up meanwhile, and else names the patient as now.
func (c *closing) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	cmd := c.question.Update(h, msg)
	switch {
	case c.sure == nil:
	case c.closed:
		cmd = tea.Batch(cmd, h.Close(c.sure))
	default:
		c.sure.Subject = c.Subject
	}
	return cmd
}

// again is the second question.
func (c *closing) again(doubt string) *kit.Question {
	text := append([]string(nil), c.Text...)
	text = append(text, "note: "+c.note.Value(), doubt, "Close as resolved all the same? It stays in the record that you were asked.")
	return &kit.Question{Subject: c.Subject, Text: text, Options: []kit.Option{
		{Keys: []string{"1", "y"}, Label: "close as resolved", Records: true, Needs: string(ward.MayDecide), Do: func(h kit.Host) tea.Cmd { return c.save(h, ward.Resolved, true) }},
		{Keys: []string{"0", "n"}, Label: "back, the note is kept"},
	}}
}

func (c *closing) save(h kit.Host, outcome string, asked bool) tea.Cmd {
	id, note := c.followUp, c.note.Value()
	return c.Save(h, func(ctx context.Context, log *store.Store, sig ward.Signature) error {
		return log.CloseFollowUp(ctx, sig, id, outcome, note, asked)
	})
}

// closedBy returns a follow-up if it was closed.
func closedBy(d *desk.Desk, patient, followUp int64) *ward.FollowUp {
	h := d.History(patient)
	if h == nil {
		return nil
	}
	for i := range h.FollowUps {
		if f := &h.FollowUps[i]; f.ID == followUp && !f.IsOpen() {
			return f
		}
	}
	return nil
}
