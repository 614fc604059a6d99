package check

import (
	"fmt"
	"strings"

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
	if desk.IsFeature(field) || field.Group == icans.GroupSeen || field.Group == icans.GroupCRS {
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
	switch d := domainOf(field); {
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
		worse = desk.TermOf(field, now) < desk.TermOf(field, before)
	default:
		worse = desk.TermOf(field, now) > desk.TermOf(field, before)
	}
	if worse {
		return desk.MarkWorse
	}
	return desk.MarkBetter
}

// askLines returns [form.asks] as lines: the last is for the line of keys, the others, which
// only the objects or the sentence of the site need, are for the foot. A help is cut,
// because ? has it in full.
func (f *form) askLines(p kit.Page, field *icans.Field) []string {
	text := " " + f.desk.Ask(field, &f.history.Patient)
	if _, whole := desk.Choices(p, field, &f.now); !whole {
		text = " " + desk.SkipWords + "  " + text
	}
	if field.Ask == "" {
		return []string{p.Fit(text, p.Width)}
	}
	return p.Hang(text, p.Width, 1)
}
