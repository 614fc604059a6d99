package check

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/bedside"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// withdrawal asks to withdraw a check. It loads the record before it asks, and stays
// under its question until the save is answered.
type withdrawal struct {
	waiting
	undo    bool // the check is the one that the user has just saved
	check   string
	saving  kit.Pending
	request string
	patient ward.Patient
	gone    ward.Check    // the version that withdraws the check
	asks    *kit.Question // nil until the record is loaded
}

func newWithdrawal(d *desk.Desk, to kit.Place) kit.Screen {
	return &withdrawal{
		waiting: waiting{desk: d, subject: to.Subject}, undo: to.Detail == "undo", check: desk.CheckOf(to.Subject), request: d.NewID(),
	}
}

// Init loads the record.
func (s *withdrawal) Init(h kit.Host) tea.Cmd { return s.load(h) }

func (s *withdrawal) load(h kit.Host) tea.Cmd {
	id, site := desk.PatientOf(s.subject), s.desk.Site()
	return desk.Load(s.desk, h, &s.loading, s.subject, func(ctx context.Context, log *store.Store) (ward.Chart, error) {
		return desk.ReadChart(ctx, log, id, site)
	})
}

// Update asks if the record has come, and ends if the save has. The question follows the
// changes of another terminal.
func (s *withdrawal) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case kit.Result[ward.Chart]:
		if !kit.Take(&s.loading, msg) || s.saving.Waiting() {
			return nil
		}
		if msg.Err != nil {
			h.Fail(desk.Words(msg.Err))
			return h.Close(s)
		}
		return s.ask(h, &msg.Value)
	case desk.Changed:
		if s.asks != nil && !s.saving.Waiting() && msg.Concerns(desk.PatientOf(s.subject)) {
			return s.load(h)
		}
	case kit.Result[store.Saved]:
		if kit.Take(&s.saving, msg) {
			return s.saved(h, msg)
		}
	}
	return nil
}

func (s *withdrawal) saved(h kit.Host, msg kit.Result[store.Saved]) tea.Cmd {
	cmd := h.Close(s)
	if msg.Err != nil {
		h.Fail("NOT WITHDRAWN: " + desk.Words(msg.Err))
		return cmd
	}
	s.desk.JustSaved(desk.Saved{})
	line := "Withdrawn: the check of " + s.desk.Time(msg.Value.Check.PerformedAt) + ", " + words.Name(&s.patient) + ". It stays in the record and no longer counts"
	return tea.Batch(cmd, desk.AfterSaving(h, s.patient.ID, &msg.Value, line))
}

// ask asks about the check as it is on record now.
func (s *withdrawal) ask(h kit.Host, chart *ward.Chart) tea.Cmd {
	c := chart.Current(s.check)
	if reason := withdrawnAlready(s.desk, c); reason != "" {
		cmd := h.Close(s)
		h.Fail(reason)
		return cmd
	}
	s.patient, s.gone = chart.Patient, withdrawn(c)
	subject, text := s.text(chart, c)
	if s.asks != nil {
		desk.Renew(h, s.asks, subject, text)
		return nil
	}
	s.asks = reasonQuestion(subject, text, s.save)
	if s.undo {
		s.asks = kit.Confirm(subject, text, "withdraw: entered in error", "back, it stays", func(h kit.Host) tea.Cmd { return s.save(h, "entered_in_error") }).Recording(string(ward.MayRecord))
	}
	s.asks.Left = func(h kit.Host) tea.Cmd { return h.Close(s) }
	return h.Push(s.asks)
}

// withdrawnAlready returns the reason why a check cannot be withdrawn or moved any more:
// another person was quicker; else it is empty.
func withdrawnAlready(d *desk.Desk, c *ward.Check) string {
	switch {
	case c == nil:
		return "there is no such check"
	case c.Status == ward.Withdrawn:
		return "this check is withdrawn already: " + d.Time(c.Recorded.At) + ", " + words.ShortName(c.Recorded.By)
	}
	return ""
}

// text names the patient, the time, the check with the person who recorded it, and the
// checks that change.
func (s *withdrawal) text(chart *ward.Chart, c *ward.Check) (subject, text []string) {
	d := s.desk
	text = []string{"WITHDRAW the check of " + d.DayTime(c.PerformedAt) + "?   " + words.CheckWords(c),
		d.RecordedBy(chart, c) + "   " + words.FlagLine(c.Result)}
	text = append(text, withoutCheck(d, chart, s.gone)...)
	if s.undo {
		text = append([]string{"UNDO the save"}, text...)
	} else {
		text = append(text, "Why?")
	}
	return []string{words.About(&s.patient)}, text
}

func (s *withdrawal) save(h kit.Host, reason string) tea.Cmd {
	gone := s.gone
	gone.Reason = reason
	return desk.Save(s.desk, h, &s.saving, s.subject, s.request, func(ctx context.Context, log *store.Store, sig ward.Signature) (store.Saved, error) {
		return log.SaveCheck(ctx, sig, gone)
	})
}

// withdrawn returns the version that withdraws a check.
func withdrawn(c *ward.Check) ward.Check {
	gone := *c
	gone.Version++
	gone.Status = ward.Withdrawn
	gone.Recorded, gone.ReasonNote = ward.Signature{}, ""
	return gone
}

// withoutCheck returns the lines about the record of a patient if a check no longer counts:
// the other checks that change, and the follow-up that stays.
func withoutCheck(d *desk.Desk, chart *ward.Chart, gone ward.Check) []string {
	view := bedside.PreviewOf(&chart.History, d.Site(), gone, d.User().Name, d.Now())
	lines := bedside.ChangedFlags(d.WallClock(), &chart.History, view.Changed)
	if f := chart.Open(); f != nil {
		if _, joined := f.Has(gone.ID); joined {
			lines = append(lines, "The "+words.Level(f)+" follow-up stays until a clinician closes it.")
		}
	}
	return lines
}
