package check

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// The widths of the two columns, by the tool: the answers of CAPD are words.
var (
	leftColumns  = [...]kit.FormColumn{icans.ICE: {Label: 16, Value: 11, Before: 11}, icans.CAPD: {Label: 18, Value: 14, Before: 12}}
	rightColumns = [...]kit.FormColumn{icans.ICE: {Label: 16, Value: 11, Before: 10}, icans.CAPD: {Label: 16, Value: 11, Before: 4}}
)

// Marks explains the marks of the form.
func (f *form) Marks() []kit.Mark {
	return append(desk.Marks(), kit.Mark{Sign: "*", Means: "another cause: the finding does not count"},
		kit.Mark{Sign: "?", Means: "the cause is uncertain"}, kit.Mark{Sign: "–", Means: "not assessed; a blank line was not touched yet"})
}

// Head returns the identity, from the board until the record is loaded.
func (f *form) Head(p kit.Page) []string {
	id := desk.Identity{Title: "NEURO CHECK", BaselineFirst: true}
	if f.correcting() {
		id.Title = "CORRECTION"
		if f.original != nil {
			id.Title += " of " + f.desk.Time(f.original.PerformedAt)
		}
	}
	if f.opened {
		id.Patient, id.Stay = &f.history.Patient, f.history.Stay()
		if stay := ward.StayAt(f.history.Stays, f.check.PerformedAt); stay != nil {
			id.Stay = stay
		}
	} else if s, ok := f.desk.State(f.patient); ok {
		id.Patient, id.Stay = &s.Patient, &s.Stay
	}
	if id.Patient == nil {
		return f.desk.Head(p, id)
	}
	id.More = desk.Interpreter(id.Patient)
	if cause := f.desk.NamedCause(&f.history); f.opened && cause != "" {
		id.More = append(id.More, cause)
	}
	return f.desk.Head(p, id)
}

// Body draws the two columns and the line of time, reason, cause and comment.
func (f *form) Body(p kit.Page) []string {
	if !f.opened {
		return []string{"", "  loading…"}
	}
	columns := []kit.FormColumn{leftColumns[f.tool()], rightColumns[f.tool()]}
	end := f.endRows(p)
	lines := f.sheet.View(p.Narrow(p.Width-1).With(p.Height-len(end)), columns, f.heading)
	for i := range lines {
		lines[i] = " " + lines[i]
	}
	return append(lines, end...)
}

// heading returns the line above a group of lines.
func (f *form) heading(p kit.Page, group string) string {
	left := leftColumns[f.tool()]
	titled := func(title string) string { return p.Strong.Render(p.Pad(title, 2+left.Label)) }
	switch group {
	case toolGroup:
		title := "ICE"
		if f.tool() == icans.CAPD {
			title = "CAPD  high = worse"
		}
		return titled(title) + p.Faint.Render(p.Pad("now", left.Value)+f.lastTime(f.lastTool))
	case signsGroup:
		line := p.Strong.Render("CONSCIOUSNESS, SIGNS")
		if f.last == nil || f.last == f.lastTool {
			return line
		}
		return p.Pad(line, 2+left.Label+left.Value) + p.Faint.Render(f.lastTime(f.last))
	case seenGroup:
		return p.Strong.Render("SEEN (all five needed)")
	case otherGroup:
		return p.Strong.Render("OTHER SIGNS (no grade)")
	}
	return ""
}

// lastTime returns the time of an earlier check, short enough for its column.
func (f *form) lastTime(c *ward.Check) string {
	if c == nil {
		return ""
	}
	if f.desk.Now().Sub(c.PerformedAt) > 6*24*time.Hour {
		return f.desk.ShortDate(c.PerformedAt)
	}
	return f.desk.Time(c.PerformedAt)
}

// endRows draws the lines that are no answer to a field: the form of another person, the
// time, the reason for "not done", another cause, the comment.
func (f *form) endRows(p kit.Page) (rows []string) {
	in, _ := f.sheet.Current()
	hand := func(id, text string) string {
		if in.ID == id {
			return p.Strong.Render("▌") + p.Selected.Render(text)
		}
		return " " + text
	}
	for i, d := range f.others() {
		line := " " + p.Note.Render(f.openElsewhere(&d))
		if i == 0 {
			line = hand(takeOverLine, p.Note.Render(f.openElsewhere(&d))) + p.Faint.Render("  enter here takes it over")
		}
		rows = append(rows, line)
	}
	return append(rows, f.itemRow(p, in.ID))
}

// itemRow draws the items in one row: with their labels if these fit, else without, and
// with the cause and the comment cut if the values are too long as well.
func (f *form) itemRow(p kit.Page, hand string) (row string) {
	items := f.endItems()
	draw := func(labels bool) string {
		var cells []string
		for _, it := range items {
			text := it.id + " "
			if labels || it.id == timeLine {
				text += it.label + " "
			}
			if it.id == hand {
				cells = append(cells, p.Strong.Render("▌")+p.Selected.Render(text+it.value))
			} else {
				cells = append(cells, " "+p.Faint.Render(it.id)+strings.TrimPrefix(text, it.id)+it.value)
			}
		}
		if hand == saveLine {
			cells = append(cells, p.Strong.Render("▌")+p.Selected.Render("save: enter"))
		}
		return strings.Join(cells, "  ")
	}
	for _, labels := range []bool{true, false} {
		if row = draw(labels); p.Cells(row) <= p.Width {
			return row
		}
	}
	cause, comment := &items[2].value, &items[3].value
	room := p.Width - p.Cells(row) + p.Cells(*cause) + p.Cells(*comment)
	if p.Cells(*cause) > room/2 && p.Cells(*comment) > room/2 {
		*cause = p.Fit(*cause, room/2)
	}
	*comment = p.Fit(*comment, max(room-p.Cells(*cause), 1))
	*cause = p.Fit(*cause, max(room-p.Cells(*comment), 1))
	return draw(false)
}

