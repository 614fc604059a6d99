package paper

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// Typing reports whether a character is text: the time of a row.
func (s *sheet) Typing() bool {
	return s.opened && !s.busy() && s.state.Column == timeColumn && !s.onOthers() && len(s.clock.Bindings()) == 0
}

// Type takes a key of a time. Four figures are a time without enter. In a time that was not
// touched the arrows go to another cell, and backspace undoes.
func (s *sheet) Type(h kit.Host, k kit.Key) (bool, tea.Cmd) {
	if !s.clock.Touched() && k.Text == "" || k.Name == "ctrl+z" || s.Hesitates(k) {
		return false, nil
	}
	s.steps.push("time", k.Serial, true, &s.state)
	before := s.clock.Value()
	refusal, mine := s.clock.Type(k)
	if refusal != "" {
		h.Fail(refusal)
	}
	if s.clock.Value() == before {
		s.steps = s.steps[:len(s.steps)-1]
		return mine, nil
	}
	s.typed()
	if isClock(s.clock.Value(), s.desk.Now()) {
		s.readClock(h, k)
	}
	return mine, s.flush(h)
}

// Hesitates implements [kit.Hesitant]: in a time that was not touched a letter with which no
// time begins is a key of the sheet, unless it is the first one of a scan.
func (s *sheet) Hesitates(k kit.Key) bool {
	return s.Typing() && (!s.clock.Touched() || s.clock.Value() == "") && len(k.Text) == 1 && !beginsATime(k.Text[0])
}

// beginsATime reports whether a time may begin with a character of ASCII: a figure, or the
// first letter of today, yesterday, noon, a weekday or a month.
func beginsATime(c byte) bool {
	const letters = "adfjmnostwy"
	return c >= '0' && c <= '9' || strings.IndexByte(letters, c|0x20) >= 0
}

const leaveHelp = "leave the sheet; the rows are kept"

// Bindings implements [kit.Screen]. Each key keeps the draft if it changed anything.
func (s *sheet) Bindings() []kit.Binding {
	if !s.opened {
		return []kit.Binding{kit.Bind("esc", "back", "back", s.leave)}
	}
	list := slices.Concat(s.answers(), s.movers(), s.acts())
	for i := range list {
		do := list[i].Do
		if s.busy() && list[i].Help != leaveHelp {
			list[i].Off = "the sheet is being saved"
		}
		list[i].Do = func(h kit.Host, k kit.Key) tea.Cmd {
			cmd := do(h, k)
			return tea.Batch(s.flush(h), cmd)
		}
	}
	return list
}

// answers returns the answers of the selected cell: of a finding, of a time that asks, or of
// the question about a twin.
func (s *sheet) answers() []kit.Binding {
	r := s.state.row()
	switch {
	case s.state.Column == timeColumn:
		return s.clockAnswers()
	case r == nil:
		return nil
	case s.state.Column == twinColumn:
		return s.twinAnswers()
	}
	return s.fieldAnswers(r)
}

// clockAnswers are those of a time that asks: was it yesterday?
func (s *sheet) clockAnswers() []kit.Binding {
	list := s.clock.Bindings()
	for i, b := range list {
		list[i].Do = func(h kit.Host, k kit.Key) tea.Cmd {
			cmd := b.Do(h, k)
			if s.clock.Settled() {
				s.readClock(h, k)
			}
			return cmd
		}
	}
	return list
}

func (s *sheet) fieldAnswers(r *row) (list []kit.Binding) {
	field := icans.FieldOf(s.state.Column)
	give := func(do func(h kit.Host, k kit.Key)) func(kit.Host, kit.Key) tea.Cmd {
		return func(h kit.Host, k kit.Key) tea.Cmd {
			s.step(field.Label, k, func() { do(h, k) })
			return nil
		}
	}
	for i, t := range field.Terms {
		keys := strings.Split(t.Keys, "")
		list = append(list, kit.Binding{
			Keys: keys, Shown: strings.Join(keys, " "), Help: field.Label + ": " + t.Label, Answer: true, AtOnce: true,
			Do: give(func(h kit.Host, k kit.Key) {
				x := r.findings()
				field.Answer(&x, i)
				r.answer(field.Column, field.Code(&x))
				if !field.Several || i == 0 { // of several signs there may be more
					s.next(h, k)
				}
			}),
		})
	}
	return append(list, kit.Binding{Keys: []string{"-"}, Help: field.Label + ": not assessed", AtOnce: true, Do: give(func(h kit.Host, k kit.Key) {
		r.answer(field.Column, kit.NotAssessed)
		s.next(h, k)
	})})
}

// movers returns the keys that go to another cell.
func (s *sheet) movers() []kit.Binding {
	to := func(move func(kit.Host, kit.Key)) func(kit.Host, kit.Key) tea.Cmd {
		return func(h kit.Host, k kit.Key) tea.Cmd {
			if s.settleClock(h, k) {
				move(h, k)
			}
			return nil
		}
	}
	return []kit.Binding{
		kit.Bind("enter", "next time", "take the time; else end the row: the rest is not assessed, and the next time is proposed", s.enter),
		kit.Bind("up +", "change a row", "previous row", to(func(kit.Host, kit.Key) { s.goRow(s.state.Selected - 1) })),
		kit.Bind("down", "", "next row", to(func(kit.Host, kit.Key) { s.goRow(s.state.Selected + 1) })),
		kit.Bind("left", "", "previous cell", to(func(kit.Host, kit.Key) { s.goCell(-1) })),
		kit.Bind("right", "", "next cell", to(func(kit.Host, kit.Key) { s.goCell(1) })),
		kit.Bind("tab", "", "next group of cells", to(func(kit.Host, kit.Key) { s.goGroup() })),
		kit.Bind("home", "", "the time of the row", to(func(kit.Host, kit.Key) { s.goTo(timeColumn) })),
		kit.Bind("end", "", "the new row", to(func(kit.Host, kit.Key) { s.goRow(len(s.state.Rows)) })),
	}
}

