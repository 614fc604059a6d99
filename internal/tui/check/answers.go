package check

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/tui/kit"
)

// ownAnswers returns the answers of a line that the sheet answers by itself.
func (s *sheet) ownAnswers() (list []kit.Binding) {
	field := s.field()
	if field == nil || !answersItself(field) || s.Typing() {
		return nil
	}
	for i, t := range field.Terms {
		list = append(list, kit.Binding{
			Keys: strings.Split(t.Keys, ""), Shown: strings.Join(strings.Split(t.Keys, ""), " "), Help: field.Label + ": " + t.Label, Answer: true, AtOnce: true,
			Do: func(_ kit.Host, k kit.Key) tea.Cmd {
				x := s.findings()
				field.Answer(&x, i)
				s.give(field, field.Code(&x), k.Serial)
				return nil
			},
		})
	}
	return append(list, kit.Binding{Keys: []string{"-"}, Help: field.Label + ": not assessed", AtOnce: true, Do: func(_ kit.Host, k kit.Key) tea.Cmd {
		s.give(field, kit.NotAssessed, k.Serial)
		return nil
	}})
}

// give sets the answer of such a line as one step. Of several signs there may be more,
// so that only "none" and "not assessed" go on to the next line.
func (s *sheet) give(field *icans.Field, code string, serial uint64) {
	s.Step(field.Label, serial, func() {}, func() {
		s.Set(field.Column, code, serial)
		if field.Column == "consciousness" {
			s.Set(bedside.ReplacedValue, "", serial) // the answer is the user's own now
		}
	})
	if field.Several && code != "none" && code != kit.NotAssessed {
		return
	}
	next := slices.Index(bedside.Fields, field) + 1
	s.GoTo(bedside.Fields[next].Column)
}

// restNone sets the features and signs from the selected line on to none. It stops before
// each line that was not none when it was last assessed.
func (s *sheet) restNone(h kit.Host, k kit.Key) tea.Cmd {
	stopped := ""
	n := s.Fill("rest none", k.Serial, func(l kit.Line) (string, bool) {
		field := fieldOf(l.ID)
		if field == nil {
			return "", false
		}
		code, stop := bedside.RestNone(s.before.history, s.before.check, field, s.Value(l.ID), s.late || s.asksLate)
		if stop {
			last := field.Terms[bedside.LastTerm(s.before.history, s.before.check, field)]
			stopped = fmt.Sprintf("; %s was %s last time: answer it", l.Label, last.Label)
		}
		return code, stop
	})
	h.Say(fmt.Sprintf("%d set to none%s", n, stopped))
	return nil
}

// restNoneWorks reports whether the selected line is Confusion or a later one.
func (s *sheet) restNoneWorks() bool {
	l, _ := s.Current()
	return l.Group == seenGroup || l.Group == otherGroup
}
