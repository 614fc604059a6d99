package check

import (
	"strings"
	"time"

	"neurocheck/internal/bedside"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
)

// rowItem is one part of the last row of the form, which is opened by a letter.
type rowItem struct{ id, label, value string }

// rowItems returns the time, the reason for "not done", another cause and the comment.
func (e *examination) rowItems() []rowItem {
	x := e.sheet.findings()
	cause := ""
	switch {
	case x.OtherCause != 0:
		cause = "* " + e.sheet.cause
	case x.Uncertain() != 0:
		cause = "? " + strings.Join(x.Uncertain().Words(), ", ")
	}
	label, when := e.timeWords()
	return []rowItem{
		{timeLine, label, when},
		{unableLine, "Unable", desk.Dash(unableShort(&x))},
		{causeLine, "Cause", desk.Dash(cause)},
		{commentLine, "Comment", desk.Dash(e.check.Note)},
	}
}

// freshFor is the time for which a new form shows its time as now.
const freshFor = 2 * time.Minute

// timeWords returns the label and the time of the check. A late entry is named, with the
// day.
func (e *examination) timeWords() (label, when string) {
	at, ago := e.check.PerformedAt, e.desk.Now().Sub(e.check.PerformedAt)
	switch {
	case e.correcting():
		return "Time", e.desk.Time(at)
	case e.isLateEntry():
		return e.desk.LateEntry(at)
	case ago < freshFor && ago >= 0:
		return "Time", "now"
	}
	return "Time", e.desk.Time(at)
}

// lastRow draws the items in one row: with their labels if these fit, else without, and
// with the cause and the comment cut if the values are too long as well. selected is the
// selected line.
func lastRow(p kit.Page, items []rowItem, selected string) (row string) {
	for _, labels := range []bool{true, false} {
		if row = drawItems(p, items, selected, labels); p.Cells(row) <= p.Width {
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
	return drawItems(p, items, selected, false)
}

func drawItems(p kit.Page, items []rowItem, selected string, labels bool) string {
	var cells []string
	for _, it := range items {
		text := it.id + " "
		if labels || it.id == timeLine {
			text += it.label + " "
		}
		if it.id == selected {
			cells = append(cells, p.Strong.Render("▌")+p.Selected.Render(text+it.value))
		} else {
			cells = append(cells, " "+p.Faint.Render(it.id)+strings.TrimPrefix(text, it.id)+it.value)
		}
	}
	if selected == saveLine {
		cells = append(cells, p.Strong.Render("▌")+p.Selected.Render("save: enter"))
	}
	return strings.Join(cells, "  ")
}

// othersRows draws a row for each unsaved check of another person.
func (e *examination) othersRows(p kit.Page, selected string) (rows []string) {
	for i, d := range e.others() {
		text := bedside.OpenElsewhere(e.desk.WallClock(), &d)
		switch {
		case i > 0:
			rows = append(rows, " "+p.Note.Render(text))
		case selected == takeOverLine:
			rows = append(rows, p.Strong.Render("▌")+p.Selected.Render(p.Note.Render(text))+p.Faint.Render("  enter here takes it over"))
		default:
			rows = append(rows, " "+p.Note.Render(text)+p.Faint.Render("  enter here takes it over"))
		}
	}
	return rows
}