// acts returns the keys that are no answers.
func (s *sheet) acts() []kit.Binding {
	r := s.state.row()
	const none = "no row is chosen: ↑ goes to one"
	const later = "a sheet has no place for it: save, then correct the check with r"
	return []kit.Binding{
		kit.Bind("u", "unable", "why the tool was not done; the other tool", s.unableNow).If(!s.onOthers(), none),
		kit.Bind("z *", "rest none", "set the rest of the features and signs to none; ends the row", s.restNone).
			If(r != nil, "the time of the row comes first: enter takes the one in grey").
			If(r == nil || s.restNoneWorks(), "it works from Confusion on; answer the cells before it first"),
		kit.Bind("t", "", "the time of the row", s.goTime).If(r != nil, none),
		kit.Bind("v", "", "the late signs: movement, face and eyes, personality", s.showLate).If(!s.late(), "they are shown"),
		kit.Bind("w delete", "", "take the row out of the sheet", s.removeRow).If(r != nil, none),
		kit.Bind("o c", "", "another cause, a comment", nil).If(false, later),
		kit.Bind("ctrl+s", "save", "save all rows as one act; asks first", s.askSave).Recording(string(ward.MayRecord)),
		kit.Bind("backspace ctrl+z", "", "undo the last answer, time or row", s.undo).If(len(s.steps) > 0, "there is nothing to undo"),
		kit.Bind("esc", "", leaveHelp, s.leave),
	}
}

func (s *sheet) undo(h kit.Host, _ kit.Key) tea.Cmd {
	if was, name, ok := s.steps.undo(); ok {
		s.restore(was)
		h.Say("undone: " + name)
	}
	return nil
}

// enter takes a time, opens the sheet of another person, goes on after signs of raised
// pressure, and ends a row.
func (s *sheet) enter(h kit.Host, k kit.Key) tea.Cmd {
	r := s.state.row()
	switch {
	case s.onOthers():
		return s.openTakeOver(h)
	case s.state.Column == timeColumn:
		s.readClock(h, k)
	case s.state.Column == twinColumn:
		h.Fail("answer first: the same one? 1 yes, 0 no")
	case icans.FieldOf(s.state.Column).Several && r.Value(s.state.Column) != "" && !r.answered(s.late()):
		s.next(h, k)
	default:
		s.endRow(h, k, r)
	}
	return nil
}

// endRow completes a row: the cells without an answer are not assessed.
func (s *sheet) endRow(h kit.Host, k kit.Key, r *row) {
	if r.empty() {
		h.Fail("this row has no finding yet: answer, u unable, w takes it out")
		return
	}
	s.step("end of the row", k, func() {
		if n := r.notTouched(s.late()); n > 0 {
			h.Say(fmt.Sprintf("%d not assessed", n))
		}
		s.complete(k)
	})
}

func (s *sheet) goTime(kit.Host, kit.Key) tea.Cmd {
	s.goTo(timeColumn)
	return nil
}

func (s *sheet) showLate(h kit.Host, k kit.Key) tea.Cmd {
	s.step("late signs", k, func() { s.state.Late = true })
	h.Say("The late signs are shown: movement, face and eyes, personality")
	return nil
}

// restNone sets the features and signs without an answer to none, from the selected cell on.
// It stops before each one that was not none when it was last assessed, on record or in an
// earlier row.
func (s *sheet) restNone(h kit.Host, k kit.Key) tea.Cmd {
	r := s.state.row()
	c := r.check(s.patient)
	before := with(&s.history, s.now.checks)
	stopped, n := "", 0
	s.step("rest none", k, func() {
		fields := r.fields(s.late())
		at := slices.IndexFunc(fields, func(f *icans.Field) bool { return f.Column == s.state.Column })
		for _, f := range fields[max(at, 0):] {
			code, stop := bedside.RestNone(&before, &c, f, r.Value(f.Column), s.late())
			if stop {
				stopped = f.Label + " was " + f.Terms[bedside.LastTerm(&before, &c, f)].Label + " last time: answer it"
				s.state.Column = f.Column
				return
			}
			if code != "" {
				r.answer(f.Column, code)
				n++
			}
		}
		s.state.Column = fields[len(fields)-1].Column
		s.next(h, k)
	})
	switch {
	case stopped != "":
		h.Say(fmt.Sprintf("%d set to none; %s", n, stopped))
	case s.state.row() == nil: // else the line names the cell that is left
		h.Say(fmt.Sprintf("%d set to none", n))
	}
	return nil
}

// restNoneWorks reports whether the selected cell is Confusion or a later one.
func (s *sheet) restNoneWorks() bool {
	f := icans.FieldOf(s.state.Column)
	return f != nil && f.Group == icans.GroupSeen
}

func (s *sheet) removeRow(h kit.Host, k kit.Key) tea.Cmd {
	r := s.state.row()
	text := "Taken out: the row of " + s.desk.DayTime(r.At) + ". backspace brings it back"
	s.step("row of "+s.label(r.At), k, func() {
		s.state.remove()
		s.goRow(s.state.Selected)
	})
	h.Say(text)
	return nil
}
