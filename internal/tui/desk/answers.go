package desk

import (
	"strings"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// SkipWords is the answer that every line has.
const SkipWords = "- not assessed"

// Choices lists the answers of a field with their keys, broken into lines. If only the
// last one needs another line, it is left to the line of keys, and whole is false.
func Choices(p kit.Page, field *icans.Field, x *icans.Findings) (lines []string, whole bool) {
	line := " " + p.Strong.Render(field.Label+":")
	gap := "  "
	if len(field.Terms) == 2 {
		gap = "   "
	}
	add := func(gap, keys, label string) {
		cell := p.Strong.Render(keys) + " " + label
		if p.Cells(line+gap+cell) > p.Width-1 {
			lines = append(lines, line)
			line = "  " + cell
			return
		}
		line += gap + cell
	}
	if len(field.Terms) == 2 && field.Terms[1].Code != "focal_weakness" { // yes first, as one asks
		add("  ", "1 y", "yes")
		add(gap, "0 n", "no")
	} else {
		for i, t := range field.Terms {
			before := gap
			if i == 0 {
				before = "  "
			}
			add(before, t.Keys[:1], choiceLabel(field, x, i))
		}
	}
	if len(lines) == 0 && p.Cells(line+"   "+SkipWords) > p.Width-1 {
		return []string{line}, false
	}
	add("   ", "-", "not assessed")
	if field.Several {
		add("   ", "enter", "next")
	}
	return append(lines, line), true
}

// choiceLabel returns the words of an answer, without the figure that its key shows.
func choiceLabel(field *icans.Field, x *icans.Findings, i int) string {
	t := field.Terms[i]
	label := t.Label
	if field.Group == icans.GroupCAPD {
		_, label, _ = strings.Cut(label, " ")
	}
	if label == t.Keys[:1] {
		return ""
	}
	if field.Several && field.Holds(x, i) {
		return "[" + label + "]"
	}
	return label
}

// Ask returns the question for the patient or the task, in the patient's language if the
// site has it; for a field without one, the help.
func (d *Desk) Ask(field *icans.Field, p *ward.Patient) string {
	if ask := d.Site().Question(field, p.Language); ask != "" {
		return `Ask: "` + ask + `"`
	}
	return field.Help
}
