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
	charted
	at int
}

func newEvents(id int64) *events { return &events{charted: charted{id: id}} }

// happening is one line of it.
type happening struct {
	at           time.Time
	what, by     string
	intervention *ward.Intervention
}

func (s *events) foot(*app, int) []string    { return nil }
func (s *events) title(a *app, w int) string { return s.titled(a, "EVENTS  ", w) }

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
	if press, ok := msg.(tea.KeyPressMsg); ok {
		return s.press(a, press)
	}
	return s.take(a, msg)
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
	first, end := window(s.at, len(list), room)
	for i := first; i < end; i++ {
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
