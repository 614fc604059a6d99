package tui

import (
	"context"

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

func (s *events) foot(*app, int) []string    { return nil }
func (s *events) title(a *app, w int) string { return s.titled(a, "EVENTS  ", w) }

var keyWithdrawEvent = bind("w", "w", "withdraw what was recorded in error")

func (s *events) keys(*app) []key.Binding {
	list := keyList(keyMove, keyIntervention, keySymptom, keyOrder)
	if all := s.chart.Events(); s.at < len(all) && canWithdraw(&all[s.at]) {
		list = append(list, keyWithdrawEvent)
	}
	return append(list, keyBack)
}

func (s *events) update(a *app, msg tea.Msg) tea.Cmd {
	if press, ok := msg.(tea.KeyPressMsg); ok {
		return s.press(a, press)
	}
	return s.take(a, msg)
}

// canWithdraw reports whether an event is one that can be taken back.
func canWithdraw(e *ward.Event) bool { return e.Kind == ward.AnIntervention && !e.Withdrawn }

func (s *events) press(a *app, press tea.KeyPressMsg) tea.Cmd {
	list := s.chart.Events()
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
		if e := list[s.at]; canWithdraw(&e) {
			return a.push(newChooser("Withdraw "+plain(e.Words())+" of "+about(&s.chart.Patient)+"?\nIt stays readable.",
				choice{"y", "withdraw it", func(a *app) tea.Cmd {
					return s.record(a, func(ctx context.Context, sig ward.Signature) error {
						return a.store.WithdrawIntervention(ctx, sig, e.ID)
					})
				}},
				choice{"g", "go back", nil}))
		}
	}
	return nil
}

func (s *events) body(a *app, w, h int) []string {
	list := s.chart.Events()
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
		line := mark + a.pad(a.clock(list[i].At), 14) + a.pad(a.day(&s.chart.Patient, list[i].At), 5) + a.pad(a.fit(plain(list[i].Words()), w-41), w-40) + plain(list[i].Recorded.By)
		switch {
		case i == s.at:
			line = a.theme.selected.Render(a.pad(ansi.Strip(line), w))
		case list[i].Withdrawn:
			line = a.theme.struck.Render(line)
		}
		lines = append(lines, line)
	}
	return lines
}
