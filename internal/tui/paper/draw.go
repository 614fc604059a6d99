package paper

import (
	"fmt"
	"slices"
	"strings"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// Marks explains the marks of the sheet.
func (s *sheet) Marks() []kit.Mark {
	return append(desk.Marks(), kit.Mark{Sign: "-", Means: "not assessed; a blank cell was not touched yet"},
		kit.Mark{Sign: "+", Means: "several signs of raised pressure"}, kit.Mark{Sign: "( )", Means: "a check on record, between the rows of a wide window"})
}

// Head returns the identity, from the board until the record is loaded.
func (s *sheet) Head(p kit.Page) []string {
	id := desk.Identity{Title: "PAPER CHECKS", BaselineFirst: true}
	if s.opened {
		id.Patient, id.Stay = &s.history.Patient, s.history.Stay()
	} else if on, ok := s.desk.State(s.patient); ok {
		id.Patient, id.Stay = &on.Patient, &on.Stay
	}
	if id.Patient == nil {
		return s.desk.Head(p, id)
	}
	id.Therapy = words.ToolName(id.Patient.Tool)
	id.More = desk.Interpreter(id.Patient)
	if cause := s.desk.NamedCause(&s.history); s.opened && cause != "" {
		id.More = append(id.More, cause)
	}
	return s.desk.Head(p, id)
}

// Body draws the grid, and the answers of the selected cell on the last lines.
func (s *sheet) Body(p kit.Page) []string {
	if !s.opened {
		return []string{"", "  loading…"}
	}
	choices := s.choices(p)
	grid := p.With(p.Height - len(choices))
	lines := s.grid(grid)
	if wide(p) {
		lines = alongside(p, lines, s.panel(grid.Narrow(p.Width-panelStart)))
	}
	for len(lines) < grid.Height {
		lines = append(lines, "")
	}
	return append(lines, choices...)
}

// grid draws the heading, the rows and the line about the time.
func (s *sheet) grid(p kit.Page) []string {
	head := s.heading(p)
	hint := s.hint(p)
	rows, selected := s.rowLines(p)
	room := p.With(max(p.Height-len(head)-len(hint), 1))
	s.room.View(room, rows) // so that it knows the room
	s.room.Show(selected)
	return slices.Concat(head, s.room.View(room, rows), hint)
}

// heading draws the nights of the sheet and the letters of the columns, those of the tool of
// the selected row.
func (s *sheet) heading(p kit.Page) []string {
	tool := s.history.Patient.Tool
	if r := s.state.row(); r != nil {
		tool = r.tool()
	}
	title := " " + s.span()
	labels := p.Pad(title, 37) + p.Pad(words.ToolName(tool), 14) + "signs    SEEN       OTHER"
	lines := []string{p.Strong.Render(labels)}
	if wide(p) { // the labels over their columns
		labels = p.Pad("", starts[0]) + p.Pad(words.ToolName(tool), starts[1]-starts[0]) + p.Pad("signs", starts[2]-starts[1]) + p.Pad("SEEN", starts[3]-starts[2]) + "OTHER"
		lines = []string{p.Strong.Render(title), p.Strong.Render(labels)}
	}
	line := " time"
	for i, group := range groups(tool) {
		line = p.Pad(line, starts[i])
		for _, f := range group {
			if i != lateGroup || s.late() {
				line += letters[f.Column] + " "
			}
		}
	}
	return append(lines, p.Faint.Render(p.Pad(line, starts[5])+"result"))
}

// span returns the days of the rows in words.
func (s *sheet) span() string {
	rows := s.state.Rows
	if len(rows) == 0 {
		return "no row yet"
	}
	zone := s.desk.Zone()
	first, last := rows[0].At.In(zone), rows[len(rows)-1].At.In(zone)
	switch ward.DateOf(first).DaysTo(ward.DateOf(last)) {
	case 0:
		return last.Format("Mon 2 Jan")
	case 1:
		if first.Hour() >= 12 {
			return "night of " + first.Format("Mon 2") + " to " + last.Format("Mon 2 Jan")
		}
	}
	return first.Format("Mon 2 Jan") + " to " + last.Format("Mon 2 Jan")
}

// rowLines draws the rows, the questions below them, the new row and the sheet of another
// person, and returns the selected line. A wide window has the checks of the record between.
func (s *sheet) rowLines(p kit.Page) (lines []string, selected int) {
	earlier := s.earlier(p)
	for i := range s.state.Rows {
		r := &s.state.Rows[i]
		for len(earlier) > 0 && earlier[0].PerformedAt.Before(r.At) {
			lines = append(lines, s.recordLine(p, &earlier[0]))
			earlier = earlier[1:]
		}
		if i == s.state.Selected {
			selected = len(lines)
		}
		lines = append(lines, s.rowLine(p, r, i == s.state.Selected))
		lines = append(lines, s.twinLines(p, r, i == s.state.Selected)...)
	}
	for i := range earlier {
		lines = append(lines, s.recordLine(p, &earlier[i]))
	}
	if s.state.Selected == len(s.state.Rows) {
		selected = len(lines)
	}
	if s.state.Selected == len(s.state.Rows) {
		lines = append(lines, s.newLine(p))
	}
	if text := s.othersLine(); text != "" {
		mark := " "
		if s.onOthers() {
			selected, mark = len(lines), p.Strong.Render("▌")
		}
		lines = append(lines, mark+p.Note.Render(text)+p.Faint.Render("  enter takes over"))
	}
	return lines, selected
}

func (s *sheet) rowLine(p kit.Page, r *row, selected bool) string {
	label := " " + s.cellLabel(r.At)
	if selected {
		label = " " + p.Strong.Render(s.cellLabel(r.At))
	}
	if selected && s.state.Column == timeColumn {
		label = s.clockCell(p)
	}
	line := p.Pad(label, starts[0])
	for i, group := range groups(r.tool()) {
		line = p.Pad(line, starts[i])
		if i == 0 && r.Value(bedside.UnableValue) != "" {
			line += notDone(r.findings())
			continue
		}
		for j, f := range group {
			if i == lateGroup && !s.late() && r.Value(f.Column) == "" {
				continue
			}
			line += s.cell(p, f, r.Value(f.Column), selected)
			if j < len(group)-1 {
				line += " "
			}
		}
	}
	c, _ := s.now.of(r.ID)
	if c == nil || !r.Done {
		return strings.TrimRight(line, " ")
	}
	return p.Pad(line, starts[5]) + desk.FlagLook(p.Theme, c.Result.Flag).Render(result(c))
}

// cell draws one answer. The selected cell is a bar until it has an answer.
func (s *sheet) cell(p kit.Page, f *icans.Field, value string, selected bool) string {
	switch text := cellOf(f, value); {
	case !selected || s.state.Column != f.Column:
		return text
	case value == "":
		return p.Strong.Render("▌")
	default:
		return p.Selected.Render(text)
	}
}

// newLine draws the row that has no time yet: the text, or the time that is proposed.
func (s *sheet) newLine(p kit.Page) string {
	if at, ok := s.proposal(); ok && s.state.Typed == "" {
		return p.Strong.Render("▌") + p.Faint.Render(s.cellLabel(at))
	}
	return s.clockCell(p)
}

// clockCell draws the time that is being typed.
func (s *sheet) clockCell(p kit.Page) string {
	return p.Strong.Render("▌") + s.clock.View(p.Narrow(max(starts[0]-2, p.Cells(s.clock.Value())+1)), len(s.clock.Bindings()) == 0)[0]
}

// twinLines draws the question whether a check of nearly the same time is the same one.
func (s *sheet) twinLines(p kit.Page, r *row, selected bool) (lines []string) {
	other := s.twinOf(r)
	if other == nil {
		return nil
	}
	look := p.Note
	if selected && s.state.Column == twinColumn {
		look = p.Strong
	}
	const ask = "The same one? 1 y  0 n"
	text := "? " + other.words + ". " + ask
	if p.Cells(text) <= min(p.Width, panelStart)-8 {
		return []string{"      " + look.Render(text)}
	}
	for _, line := range p.Wrap("? "+other.words+".", min(p.Width, panelStart)-8) {
		lines = append(lines, "      "+look.Render(line))
	}
	return append(lines, "        "+look.Render(ask))
}

// hint draws the line about the time: a question or refusal of the text, or the forms that
// are read.
func (s *sheet) hint(p kit.Page) []string {
	text, bad := s.clock.Note()
	switch {
	case s.state.Column != timeColumn || text == "":
		text, bad = "time 04:00: typed as 4, 04 or 0400; enter takes the time shown in grey", false
	case len(s.clock.Bindings()) > 0:
		for _, b := range s.clock.Bindings() {
			text += "  " + strings.Join(b.Keys, " ") + " " + b.Help
		}
	}
	look := p.Faint
	if bad {
		look = p.Bad
	}
	lines := []string{""}
	for _, line := range p.Hang(" "+text, p.Width, 1) {
		lines = append(lines, look.Render(line))
	}
	return lines
}

// choices draws the answers of the selected cell.
func (s *sheet) choices(p kit.Page) []string {
	r, field := s.state.row(), icans.FieldOf(s.state.Column)
	switch {
	case r == nil || s.state.Column == timeColumn:
		return []string{""}
	case s.state.Column == twinColumn:
		return []string{" " + p.Strong.Render("The same check?") + "  " + p.Strong.Render("1 y") + " yes: this row is taken out   " + p.Strong.Render("0 n") + " no: keep both"}
	}
	x := r.findings()
	lines, whole := desk.Choices(p, field, &x)
	if !whole {
		lines = append(lines, "  "+desk.SkipWords)
	}
	return lines
}

// Foot draws the result of the selected row and the effects of the sheet on the follow-up.
func (s *sheet) Foot(p kit.Page) []string {
	if !s.opened {
		return nil
	}
	switch {
	case s.saving.Waiting():
		return []string{" " + p.Bad.Render("saving… NOT SAVED YET. esc keeps the sheet"), ""}
	case s.failed:
		return []string{" " + p.Bad.Render("NOT SAVED. The rows are kept here; ctrl+s tries again"), ""}
	}
	lines := s.meaningSoFar(p)
	for _, line := range p.Hang(" "+s.effects(p), p.Width, 1) {
		lines = append(lines, p.Faint.Render(line))
	}
	return lines
}

// meaningSoFar returns the meaning of the selected row so far.
func (s *sheet) meaningSoFar(p kit.Page) []string {
	r := s.state.row()
	if r == nil {
		at, ok := s.proposal()
		switch {
		case s.onOthers():
			return []string{" enter shows the sheet of the other person and asks"}
		case s.state.Typed != "":
			if read := s.clock.Read(s.state.Typed); read.OK() {
				return []string{" new row: enter takes " + s.label(read.Value) + ", as typed"}
			}
		case ok:
			return []string{" new row: enter takes " + s.label(at) + ", the time by the check interval"}
		}
		return []string{" new row: type its time"}
	}
	line := " " + s.label(r.At)
	c, _ := s.now.of(r.ID)
	if c == nil {
		return []string{line + "   no answer yet"}
	}
	line += "   " + strings.Replace(words.ScoreWords(&c.Findings), fmt.Sprintf(" of %d", c.Findings.Tool.MaxScore()), "", 1) + "   ICANS " + words.Grade(c.Result)
	if r.Done {
		line += "   " + flagWords(c)
	}
	look := desk.FlagLook(p.Theme, c.Result.Flag)
	if !r.Done {
		look = kit.Look{}
	}
	lines := p.Hang(line, p.Width, 1)
	for i := range lines {
		lines[i] = look.Render(lines[i])
	}
	return lines
}

// mostNamed is the number of rows with one effect that the foot names.
const mostNamed = 3

// effects names the rows that will open, raise or join a follow-up, and the old flags.
func (s *sheet) effects(p kit.Page) string {
	const old = "old"
	effects := []struct{ event, one, several string }{
		{string(ward.JoinOpened), "will open a follow-up", "will open a follow-up"},
		{string(ward.JoinRaised), "will RAISE the follow-up", "will RAISE the follow-up"},
		{string(ward.JoinJoined), "will join the follow-up", "will join the follow-up"},
		{old, "old flag: over 24 h old, it opens no follow-up", "old flags: over 24 h old, they open no follow-up"},
	}
	rows := map[string][]string{}
	for i := range s.now.checks {
		c, event := &s.now.checks[i], string(s.now.previews[i].Event)
		if s.now.previews[i].Old {
			event = old
		}
		if event != "" && s.rowOf(c.ID).Done {
			rows[event] = append(rows[event], s.desk.Time(c.PerformedAt)+" "+words.FlagMark(c.Result.Flag))
		}
	}
	var parts []string
	for _, w := range effects {
		switch list := rows[w.event]; {
		case len(list) == 0:
		case len(list) == 1:
			parts = append(parts, list[0]+" "+w.one+".")
		case len(list) > mostNamed:
			parts = append(parts, fmt.Sprintf("%d rows %s.", len(list), w.several))
		default:
			parts = append(parts, strings.Join(list, ", ")+" "+w.several+".")
		}
	}
	text := strings.Join(parts, " ")
	const rule = ` (Over 24 h old it opens none: "old flag".)`
	if text != "" && len(rows[old]) == 0 && p.Cells(text+rule) < p.Width {
		text += rule
	}
	return text
}

// KeyLine draws the most needed keys.
func (s *sheet) KeyLine(p kit.Page) string {
	if !s.opened {
		return " " + p.Faint.Render("esc back")
	}
	line := "enter next time  ↑ change a row  u unable  z rest none  ctrl+s save"
	if n := len(s.now.checks); n > 0 {
		line += fmt.Sprintf(" %d", n)
	}
	all := "  ? all keys"
	if s.Typing() { // then ? is text
		all = "  F1 all keys"
	}
	if wide(p) {
		line += all
	}
	return " " + p.Faint.Render(line)
}
