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
	*desk.SaveQuestion
	patient  ward.Patient
	followUp int64
	note     *kit.Text
}

func newClosing(d *desk.Desk, to kit.Place) kit.Screen {
	id := desk.PatientOf(to.Subject)
	s := open(d, id)
	if s == nil {
		return nothing(d, to, "close")
	}
	kept, _ := d.Kept(to).(string)
	c := &closing{SaveQuestion: desk.NewSaveQuestion(d, to), patient: s.Patient, followUp: s.FollowUp.ID, note: kit.NewText(kept, 400)}
	c.Self, c.Work = c, c.note.Value
	c.Subject = []string{"CLOSE the follow-up of " + words.About(&s.Patient) + "?"}
	c.Text = []string{levelPeak(s.FollowUp) + ", open since " + d.Time(s.FollowUp.Opened.At)}
	if h := d.History(id); h != nil && h.Lifted(s.FollowUp) {
		c.Text = append(c.Text, lifted(d))
	}
	c.Inputs = []kit.Input{{Label: "note needed", Editor: kit.Plainly(c.note, needed)}}
	_, off := closable(s)
	for i, o := range ward.Outcomes {
		c.Options = append(c.Options, kit.Option{Keys: []string{strconv.Itoa(i + 1)}, Label: o.Label, Records: true, Needs: string(ward.MayDecide), Off: off,
			Do: func(h kit.Host) tea.Cmd { return c.choose(h, o.Code) }})
	}
	c.Options = append(c.Options, kit.Option{Keys: []string{"0"}, Label: "back"})
	c.Left = func(h kit.Host) tea.Cmd {
		if c.note.Value() != "" {
			h.Say("not closed; the note is kept: x brings it back")
		}
		return h.Close(c)
	}
	c.Saved = func(h kit.Host) tea.Cmd {
		h.Say("closed: " + words.Name(&c.patient) + "   " + words.MRN(&c.patient))
		return nil
	}
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
			return h.Push(c.again(doubt))
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

// Update implements [kit.Screen]. It says at once if another person closed the
// follow-up meanwhile.
func (c *closing) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	cmd := c.SaveQuestion.Update(h, msg)
	if f := closedBy(c.Desk, c.patient.ID, c.followUp); f != nil && c.Options[0].Off == "" && f.Closed.By != c.Desk.User().Name {
		text := words.ShortName(f.Closed.By) + " closed it at " + c.Desk.Time(f.Closed.At) + ": " + ward.WordsFor(ward.Outcomes, f.Outcome) + ". Your note is kept"
		for i := range c.Options[:len(c.Options)-1] {
			c.Options[i].Off = "closed already"
		}
		c.Text = append(c.Text, text)
		h.Fail(text)
	}
	return cmd
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
