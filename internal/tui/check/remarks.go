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

// meanwhile returns the checks that other people recorded since the form was begun, the
// oldest first.
func (f *form) meanwhile() []ward.Check {
	var list []ward.Check
	for i := range f.history.Checks {
		c := &f.history.Checks[i]
		if c.ID == f.check.ID || c.Recorded.By == f.desk.User().Name || f.known[c.ID] && !c.Recorded.At.After(f.since) {
			continue
		}
		list = append(list, *c)
	}
	slices.SortStableFunc(list, func(a, b ward.Check) int { return a.Recorded.At.Compare(b.Recorded.At) })
	return list
}

func (f *form) meanwhileWords(c *ward.Check) string {
	return f.desk.Time(c.PerformedAt) + " " + kit.Plain(c.Recorded.By) + " recorded a check: " + desk.Score(&c.Findings) + ", ICANS " + desk.Grade(c.Result)
}

// remarks returns the lines of a save question about the record: the checks that were
// recorded meanwhile, the points that are asked about once, the flags that change.
func (f *form) remarks(c *ward.Check, unknown string) (lines []string) {
	if unknown != "" {
		lines = append(lines, unknown)
	}
	for _, m := range f.meanwhile() {
		lines = append(lines, "MEANWHILE "+f.meanwhileWords(&m)+".")
	}
	if list := f.warnings(c); len(list) > 0 {
		lines = append(lines, "Please check: "+strings.ReplaceAll(strings.Join(list, "; ")+".", "?.", "?"))
	}
	for _, d := range f.others() {
		lines = append(lines, f.openElsewhere(&d)+".")
	}
	return append(lines, changedFlags(f.desk, &f.history, f.view.changed)...)
}

// warnings returns the points that are asked about once. That of a total far from the one
// before it gets the time of that check.
func (f *form) warnings(c *ward.Check) []string {
	list := c.Warnings(&f.history, f.desk.Zone(), f.desk.Now())
	if f.correcting() && c.PerformedAt.Equal(f.original.PerformedAt) { // the age of the check is no news then
		list = slices.DeleteFunc(list, func(text string) bool { return strings.HasPrefix(text, "done ") })
	}
	total, known := c.Findings.Total()
	if f.last == nil || !known {
		return list
	}
	before, _ := f.last.Findings.Total()
	tool := desk.ToolName(c.Findings.Tool)
	for i, text := range list {
		if text == fmt.Sprintf("%s is %d now, it was %d", tool, total, before) {
			list[i] = text + " at " + f.desk.Time(f.last.PerformedAt) + fmt.Sprintf(" (%d lower)", before-total)
			if total > before {
				list[i] = text + " at " + f.desk.Time(f.last.PerformedAt) + fmt.Sprintf(" (%d higher)", total-before)
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
func (f *form) notAssessed(x *icans.Findings) string {
	var needed, other []string
	late := f.asksLate()
	for _, field := range sheetFields {
		switch {
		case hidden(field, f.sheet.Value) || field.Assessed(x) || field.Group == icans.GroupCRS || isLate(field) && !late:
		case field.Group == icans.GroupSeen && !isFeature(field):
			other = append(other, field.Label)
		case x.StatedTotal != 0 && (field.Group == icans.GroupICE || field.Group == icans.GroupCAPD):
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

// causeWords returns the domains that are attributed or uncertain, one line each.
func causeWords(c *ward.Check) (lines []string) {
	x := &c.Findings
	if x.OtherCause != 0 {
		lines = append(lines, "Other cause (does not count): "+strings.Join(x.OtherCause.Words(), ", ")+": "+kit.Plain(c.CauseNote))
	}
	if u := x.Uncertain(); u != 0 {
		lines = append(lines, "Uncertain cause: "+strings.Join(u.Words(), ", "))
	}
	return lines
}

// flagText returns the flag that a check has or would have. Only a normal check is called
// normal.
func flagText(c *ward.Check) string {
	r := c.Result
	text := desk.FlagLine(r)
	if r.Flag != icans.FlagNone || r.Reasons != 0 {
		return text
	}
	if c.Normal() {
		return "normal check: no flag"
	}
	if same := desk.Unchanged(&c.Findings); same != "" {
		text += "; " + same
	}
	return text
}

// effect returns the effect of a save on the follow-up.
func (p *preview) effect() string {
	switch {
	case p.old:
		return ". Over 24 h old and a later check exists: opens no follow-up"
	case p.event == ward.JoinOpened:
		return ". Opens a follow-up"
	case p.event == ward.JoinRaised:
		return ". RAISES the follow-up"
	case p.event == ward.JoinJoined:
		return ". Joins the follow-up"
	}
	return ""
}
