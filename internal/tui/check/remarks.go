package check

import (
	"fmt"
	"slices"
	"strings"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

func (e *examination) meanwhileWords(c *ward.Check) string {
	return e.desk.Time(c.PerformedAt) + " " + kit.Plain(c.Recorded.By) + " recorded a check: " + desk.Score(&c.Findings) + ", ICANS " + desk.Grade(c.Result)
}

// remarks returns the lines of a save question about the record: the checks that were
// recorded meanwhile, the points that are asked about once, the flags that change.
func (e *examination) remarks(c *ward.Check, unknown string) (lines []string) {
	if unknown != "" {
		lines = append(lines, unknown)
	}
	for _, m := range e.meanwhile() {
		lines = append(lines, "MEANWHILE "+e.meanwhileWords(&m)+".")
	}
	if list := e.warnings(c); len(list) > 0 {
		lines = append(lines, "Please check: "+strings.ReplaceAll(strings.Join(list, "; ")+".", "?.", "?"))
	}
	for _, d := range e.others() {
		lines = append(lines, e.openElsewhere(&d)+".")
	}
	return append(lines, changedFlags(e.desk, &e.history, e.view.changed)...)
}

// warnings returns the points that are asked about once. That of a total far from the one
// before it gets the time of that check.
func (e *examination) warnings(c *ward.Check) []string {
	list := c.Warnings(&e.history, e.desk.Zone(), e.desk.Now())
	if e.correcting() && c.PerformedAt.Equal(e.original.PerformedAt) { // the age of the check is no news then
		list = slices.DeleteFunc(list, func(text string) bool { return strings.HasPrefix(text, "done ") })
	}
	total, known := c.Findings.Total()
	last := newest(e.sheet.before.checks)
	if last == nil || !known {
		return list
	}
	before, _ := last.Findings.Total()
	tool := desk.ToolName(c.Findings.Tool)
	for i, text := range list {
		if text == fmt.Sprintf("%s is %d now, it was %d", tool, total, before) {
			list[i] = text + " at " + e.desk.Time(last.PerformedAt) + fmt.Sprintf(" (%d lower)", before-total)
			if total > before {
				list[i] = text + " at " + e.desk.Time(last.PerformedAt) + fmt.Sprintf(" (%d higher)", total-before)
			}
		}
	}
	return list
}

// mostChanged is the number of changed flags that a question names one by one.
const mostChanged = 3

// changedFlags returns the other checks whose flag or reasons change.
func changedFlags(d *desk.Desk, h *ward.History, changed []ward.Reevaluation) (lines []string) {
	for i, r := range changed {
		if i == mostChanged {
			return append(lines, fmt.Sprintf("The flags of %d more checks change.", len(changed)-mostChanged))
		}
		was := ""
		for j := range h.Checks {
			if h.Checks[j].ID == r.Check.ID {
				was = desk.FlagShort(h.Checks[j].Result.Flag) + " → "
			}
		}
		now := desk.FlagShort(r.Check.Result.Flag)
		if strings.HasPrefix(was, now+" →") {
			was, now = "", now+", for other reasons"
		}
		lines = append(lines, "The check of "+d.DayTime(r.Check.PerformedAt)+" changes: "+was+now+".")
	}
	return lines
}

// notAssessed returns the lines of the form without an answer: those that every check
// needs, and the other signs.
func (e *examination) notAssessed(x *icans.Findings) string {
	var needed, other []string
	for _, field := range sheetFields {
		switch {
		case !e.sheet.asks(field) || field.Assessed(x) || field.Group == icans.GroupCRS:
		case field.Group == icans.GroupSeen && !isFeature(field):
			other = append(other, field.Label)
		case x.StatedTotal != 0 && isItem(field):
		default:
			needed = append(needed, field.Label)
		}
	}
	var parts []string
	if len(needed) > 0 {
		parts = append(parts, "Not assessed: "+strings.Join(needed, ", ")+".")
	}
	if len(other) > 0 {
		parts = append(parts, "Also not looked at: "+strings.Join(other, ", ")+".")
	}
	return strings.Join(parts, "  ")
}
