package chart

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// selection is the record of a patient with the selected check and event. The views share
// it, so that another view is about the same check. Both are chosen by their IDs.
type selection struct {
	record
	checks kit.List
	events kit.List
	counts [2]int // of the checks and of the events
}

// fill gives the lists the records of the chart. The choices stay with their records.
func (s *selection) fill() {
	checks, events := s.checkRows(), s.eventRows()
	setRows(&s.checks, s.counts[0] == 0, checks)
	setRows(&s.events, s.counts[1] == 0, events)
	s.counts = [2]int{len(checks), len(events)}
}

// setRows gives a list its rows. The first record of an empty list is selected, because
// no other one was.
func setRows(list *kit.List, empty bool, rows []kit.Row) {
	list.SetRows(rows)
	if _, ok := list.Chosen(); !ok && empty && len(rows) > 0 {
		list.Choose(rows[0].ID)
	}
}

// checkRows returns a row for each check, the last performed first. A withdrawn check
// keeps its row; the versions of a check are on its own screen.
func (s *selection) checkRows() (rows []kit.Row) {
	for i := range s.chart.Versions {
		c := &s.chart.Versions[i]
		if c.Superseded {
			continue
		}
		rows = append(rows, kit.Row{ID: c.ID, Fields: []string{
			s.d.DayTime(c.PerformedAt), "day " + s.d.Day(&s.chart.Patient, c.PerformedAt), words.Score(&c.Findings),
			"grade " + words.Grade(c.Result), words.FlagShort(c.Result.Flag), words.Why(c.Result), kit.Plain(c.Recorded.By), versionWord(c),
		}})
	}
	return rows
}

func (s *selection) eventRows() (rows []kit.Row) {
	for _, e := range s.chart.Events() {
		rows = append(rows, kit.Row{ID: eventID(&e), Fields: []string{
			s.d.DayTime(e.At), "day " + s.d.Day(&s.chart.Patient, e.At), kit.Plain(e.Words()), kit.Plain(e.Reason), kit.Plain(e.Recorded.By),
		}})
	}
	return rows
}

// eventID returns the ID of an event in the list. An order has no number of its own: its
// time of recording names it.
func eventID(e *ward.Event) string {
	if e.Kind == ward.AnOrder {
		return fmt.Sprintf("%s/%s/%d", e.Kind, e.What, e.Recorded.At.UnixMilli())
	}
	return fmt.Sprintf("%s/%d", e.Kind, e.ID)
}

// check returns the selected check in the version that counts, also a withdrawn one; nil
// if none is selected.
func (s *selection) check() *ward.Check {
	id, ok := s.checks.Chosen()
	if !ok {
		return nil
	}
	return s.chart.Current(id)
}

func (s *selection) openCheck(h kit.Host, id string) tea.Cmd {
	return h.Go(kit.Place{Screen: desk.Check, Subject: desk.CheckSubject(s.id, id)})
}

// moveCheck takes the check performed before or after the selected one of which drawn
// reports that the view shows it.
func (s *selection) moveCheck(h kit.Host, earlier bool, drawn func(*ward.Check) bool) {
	rows := s.checks.Shown()
	id, _ := s.checks.Chosen()
	i := slices.IndexFunc(rows, func(r kit.Row) bool { return r.ID == id })
	if i < 0 {
		s.checks.Choose(rows[0].ID)
		return
	}
	step, none := -1, "this is the last check"
	if earlier {
		step, none = 1, "this is the first check"
	}
	for i += step; i >= 0 && i < len(rows); i += step {
		if c := s.chart.Current(rows[i].ID); c != nil && drawn(c) {
			s.checks.Choose(rows[i].ID)
			return
		}
	}
	h.Fail(none)
}

// earlierLater returns the keys that select an earlier or a later check.
func (s *selection) earlierLater(short string, drawn func(*ward.Check) bool) kit.Binding {
	b := kit.Bind("left right", short, "earlier, later check", func(h kit.Host, k kit.Key) tea.Cmd {
		s.moveCheck(h, k.Name == "left", drawn)
		return nil
	}).As("← →")
	return b.If(len(s.checks.Shown()) > 0, s.checks.None())
}

// event returns the selected event, or nil.
func (s *selection) event() *ward.Event {
	id, ok := s.events.Chosen()
	if !ok {
		return nil
	}
	return s.eventOf(id)
}

func (s *selection) eventOf(id string) *ward.Event {
	list := s.chart.Events()
	if i := slices.IndexFunc(list, func(e ward.Event) bool { return eventID(&e) == id }); i >= 0 {
		return &list[i]
	}
	return nil
}

// checkKeys returns the keys for the selected check.
func (s *selection) checkKeys() []kit.Binding {
	c := s.check()
	switch {
	case c == nil:
		return quiet(recordKeys(s.id, "", s.checks.None()))
	case !c.Valid():
		return quiet(recordKeys(s.id, c.ID, "this check was withdrawn"))
	}
	return quiet(recordKeys(s.id, c.ID, ""))
}

// noCheckKeys returns the same keys for a view without checks.
func (s *selection) noCheckKeys() []kit.Binding {
	return quiet(recordKeys(s.id, "", "choose a check first: v leads to the checks"))
}
