package tui

import (
	"context"
	"slices"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"neurocheck/internal/ward"
)

// events is what stands beside the checks on a patient's time axis:
// interventions, reported symptoms, orders about the schedule.
type events struct {
	id      int64
	request request
	saving  request
	chart   ward.Chart
	loaded  bool
	at      int
}

// happening is one line of it.
type happening struct {
	at           time.Time
	what, by     string
	intervention *ward.Intervention
}

func (s *events) open(a *app) (cmd tea.Cmd) {
	s.request, cmd = loadChart(a, s.id)
	return cmd
}

func (s *events) refresh(a *app) tea.Cmd  { return s.open(a) }
func (s *events) aboutPatient()           {}
func (s *events) typing() bool            { return false }
func (s *events) foot(*app, int) []string { return nil }

func (s *events) title(a *app, w int) string {
	const head = "EVENTS  "
	if !s.loaded {
		return a.theme.strong.Render(head)
	}
	return a.theme.strong.Render(head) + a.who(&s.chart.Patient, w-len(head))
}

var keyWithdrawEvent = bind("w", "w", "withdraw what was recorded in error")

func (s *events) keys(*app) []key.Binding {
	list := keyList(keyMove, keyIntervention, keySymptom, keyOrder)
	if h := s.list(); s.at < len(h) && h[s.at].intervention != nil && !h[s.at].intervention.Withdrawn {
		list = append(list, keyWithdrawEvent)
	}
	return append(list, keyBack)
}

func (s *events) list() []happening {
	var list []happening
	for i := range s.chart.Interventions {
		v := &s.chart.Interventions[i]
		what := ward.WordsFor(ward.Interventions, v.Kind)
		if v.Detail != "" {
			what += ": " + v.Detail
		}
		if v.Withdrawn {
			what = "× withdrawn: " + what
		}
		list = append(list, happening{v.DoneAt, what, v.Recorded.By, v})
	}
	for _, y := range s.chart.Symptoms {
		list = append(list, happening{y.ToldAt, "“" + y.Words + "” said " + ward.WordsFor(ward.Tellers, y.ToldBy), y.Recorded.By, nil})
	}
	for _, o := range s.chart.Orders {
		what := "schedule: " + ward.WordsFor(ward.OrderKinds, string(o.Kind))
		if o.Interval > 0 {
			what += ", every " + ward.Elapsed(o.Interval)
		}
		list = append(list, happening{o.Ordered.At, what + ": " + o.Reason, o.Ordered.By, nil})
	}
	slices.SortStableFunc(list, func(x, y happening) int { return y.at.Compare(x.at) })
	return list
}

func (s *events) update(a *app, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case result[ward.Chart]:
		if msg.request == s.request && msg.patient == s.id {
			if msg.err != nil {
				a.fail(msg.err)
				return nil
			}
			s.chart, s.loaded = msg.value, true
		}
	case result[done]:
		if msg.request == s.saving {
			s.saving = 0
			if msg.err != nil {
				a.fail(msg.err)
				return nil
			}
			return s.open(a)
		}
	case tea.KeyPressMsg:
		return s.press(a, msg)
	}
	return nil
}

func (s *events) record(a *app, do func(context.Context, ward.Signature) error) (cmd tea.Cmd) {
	if s.saving != 0 {
		return nil // one at a time
	}
	s.saving, cmd = ask(a, s.id, act(signed(a, do)))
	return cmd
}

func (s *events) press(a *app, press tea.KeyPressMsg) tea.Cmd {
	list := s.list()
	switch {
	case key.Matches(press, keyBack):
		return a.pop()
	case !s.loaded:
	case key.Matches(press, keyMove):
		s.at = moved(press.String(), s.at, len(list))
	case key.Matches(press, keyIntervention):
		return a.push(interventionDialog(s.chart.Patient, s.record))
	case key.Matches(press, keySymptom):
		return a.push(symptomDialog(s.chart.Patient, s.record))
	case key.Matches(press, keyOrder):
		return a.push(orderDialog(s.chart.Patient, s.record))
	case key.Matches(press, keyWithdrawEvent) && s.at < len(list):
		if v := list[s.at].intervention; v != nil && !v.Withdrawn {
			id := v.ID
			return a.push(newChooser("Withdraw "+plain(list[s.at].what)+" of "+about(&s.chart.Patient)+"?\nIt stays readable.",
				choice{"y", "withdraw it", func(a *app) tea.Cmd {
					return s.record(a, func(ctx context.Context, sig ward.Signature) error { return a.store.WithdrawIntervention(ctx, sig, id) })
				}},
				choice{"g", "go back", nil}))
		}
	}
	return nil
}

func (s *events) body(a *app, w, h int) []string {
	list := s.list()
	switch {
	case !s.loaded:
		return []string{"", "  one moment…"}
	case len(list) == 0:
		return []string{"", "  Nothing is recorded beside the checks."}
	}
	lines := []string{a.theme.faint.Render("  " + a.pad("when", 14) + a.pad("day", 5) + a.pad("what", w-40) + "recorded by")}
	room := h - len(lines)
	first := max(0, min(s.at-room/2, len(list)-room))
	for i := first; i < len(list) && i < first+room; i++ {
		mark := "  "
		if i == s.at {
			mark = "▌ "
		}
		line := mark + a.pad(a.clock(list[i].at), 14) + a.pad(a.day(&s.chart.Patient, list[i].at), 5) + a.pad(a.fit(plain(list[i].what), w-41), w-40) + plain(list[i].by)
		switch v := list[i].intervention; {
		case i == s.at:
			line = a.theme.selected.Render(a.pad(ansi.Strip(line), w))
		case v != nil && v.Withdrawn:
			line = a.theme.struck.Render(line)
		}
		lines = append(lines, line)
	}
	return lines
}
