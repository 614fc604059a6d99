package check

import (
	"strings"
	"time"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// body draws the answers in their two columns, and below them the row of time, reason,
// cause and comment. The largest window has the findings in words between the two.
func (e *examination) body(p kit.Page) []string {
	in, _ := e.sheet.Current()
	end := append(e.othersRows(p, in.ID), lastRow(p, e.rowItems(), in.ID))
	columns := columnsFor(e.sheet.tool(), p.Width)
	lines := e.sheet.View(p.Narrow(p.Width-1).With(p.Height-len(end)), columns, func(p kit.Page, group string) string { return e.heading(p, group, columns) })
	for i := range lines {
		lines[i] = " " + lines[i]
	}
	if p.Width >= widest {
		if words := e.inWords(p); len(lines)+len(words)+len(end) < p.Height {
			lines = append(append(lines, ""), words...)
		}
	}
	return append(lines, end...)
}

// heading returns the line above a group of lines: its name, and the times of the checks
// whose answers are in the columns below.
func (e *examination) heading(p kit.Page, group string, columns []kit.FormColumn) string {
	left, right, before := columns[0], columns[1], &e.sheet.before
	answers := 2 + left.Label + left.Value
	switch group {
	case toolGroup:
		title := "ICE"
		if e.sheet.tool() == icans.CAPD {
			title = "CAPD  high = worse"
		}
		return p.Strong.Render(p.Pad(title, 2+left.Label)) + p.Faint.Render(p.Pad("now", left.Value)+e.times(p, before.done, left))
	case signsGroup:
		line := p.Strong.Render("CONSCIOUSNESS, SIGNS")
		if sameChecks(before.checks, before.done, left.Earlier) {
			return line
		}
		return p.Pad(line, answers) + p.Faint.Render(e.times(p, before.checks, left))
	case seenGroup:
		line := p.Strong.Render("SEEN (all five needed)")
		if right.Earlier == 0 {
			return line
		}
		return p.Pad(line, 2+right.Label+right.Value) + p.Faint.Render(e.times(p, before.checks, right))
	case otherGroup:
		return p.Strong.Render("OTHER SIGNS (no grade)")
	}
	return ""
}

// sameChecks reports whether the columns of earlier answers show the same checks.
func sameChecks(a, b []*ward.Check, columns int) bool {
	for i := range max(columns, 1) {
		if len(a) > i && (len(b) <= i || a[i] != b[i]) {
			return false
		}
	}
	return true
}

// times returns the times of earlier checks, each short enough for its column.
func (e *examination) times(p kit.Page, checks []*ward.Check, c kit.FormColumn) (text string) {
	for i, o := range checks[:min(len(checks), max(c.Earlier, 1))] {
		at := e.desk.Time(o.PerformedAt)
		if e.desk.Now().Sub(o.PerformedAt) > 6*24*time.Hour {
			at = e.desk.ShortDate(o.PerformedAt)
		}
		text = p.Pad(text, i*c.Before) + p.Fit(at, c.Before)
	}
	return text
}

// inWords returns the findings in words, and their changes.
func (e *examination) inWords(p kit.Page) (lines []string) {
	x := e.sheet.findings()
	var found, normal []string
	for _, field := range bedside.Fields {
		switch words := field.Words(&x); {
		case words == "" || e.sheet.hides(field):
		case bedside.IsNormal(field, &x):
			normal = append(normal, field.Label+" "+words)
		default:
			found = append(found, field.Label+" "+words)
		}
	}
	add := func(label string, list []string) {
		if len(list) > 0 {
			text := p.Strong.Render(p.Pad(label, 18)) + strings.Join(list, ", ")
			lines = append(lines, p.Hang("   "+text, p.Width-1, 21)...)
		}
	}
	add("Found", found)
	add("Changed", e.differences(&x))
	add("Normal", normal)
	if len(lines) > 0 {
		lines = append([]string{" " + p.Strong.Render("IN WORDS")}, lines...)
	}
	return lines
}

// differences returns the answers that differ from those of the checks next to them: "▼
// Speech mild → moderate".
func (e *examination) differences(x *icans.Findings) (list []string) {
	for _, field := range bedside.Fields {
		last := e.sheet.before.last(field)
		if last == nil {
			continue
		}
		if mark := direction(field, &last.Findings, x); mark != "" {
			list = append(list, mark+" "+field.Label+" "+field.Words(&last.Findings)+" → "+field.Words(x))
		}
	}
	return list
}
