package check

import (
	"fmt"
	"slices"
	"strings"

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
		lines = append(lines, f.desk.OpenElsewhere(&d)+".")
	}
	return append(lines, f.desk.ChangedFlags(&f.history, f.view.Changed)...)
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
