package paper

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/bedside"
	"neurocheck/internal/tui/kit"
)

// soon is the time after a question appears in which its answers are not taken, because they
// were typed for the cell before.
const soon = 200 * time.Millisecond

// mostRows is the number of checks that one sheet holds.
const mostRows = 40

// settleClock reads a time that was typed, before another cell is selected. It reports
// false if the time asks or is refused.
func (s *sheet) settleClock(h kit.Host, k kit.Key) bool {
	if s.state.Column != timeColumn || s.onOthers() || s.state.Typed == "" {
		return true
	}
	selected := s.state.Selected
	s.readClock(h, k)
	return s.state.Column != timeColumn || s.state.Selected != selected
}

// readClock takes the time of the selected row: the text, or the one that is proposed. The
// row then has its place in the order of time.
func (s *sheet) readClock(h kit.Host, k kit.Key) {
	proposed, ok := s.proposal()
	switch r := s.state.row(); {
	case r != nil && !s.clock.Touched():
		s.state.Column = s.firstOpen(r)
		return
	case r == nil && s.clock.Value() == "":
		if !ok {
			h.Fail("type the time of the check: 4, 04 or 0400; ctrl+s saves")
			return
		}
		s.clock.Start(proposed, "", "")
	}
	if !s.clock.Leave() {
		return
	}
	at, _ := s.clock.Get()
	if reason := bedside.TimeRefusal(&s.history, at, s.desk.WallClock()); reason != "" {
		h.Fail(reason)
		s.startAgain()
		return
	}
	if s.state.row() == nil && len(s.state.Rows) >= mostRows {
		h.Fail(fmt.Sprintf("a sheet holds %d checks: save these first", mostRows))
		return
	}
	s.step("time", k, func() { s.takeTime(h, at, k) })
}

// startAgain forgets a time that is refused.
func (s *sheet) startAgain() {
	s.startClock()
	s.changed = true
}

// takeTime gives the selected row its time, or makes a row of the new one. A check of nearly
// the same time is asked about at the end of the row, so that figures that were typed with
// the eyes on the paper answer the row.
func (s *sheet) takeTime(h kit.Host, at time.Time, k kit.Key) {
	r := newRow("", at, s.history.Patient.Tool)
	if old := s.state.row(); old != nil {
		r = *old
		r.At = at
		s.state.remove()
	} else {
		r.ID = s.desk.NewID()
	}
	s.state.place(r)
	s.state.Typed = ""
	s.state.Column = s.firstOpen(s.state.row())
	switch other := s.twinOf(s.state.row()); {
	case other == nil:
	case r.Done:
		s.state.Column, s.askedAt = twinColumn, k.At
	default:
		h.Say(other.words + ": if it is the same one, w takes this row out")
	}
}

// twinAnswers ask whether a check of nearly the same time is the same one: then the row goes.
func (s *sheet) twinAnswers() []kit.Binding {
	r := s.state.row()
	other := s.twinOf(r)
	if other == nil { // it was withdrawn meanwhile
		return nil
	}
	answer := func(keys, help string, do func(h kit.Host, k kit.Key)) kit.Binding {
		b := kit.Bind(keys, "", help, func(h kit.Host, k kit.Key) tea.Cmd {
			if since := k.At.Sub(s.askedAt); since >= 0 && since < soon {
				h.Fail("too soon: the question had only just appeared; press " + k.Name + " again")
				return nil
			}
			do(h, k)
			return nil
		})
		b.Answer = true
		return b
	}
	return []kit.Binding{
		answer("1 y", "the same one: this row is taken out", func(h kit.Host, k kit.Key) {
			label := s.label(r.At)
			s.step("row of "+label, k, func() {
				s.state.remove()
				s.state.goNew()
				s.startClock()
			})
			h.Say("Taken out: the row of " + label + " is the same check. backspace brings it back")
		}),
		answer("0 n", "another one: both are kept", func(h kit.Host, k kit.Key) {
			s.step("not the same one", k, func() {
				r.Other = append(r.Other, other.id)
				switch {
				case s.twinOf(r) != nil:
				case r.Done:
					s.complete(k)
				default:
					s.state.Column = s.firstOpen(r)
				}
			})
		}),
	}
}
