package chart

import (
	"fmt"
	"slices"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

func itoa(n int) string { return strconv.Itoa(n) }

// eventID returns the ID of an event in the list. An order has no number of its own: its
// time of recording names it.
func eventID(e *ward.Event) string {
	if e.Kind == ward.AnOrder {
		return fmt.Sprintf("%s/%s/%d", e.Kind, e.What, e.Recorded.At.UnixMilli())
	}
	return fmt.Sprintf("%s/%d", e.Kind, e.ID)
}

func (s *patientScreen) eventRows() (rows []kit.Row) {
	for _, e := range s.chart.Events() {
		rows = append(rows, kit.Row{ID: eventID(&e), Fields: []string{
			s.d.DayTime(e.At), "day " + s.d.Day(&s.chart.Patient, e.At), plain(e.Words()), plain(e.Reason), plain(e.Recorded.By),
		}})
	}
	return rows
}

// event returns the event in hand, or nil.
func (s *patientScreen) event() *ward.Event {
	id, ok := s.events.Chosen()
	if !ok {
		return nil
	}
	return s.eventOf(id)
}

func (s *patientScreen) eventOf(id string) *ward.Event {
	list := s.chart.Events()
	if i := slices.IndexFunc(list, func(e ward.Event) bool { return eventID(&e) == id }); i >= 0 {
		return &list[i]
	}
	return nil
}

// drawnEvents returns the events that the trend draws, the newest first.
func (s *patientScreen) drawnEvents() []ward.Event {
	return slices.DeleteFunc(s.chart.Events(), func(e ward.Event) bool { return e.Withdrawn || e.Kind == ward.AnOrder })
}

// eventAt returns the event whose line goes through the plot, or nil.
func (s *patientScreen) eventAt() *ward.Event {
	if !s.throughAt || s.view != viewTrend {
		return nil
	}
	e := s.event()
	if e == nil || e.Withdrawn || e.Kind == ward.AnOrder {
		return nil
	}
	return e
}

// moveEvent draws the line through the event before or after the one in hand. The first
// press draws it through the last event.
func (s *patientScreen) moveEvent(h kit.Host, earlier bool) {
	list := s.drawnEvents()
	if s.eventAt() == nil {
		s.throughAt = true
		s.events.Choose(eventID(&list[0]))
		return
	}
	at := eventID(s.event())
	i := slices.IndexFunc(list, func(e ward.Event) bool { return eventID(&e) == at })
	if earlier {
		i++
	} else {
		i--
	}
	switch {
	case i < 0:
		h.Fail("this is the last event; ← → go back to the checks")
	case i >= len(list):
		h.Fail("this is the first event")
	default:
		s.events.Choose(eventID(&list[i]))
	}
}

// eventEffect returns an event between the checks before and after it. The order of time
// proves no cause, and the line says so.
func (s *patientScreen) eventEffect(e *ward.Event) string {
	var before, after *ward.Check
	for i := range s.chart.Checks {
		if c := &s.chart.Checks[i]; c.PerformedAt.After(e.At) {
			after = c
			break
		} else {
			before = c
		}
	}
	at := func(c *ward.Check) string {
		if c == nil {
			return "no check"
		}
		return desk.Score(&c.Findings) + " (" + s.d.Time(c.PerformedAt) + ")"
	}
	return eventShort(e) + " " + s.d.Time(e.At) + ": before " + at(before) + ", after " + at(after) + "; not proof"
}

// eventShort names an event without its details; a report in its words.
func eventShort(e *ward.Event) string {
	if e.Kind == ward.AReport {
		return "“" + plain(e.Detail) + "”"
	}
	return ward.WordsFor(ward.Interventions, e.What)
}

func (s *patientScreen) eventsBody(p kit.Page) []string {
	lines := s.stateLines(p)
	if len(s.chart.Events()) == 0 {
		return append(lines, "", "  Nothing was done, reported or ordered yet.")
	}
	lines = append(lines, "", p.Faint.Render("  "+p.Pad("when", 13)+p.Pad("day", 5)+p.Pad("what", p.Width-43)+"recorded by"))
	rows := s.events.View(p.With(max(3, p.Height-len(lines))), func(p kit.Page, row kit.Row, inHand bool) string {
		e := s.eventOf(row.ID)
		if e == nil {
			return ""
		}
		return s.eventLine(p, e, inHand)
	})
	return append(lines, rows...)
}

func (s *patientScreen) eventLine(p kit.Page, e *ward.Event, inHand bool) string {
	what := plain(e.Words())
	if e.Withdrawn && e.Reason != "" {
		what += " (" + plain(e.Reason) + ")"
	}
	text := " " + p.Pad(s.d.Time(e.At), 13) + p.Pad(s.d.Day(&s.chart.Patient, e.At), 5) + p.Pad(what, p.Width-42) + plain(e.Recorded.By)
	text = p.Fit(text, p.Width)
	switch {
	case inHand:
		return p.Selected.Render(p.Pad(text, p.Width))
	case e.Withdrawn:
		return p.Struck.Render(text)
	}
	return text
}

// eventsFoot returns the event in hand in full.
func (s *patientScreen) eventsFoot(p kit.Page) []string {
	e := s.event()
	if e == nil {
		return []string{p.Faint.Render(" " + s.events.None())}
	}
	text := s.d.DayTime(e.At) + "   " + plain(e.Words())
	if e.Reason != "" {
		text += " (" + plain(e.Reason) + ")"
	}
	text += ", recorded " + s.d.Time(e.Recorded.At) + " by " + plain(e.Recorded.By)
	lines := p.Hang(" "+text, p.Width-1, 1)
	for i := range lines {
		lines[i] = p.Strong.Render(lines[i])
	}
	return lines
}

// withdrawKey withdraws the event in hand.
func (s *patientScreen) withdrawKey() kit.Binding {
	e := s.event()
	b := kit.Bind("w", "withdraw", "withdraw this entry", func(h kit.Host, _ kit.Key) tea.Cmd {
		make := func(d *desk.Desk, _ kit.Place) *entry { return newWithdrawal(d, s.id, *e) }
		return h.Push(keeping(make)(s.d, kit.Place{Screen: "withdraw", Subject: s.subjectNow() + "/" + eventID(e)}))
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
