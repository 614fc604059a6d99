package paper

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// unable asks why the tool was not done at the check of the selected row. The answers stay
// with their hidden cells, and 0 brings them back.
type unable struct {
	kit.Base
	sheet *sheet
}

// unableNow takes the time that is proposed for a new row, and then asks why the tool was not
// done.
func (s *sheet) unableNow(h kit.Host, k kit.Key) tea.Cmd {
	if s.state.row() == nil {
		s.readClock(h, k)
	}
	if s.state.row() == nil { // there is no time to propose, and a line says so
		return nil
	}
	return s.openUnable(h, k)
}

func (s *sheet) openUnable(h kit.Host, _ kit.Key) tea.Cmd { return h.Push(&unable{sheet: s}) }

// Over implements [kit.Dialog].
func (*unable) Over() {}

// Bindings implements [kit.Screen].
func (d *unable) Bindings() []kit.Binding {
	s := d.sheet
	r := s.state.row()
	if r == nil { // the row was saved at another keyboard
		return []kit.Binding{kit.Bind("esc", "", "back", func(h kit.Host, _ kit.Key) tea.Cmd { return h.Close(d) })}
	}
	tool := words.ToolName(r.tool())
	var list []kit.Binding
	answer := func(key, help string, do func()) {
		list = append(list, kit.Binding{Keys: []string{key}, Help: help, Answer: true, Do: func(h kit.Host, k kit.Key) tea.Cmd {
			s.step(help, k, func() {
				do()
				s.state.Column = s.firstOpen(r)
			})
			cmd := tea.Batch(s.flush(h), h.Close(d))
			h.Say(s.unableWords(r))
			return cmd
		}})
	}
	for i, t := range icans.FieldOf(bedside.UnableValue).Terms {
		answer(fmt.Sprint(i+1), tool+" not done: "+t.Label, func() { bedside.SetReason(r, t.Code) })
	}
	other := bedside.OtherTool(r.tool())
	answer("9", "change the tool to "+words.ToolName(other), func() { bedside.ChangeTool(r, other) })
	answer("0", tool+" can be done: answers back", func() { bedside.SetAble(r) })
	return append(list, kit.Bind("esc", "", "back, without a change", func(h kit.Host, _ kit.Key) tea.Cmd { return h.Close(d) }))
}

// unableWords returns the consequence of the answer.
func (s *sheet) unableWords(r *row) string {
	c, _ := s.now.of(r.ID)
	if c == nil || c.Findings.Unable == 0 {
		return "Tool " + words.ToolName(r.tool()) + ": answer its items"
	}
	if c.Findings.OtherCause != 0 {
		return "Carries the cause that a clinician named ahead: " + kit.Plain(c.CauseNote)
	}
	var before []ward.Check
	for _, o := range s.now.checks {
		if o.ID != c.ID {
			before = append(before, o)
		}
	}
	h := with(&s.history, before)
	return bedside.UnableWords(&h, s.desk.Site(), c, 0)
}

// Body implements [kit.Screen].
func (d *unable) Body(p kit.Page) []string {
	r := d.sheet.state.row()
	if r == nil {
		return nil
	}
	return d.sheet.desk.NotDoneLines(p, &d.sheet.history.Patient, r.tool(), r.At)
}
