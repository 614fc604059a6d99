package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/ward"
)

// charted is the common part of the screens about one patient: it loads the chart,
// drops results about another patient, and records, signed by the user.
type charted struct {
	id      int64
	request request
	saving  request
	chart   ward.Chart
	loaded  bool
}

func (c *charted) open(a *app) (cmd tea.Cmd) {
	c.request, cmd = loadChart(a, c.id)
	return cmd
}

func (c *charted) refresh(a *app) tea.Cmd { return c.open(a) }
func (c *charted) typing() bool           { return false }

// stay returns the latest stay, or a zero one.
func (c *charted) stay() ward.Stay {
	if s := c.chart.Stay(); s != nil {
		return *s
	}
	return ward.Stay{}
}

// take takes the results that are meant for this screen.
func (c *charted) take(a *app, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case result[ward.Chart]:
		if msg.request != c.request || msg.patient != c.id {
			return nil
		}
		if msg.err != nil {
			a.fail(msg.err)
			return nil
		}
		c.chart, c.loaded = msg.value, true
	case result[done]:
		if msg.request != c.saving {
			return nil
		}
		c.saving = 0
		if msg.err != nil {
			a.fail(msg.err)
			return nil
		}
		return c.open(a)
	}
	return nil
}

// record records something about the patient.
func (c *charted) record(a *app, do func(context.Context, ward.Signature) error) (cmd tea.Cmd) {
	if c.saving != 0 {
		return nil // one at a time
	}
	c.saving, cmd = ask(a, c.id, act(signed(a, do)))
	return cmd
}

// titled returns the heading: the screen and the patient's name.
func (c *charted) titled(a *app, head string) string {
	if !c.loaded {
		return a.theme.strong.Render(head)
	}
	return a.named(head, &c.chart.Patient)
}

// identified returns the lines with the patient's other identifiers.
func (c *charted) identified(a *app, head string, w int) []string {
	if !c.loaded {
		return []string{""}
	}
	stay := c.stay()
	return a.identity(head, &c.chart.Patient, &stay, w)
}

// signed gives do the signature of the user, at the time when it runs.
func signed(a *app, do func(context.Context, ward.Signature) error) func(context.Context) error {
	by, zone, now := a.user.Name, a.zone, a.opts.Now
	return func(ctx context.Context) error { return do(ctx, ward.Sign(by, now().In(zone))) }
}

// loadChart reads all of one patient.
func loadChart(a *app, patient int64) (request, tea.Cmd) {
	log := a.store
	return ask(a, patient, func(ctx context.Context) (ward.Chart, error) { return log.Chart(ctx, patient) })
}

// window returns the range of n lines that is shown if there is room for fewer, with the
// selected one about in the middle: from first up to end.
func window(at, n, room int) (first, end int) {
	first = max(0, min(at-room/2, n-room))
	return first, min(n, first+max(room, 0))
}
