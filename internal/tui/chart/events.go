package chart

import (
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// eventsView lists the interventions, reports and orders, the newest first.
type eventsView struct {
	nothingToLoad
	*selection
}

func (s *eventsView) title() string   { return "events" }
func (s *eventsView) list() *kit.List { return &s.events }

func (s *eventsView) keys(toViews []kit.Binding) []kit.Binding {
	list := s.events.Bindings()
	return append(list[:1:1], append(toViews, list[1:]...)...)
}

// checkKeys returns the keys of checks, which are off here. The one that withdraws is about
// the selected event.
func (s *eventsView) checkKeys() []kit.Binding {
	list := s.noCheckKeys()
	for i := range list {
		if list[i].Has(kit.Key{Name: "w"}) {
			list[i] = s.withdrawKey()
		}
	}
	return list
}

func (s *eventsView) body(p kit.Page) []string {
	lines := s.stateLines(p)
	if len(s.chart.Events()) == 0 {
		return append(lines, "", "  Nothing was done, reported or ordered yet.")
	}
	lines = append(lines, "", p.Faint.Render("  "+p.Pad("when", 13)+p.Pad("day", 5)+p.Pad("what", p.Width-43)+"recorded by"))
	rows := s.events.View(p.With(max(3, p.Height-len(lines))), func(p kit.Page, row kit.Row, selected bool) string {
		e := s.eventOf(row.ID)
		if e == nil {
			return ""
		}
		return s.line(p, e, selected)
	})
	return append(lines, rows...)
}

func (s *eventsView) line(p kit.Page, e *ward.Event, selected bool) string {
	what := kit.Plain(e.Words())
	if e.Withdrawn && e.Reason != "" {
		what += " (" + kit.Plain(e.Reason) + ")"
	}
	text := " " + p.Pad(s.d.Time(e.At), 13) + p.Pad(s.d.Day(&s.chart.Patient, e.At), 5) + p.Pad(p.Fit(what, p.Width-43), p.Width-42) + kit.Plain(e.Recorded.By)
	text = p.Fit(text, p.Width)
	switch {
	case selected:
		return p.Selected.Render(p.Pad(text, p.Width))
	case e.Withdrawn:
		return p.Struck.Render(text)
	}
	return text
}

// foot returns the selected event in full.
func (s *eventsView) foot(p kit.Page) []string {
	e := s.event()
	if e == nil {
		return []string{p.Faint.Render(" " + s.events.None())}
	}
	text := s.d.DayTime(e.At) + "   " + kit.Plain(e.Words())
	if e.Reason != "" {
		text += " (" + kit.Plain(e.Reason) + ")"
	}
	text += ", recorded " + s.d.Time(e.Recorded.At) + " by " + kit.Plain(e.Recorded.By)
	return strong(p, p.Hang(" "+text, p.Width-1, 1))
}

// withdrawKey withdraws the selected event.
func (s *eventsView) withdrawKey() kit.Binding {
	e := s.event()
	b := kit.Bind("w", "withdraw", "withdraw this entry", func(h kit.Host, _ kit.Key) tea.Cmd {
		make := func(d *desk.Desk, _ kit.Place) *entry { return newWithdrawal(d, s.id, *e) }
		return h.Push(keeping(make)(s.d, kit.Place{Screen: "withdraw", Subject: desk.Subject(s.id) + "/" + eventID(e)}))
	}).Recording(string(ward.MayRecord))
	switch {
	case e == nil:
		return b.If(false, s.events.None())
	case e.Kind == ward.AnOrder:
		return b.If(false, "an interval is not withdrawn: t sets another one")
	case e.Withdrawn:
		return b.If(false, "this entry was withdrawn already")
	}
	return b
}
