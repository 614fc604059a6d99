package check

import (
	"fmt"
	"strings"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
)

// shortAnswers are the answers that are too long for their column of the form, by code.
var shortAnswers = map[string]string{
	"drowsy": "drowsy", "voice": "voice", "tactile": "touch", "unarousable": "unarous.",
	"nonconvulsive": "EEG only", "prolonged": "> 5 min", "repetitive": "repeated", "focal_weakness": "yes",
	"focal_edema": "focal", "diffuse_edema": "diffuse", "posturing": "posture", "cn6_palsy": "6th nerve", "papilledema": "papilla", "cushing_triad": "Cushing",
}

// shortAnswer returns the answer to a field, short enough for its column.
func shortAnswer(field *icans.Field, x *icans.Findings) string {
	code := field.Code(x)
	if n := strings.Count(code, ";"); n > 0 {
		return fmt.Sprintf("%d signs", n+1)
	}
	if short, ok := shortAnswers[code]; ok && field.Group == icans.GroupDomain {
		return short
	}
	return field.Words(x)
}

// shown returns the answer of a line as the form shows it: blank if the line was not
// touched, a dash if it was not assessed, with the signs of its cause and its direction.
func (f *form) shown(field *icans.Field) string {
	switch f.sheet.Value(field.Column) {
	case "":
		return ""
	case kit.NotAssessed:
		return "–"
	}
	x := f.findings()
	text := shortAnswer(field, &x) + causeMark(field, &x)
	last := f.lastFor(field)
	if last == nil {
		return text
	}
	mark := direction(field, &last.Findings, &x)
	if mark == "" {
		return text
	}
	width := leftColumns[f.tool()].Value
	if isFeature(field) || field.Group == icans.GroupSeen || field.Group == icans.GroupCRS {
		width = rightColumns[f.tool()].Value
	}
	if len([]rune(text))+3 < width {
		return text + "  " + mark
	}
	return text + " " + mark
}

// causeMark marks the answer of a domain that is attributed (*) or uncertain (?).
func causeMark(field *icans.Field, x *icans.Findings) string {
	if field.Group != icans.GroupDomain {
		return ""
	}
	switch d := bedside.DomainOf(field); {
	case x.OtherCause.Has(d):
		return " *"
	case x.Uncertain().Has(d):
		return " ?"
	}
	return ""
}

// direction compares an answer with that of the last check: ▼ worse, ▲ better, or nothing
// if it is the same or one is missing.
func direction(field *icans.Field, before, now *icans.Findings) string {
	if !field.Assessed(before) || !field.Assessed(now) || field.Code(before) == field.Code(now) {
		return ""
	}
	worse := false
	switch {
	case field.Several: // of signs of raised pressure only "none" is better
		if !field.Holds(before, 0) && !field.Holds(now, 0) {
			return ""
		}
		worse = field.Holds(before, 0)
	case field.Group == icans.GroupICE:
		worse = termOf(field, now) < termOf(field, before)
	default:
		worse = termOf(field, now) > termOf(field, before)
	}
	if worse {
		return desk.MarkWorse
	}
	return desk.MarkBetter
}

// asks returns the question for the patient or the task, in the patient's language if the
// site has it; for a field without one, the help.
func (f *form) asks(field *icans.Field) string {
	if ask := f.desk.Site().Question(field, f.history.Patient.Language); ask != "" {
		return `Ask: "` + ask + `"`
	}
	return field.Help
}

// askLines returns [form.asks] as lines: the last is for the line of keys, the others, which
// only the objects or the sentence of the site need, are for the foot. A help is cut,
// because ? has it in full.
func (f *form) askLines(p kit.Page, field *icans.Field) []string {
	text := " " + f.asks(field)
	if _, whole := f.choices(p, field); !whole {
		text = " " + skipWords + "  " + text
	}
	if field.Ask == "" {
		return []string{p.Fit(text, p.Width)}
	}
	return p.Hang(text, p.Width, 1)
}

// skipWords is the answer that every line has.
const skipWords = "- not assessed"

// choices lists the answers of a field with their keys, broken into lines. If only the
// last one needs another line, it is left to the line of keys, and whole is false.
func (f *form) choices(p kit.Page, field *icans.Field) (lines []string, whole bool) {
	x := f.findings()
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
			add(before, t.Keys[:1], choiceLabel(field, &x, i))
		}
	}
	if len(lines) == 0 && p.Cells(line+"   "+skipWords) > p.Width-1 {
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
