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
	site    *ward.Site
}

func newWithdrawal(d *desk.Desk, to kit.Place) kit.Screen {
	return &withdrawal{
		waiting: waiting{desk: d, subject: to.Subject}, undo: to.Detail == "undo", check: desk.CheckOf(to.Subject), request: d.NewID(), site: d.Site(),
	}
}

// Init loads the record.
func (s *withdrawal) Init(h kit.Host) tea.Cmd { return s.loadChart(h) }

// Update asks if the record has come, and ends if the save has.
func (s *withdrawal) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case kit.Result[ward.Chart]:
		if !kit.Take(&s.loading, msg) {
			return nil
		}
		if msg.Err != nil {
			h.Fail(desk.Words(msg.Err))
			return h.Close(s)
		}
		return s.ask(h, &msg.Value)
	case kit.Result[store.Saved]:
		if !kit.Take(&s.saving, msg) {
			return nil
		}
		cmd := h.Close(s)
		if msg.Err != nil {
			h.Fail("NOT WITHDRAWN: " + desk.Words(msg.Err))
			return cmd
		}
		s.desk.JustSaved(desk.Saved{})
		words := "Withdrawn: the check of " + s.desk.Time(msg.Value.Check.PerformedAt) + ", " + desk.Name(&s.patient) + ". It stays in the record and no longer counts"
		return tea.Batch(cmd, afterSave(h, s.patient.ID, &msg.Value, words))
	}
	return nil
}

// ask names the patient, the time, the check with the person who recorded it, and the
// checks that change.
func (s *withdrawal) ask(h kit.Host, chart *ward.Chart) tea.Cmd {
	d := s.desk
	c := chart.Current(s.check)
	if c == nil || c.Status == ward.Withdrawn {
		h.Fail("this check is withdrawn already")
		return h.Close(s)
	}
	s.patient = chart.Patient
	text := []string{"WITHDRAW the check of " + d.DayTime(c.PerformedAt) + "?   " + desk.CheckWords(c),
		"recorded " + d.DayTime(c.Recorded.At) + " by " + kit.Plain(c.Recorded.By) + "   " + desk.FlagLine(c.Result)}
	gone := *c
	gone.Version++
	gone.Status = ward.Withdrawn
	gone.Recorded, gone.ReasonNote = ward.Signature{}, ""
	view := bedside.PreviewOf(evaluated(chart, s.site), s.site, gone, d.User().Name, d.Now())
	text = append(text, bedside.ChangedFlags(words.Clock{Now: d.Now(), Zone: d.Zone()}, &chart.History, view.Changed)...)
	if f := chart.Open(); f != nil {
		if _, joined := f.Has(c.ID); joined {
			text = append(text, "The "+desk.Level(f)+" follow-up stays until a clinician closes it.")
		}
	}
	save := func(h kit.Host, reason string) tea.Cmd {
		gone.Reason = reason
		return desk.Save(d, h, &s.saving, s.subject, s.request, func(ctx context.Context, log *store.Store, sig ward.Signature) (store.Saved, error) {
			return log.SaveCheck(ctx, sig, gone)
		})
	}
	subject := []string{desk.About(&s.patient)}
	q := reasonQuestion(subject, append(text, "Why?"), save)
	if s.undo {
		q = kit.Confirm(subject, append([]string{"UNDO the save"}, text...), "withdraw: entered in error", "back, it stays", func(h kit.Host) tea.Cmd { return save(h, "entered_in_error") })
		q.Options[0].Records, q.Options[0].Needs = true, string(ward.MayRecord)
	}
	q.Left = func(h kit.Host) tea.Cmd { return h.Close(s) }
	return h.Push(q)
}

// evaluated returns the history of a chart with the results of the site's rules.
func evaluated(chart *ward.Chart, site *ward.Site) *ward.History {
	h := &chart.History
	if h.Memory == (ward.Memory{}) && len(h.Checks) > 0 {
		h.Evaluate(site)
	}
	return h
}

// waiting is a dialog that loads a chart before it asks.
type waiting struct {
	kit.Base
	desk    *desk.Desk
	subject string
	loading kit.Pending
}

// Over implements [kit.Dialog].
func (*waiting) Over() {}

// Body implements [kit.Screen].
func (w *waiting) Body(kit.Page) []string {
	if w.loading.Waiting() {
		return []string{" loading…"}
	}
	return []string{" saving… NOT SAVED YET"}
}

func (w *waiting) loadChart(h kit.Host) tea.Cmd {
	id := desk.PatientOf(w.subject)
	return desk.Load(w.desk, h, &w.loading, w.subject, func(ctx context.Context, log *store.Store) (ward.Chart, error) { return log.Chart(ctx, id) })
}