// endItem is one part of the last row.
type endItem struct{ id, label, value string }

func (f *form) endItems() []endItem {
	x := f.findings()
	dash := func(text string) string {
		if text == "" {
			return "–"
		}
		return kit.Plain(text)
	}
	cause := ""
	switch {
	case x.OtherCause != 0:
		cause = "* " + f.cause
	case x.Uncertain() != 0:
		cause = "? " + strings.Join(x.Uncertain().Words(), ", ")
	}
	label, when := f.timeWords()
	return []endItem{
		{timeLine, label, when},
		{unableLine, "Unable", dash(f.unableShort())},
		{causeLine, "Cause", dash(cause)},
		{commentLine, "Comment", dash(f.check.Note)},
	}
}

// freshFor is the time for which a new form shows its time as now.
const freshFor = 2 * time.Minute

// timeWords returns the label and the time of the check. A late entry is named, with the
// day.
func (f *form) timeWords() (label, when string) {
	at, ago := f.check.PerformedAt, f.desk.Now().Sub(f.check.PerformedAt)
	switch {
	case f.correcting():
		return "Time", f.desk.Time(at)
	case f.isLateEntry():
		return f.desk.LateEntry(at)
	case ago < freshFor && ago >= 0:
		return "Time", "now"
	}
	return "Time", f.desk.Time(at)
}

// Foot draws the meaning of the answers so far, the flag, and the answers of the line in
// hand. If these need more than one line, meaning and flag share one.
func (f *form) Foot(p kit.Page) []string {
	if !f.opened {
		return nil
	}
	c := f.toSave()
	c.Result = f.view.Result
	look := desk.FlagLook(p.Theme, c.Result.Flag)
	meaning, flag := desk.Meaning(&c.Findings, c.Result), f.flagFitting(p, &c)
	styled := func(text string) (lines []string) {
		for _, line := range p.Hang(" "+text, p.Width, 1) {
			lines = append(lines, look.Render(line))
		}
		return lines
	}
	if c.Findings == (icans.Findings{Tool: c.Findings.Tool}) {
		meaning, flag = "no answer yet", ""
	}
	if f.failed {
		flag, look = "NOT SAVED. Your answers are kept here; ctrl+s tries again", p.Bad
	}
	if f.saving.Waiting() {
		flag, look = "saving… NOT SAVED YET. esc keeps it here", p.Bad
	}
	field := f.field()
	if field == nil {
		return slices.Concat(styled(meaning), styled(flag), f.endFoot(p, &c))
	}
	choices, _ := f.choices(p, field)
	asked := f.askLines(p, field)
	choices = append(choices, asked[:len(asked)-1]...)
	if len(choices) == 1 {
		return slices.Concat(styled(meaning), styled(flag), choices)
	}
	both := desk.ScoreWords(&c.Findings) + "   ICANS " + desk.Grade(c.Result) + "   " + desk.FlagMark(c.Result.Flag) + " " + desk.FlagShort(c.Result.Flag)
	if flag == "" {
		both = meaning
	} else if f.saving.Waiting() {
		both = flag
	}
	return slices.Concat(styled(both), choices)
}

// flagFitting returns the flag with as many reasons as fit on a line, and the number of
// the others; the save question has all.
func (f *form) flagFitting(p kit.Page, c *ward.Check) string {
	text := bedside.FlagText(c)
	reasons := c.Result.Reasons.Words()
	for n := len(reasons) - 1; n > 0 && p.Cells(text) > p.Width-2; n-- {
		all := strings.Join(reasons, ", ")
		text = strings.Replace(bedside.FlagText(c), all, strings.Join(reasons[:n], ", ")+", "+more(len(reasons)-n), 1)
	}
	return text
}

func more(n int) string {
	return fmt.Sprintf("+%d", n)
}

// endFoot returns the line below the flag while no field is in hand.
func (f *form) endFoot(p kit.Page, c *ward.Check) []string {
	in, _ := f.sheet.Current()
	switch in.ID {
	case saveLine:
		if left := f.review(c, "").NotAssessed(); left != "" {
			return p.Hang(" "+left, p.Width, 1)
		}
		return []string{" " + p.Strong.Render("All answered.")}
	case takeOverLine:
		return []string{" enter shows the check of the other person and asks"}
	case lateLine:
		return []string{" enter asks for movement, face and eyes, personality"}
	}
	return []string{" enter opens " + in.Label}
}

// KeyLine draws the question to ask for the line in hand, and the most needed keys.
func (f *form) KeyLine(p kit.Page) string {
	if jump, ok := f.sheet.JumpLine(p.Narrow(30)); ok {
		return " " + strings.TrimRight(jump, " ") + p.Faint.Render("   jump to a line: enter")
	}
	keys := "? all keys   ctrl+s save"
	if in, _ := f.sheet.Current(); in.ID == saveLine {
		return " enter saves" + p.Faint.Render("   "+keys)
	}
	field := f.field()
	if !f.opened || field == nil {
		return " " + p.Faint.Render(keys)
	}
	asked := f.askLines(p, field)
	ask := asked[len(asked)-1]
	for _, end := range []string{"   " + keys, "   ? all keys"} {
		if p.Cells(ask+end) <= p.Width {
			return ask + p.Faint.Render(end)
		}
	}
	return ask
}
