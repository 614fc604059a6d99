package tui

import (
	"context"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"neurocheck/internal/ward"
)

// events lists the entries of a patient's time axis that are no checks: interventions,
// reports, and orders about the check interval.
type events struct {
	charted
	at int
}

func newEvents(id int64) *events { return &events{charted: charted{id: id}} }

func (s *events) title(a *app, _ int) string    { return s.titled(a, "EVENTS") }
func (s *events) header(a *app, w int) []string { return s.identified(a, "EVENTS", w) }

// foot shows the selected event in full.
func (s *events) foot(a *app, w int) []string {
	list := s.chart.Events()
	if s.at >= len(list) {
		return nil
	}
	e := &list[s.at]
	text := a.fullTime(e.At) + "   " + plain(e.Words())
	if e.Reason != "" {
		text += " (" + plain(e.Reason) + ")"
	}
	var lines []string
	for _, l := range a.wrapCells(text+", recorded by "+plain(e.Recorded.By), w-2) {
		lines = append(lines, " "+l)
	}
	return lines
}

var keyWithdrawEvent = bind("w", "w", "withdraw this entry")

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

// canWithdraw reports whether an event can be withdrawn.
func canWithdraw(e *ward.Event) bool { return e.Kind != ward.AnOrder && !e.Withdrawn }

func (s *events) press(a *app, press tea.KeyPressMsg) tea.Cmd {
	list := s.chart.Events()
	switch {
	case key.Matches(press, keyBack):
		return a.pop()
	case !s.loaded:
	case key.Matches(press, keyMove):
		s.at = moved(press.String(), s.at, len(list))
	case key.Matches(press, keyIntervention):
		return a.push(interventionDialog(s.chart.Patient, s.stay(), s.record))
	case key.Matches(press, keySymptom):
		return a.push(symptomDialog(s.chart.Patient, s.stay(), s.record))
	case key.Matches(press, keyOrder):
		return a.push(orderDialog(a, &s.charted))
	case key.Matches(press, keyWithdrawEvent) && s.at < len(list):
		switch e := list[s.at]; {
		case e.Kind == ward.AnOrder:
			a.fail(ward.Conflict("an order is not withdrawn: o gives another one"))
		case e.Withdrawn:
			a.fail(ward.Conflict("it is withdrawn already"))
		default:
			return a.push(s.withdrawDialog(a, e))
		}
	}
	return nil
}

// withdrawDialog asks for the reason to withdraw an intervention or a report.
func (s *events) withdrawDialog(a *app, e ward.Event) *asker {
	question := "WITHDRAW   " + about(&s.chart.Patient) + "\n" + a.fullTime(e.At) + "   " + plain(e.Words()) + ", recorded by " + plain(e.Recorded.By) +
		"\nIt stays readable and no longer counts. Why? (needed)"
	return newAsker(question, "", func(a *app, reason string) (string, func(*app) tea.Cmd) {
		if reason == "" {
			return "a reason is needed", nil
		}
		return "", func(a *app) tea.Cmd {
			return s.record(a, func(ctx context.Context, sig ward.Signature) error {
				if e.Kind == ward.AReport {
					return a.store.WithdrawReport(ctx, sig, e.ID, reason)
				}
				return a.store.WithdrawIntervention(ctx, sig, e.ID, reason)
			})
		}
	})
}

func (s *events) body(a *app, w, h int) []string {
	list := s.chart.Events()
	switch {
	case !s.loaded:
		return []string{"", "  loading…"}
	case len(list) == 0:
		return []string{"", "  Nothing was done, reported or ordered yet."}
	}
	lines := []string{a.theme.faint.Render("  " + a.pad("when", 14) + a.pad("day", 5) + a.pad("what", w-40) + "recorded by")}
	room := h - len(lines)
	first, end := window(s.at, len(list), room)
	for i := first; i < end; i++ {
		mark := "  "
		if i == s.at {
			mark = "▌ "
		}
		text := plain(list[i].Words())
		if list[i].Reason != "" && list[i].Withdrawn {
			text += " (" + plain(list[i].Reason) + ")"
		}
		line := mark + a.pad(a.clock(list[i].At), 14) + a.pad(a.day(&s.chart.Patient, list[i].At), 5) + a.pad(a.fit(text, w-41), w-40) + plain(list[i].Recorded.By)
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
