package tui

import (
	"fmt"
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

func (f *checkForm) head() string {
	if f.correcting() {
		return "CORRECTION"
	}
	return "NEURO CHECK"
}

func (f *checkForm) title(a *app, _ int) string { return a.named(f.head(), &f.patient) }

func (f *checkForm) header(a *app, w int) []string {
	return a.identity(f.head(), &f.patient, &f.stay, w)
}

// column holds the widths of the label, the answer and the answer of the last check.
type column struct{ label, answer, last int }

func (c column) width() int { return c.label + c.answer + c.last }

func (f *checkForm) body(a *app, w, h int) []string {
	if !f.opened {
		return []string{"", "  loading…"}
	}
	half := min((w+1)/2, 60)
	left, right := column{18, 11, half - 29}, column{18, 11, half - 31}
	x := &f.check.Findings
	tool, heading := icans.GroupICE, "ICE"
	if x.Tool == icans.CAPD { // its answers are words
		tool, heading = icans.GroupCAPD, "CAPD high=worse"
		half = min(w/2+3, 62)
		left, right = column{18, 13, half - 31}, column{18, 11, half - 34}
	}
	isTool := func(field *icans.Field) bool { return field.Group == tool }
	l := []string{f.heading(a, heading, f.lastTool, left)}
	if x.Unable == 0 {
		l = append(l, f.rows(a, isTool, left)...)
	} else {
		l = append(l, "   "+a.theme.strong.Render("not done: "+notDone[x.Unable]), "   "+a.theme.faint.Render("u 0 can be done: answers back"))
	}
	for len(l) < 9 {
		l = append(l, "")
	}
	l = append(l, a.theme.strong.Render("CONSCIOUSNESS, SIGNS"))
	l = append(l, f.rows(a, func(field *icans.Field) bool { return field.Group == icans.GroupDomain }, left)...)
	l = append(l, f.others(a, left))

	r := []string{a.theme.strong.Render(a.pad("SEEN (all five needed)", right.label+right.answer))}
	if f.last != nil {
		r[0] += a.theme.faint.Render(a.fit(a.clock(f.last.PerformedAt), right.last))
	}
	r = append(r, f.rows(a, isFeature, right)...)
	r = append(r, a.theme.strong.Render("OTHER SIGNS (no grade)"))
	r = append(r, f.rows(a, func(field *icans.Field) bool { return field.Group == icans.GroupSeen && !isFeature(field) }, right)...)
	r = append(r, f.rows(a, func(field *icans.Field) bool { return field.Group == icans.GroupCRS }, right)...)

	lines := make([]string, max(len(l), len(r)))
	for i := range lines {
		if i < len(l) {
			lines[i] = " " + l[i]
		}
		lines[i] = a.pad(lines[i], half+1)
		if i < len(r) {
			lines[i] += r[i]
		}
	}
	return lines
}

// heading names a part of the form, with the time of the check whose answers are shown
// in grey.
func (f *checkForm) heading(a *app, s string, last *ward.Check, c column) string {
	when := ""
	if last != nil {
		when = a.fit(a.clock(last.PerformedAt), c.last)
	}
	return a.theme.strong.Render(a.pad(s, c.label)) + a.theme.faint.Render(a.pad("now", c.answer)+when)
}

// rows draws the fields that belong to a part of the form.
func (f *checkForm) rows(a *app, belongs func(*icans.Field) bool, c column) []string {
	var lines []string
	for i, field := range f.fields() {
		if belongs(field) {
			lines = append(lines, f.row(a, field, i == f.at, c))
		}
	}
	return lines
}

func (f *checkForm) row(a *app, field *icans.Field, selected bool, c column) string {
	x := &f.check.Findings
	answer := shortAnswer(field, x)
	if f.skipped[field] {
		answer = "–"
	}
	answer += f.causeMark(field)
	last := f.last
	if field.Group == icans.GroupICE || field.Group == icans.GroupCAPD {
		last = f.lastTool
	}
	was := ""
	if last != nil {
		was = shortAnswer(field, &last.Findings)
		if d := direction(field, &last.Findings, x); d != "" {
			answer = a.pad(answer, max(3, a.cells(answer))) + " " + d
		}
	}
	mark := "  "
	label := a.pad(formLabel(field), c.label-2)
	cell := a.pad(answer, c.answer)
	if selected {
		mark = "▌ "
		label = a.theme.strong.Render(label)
		cell = a.theme.selected.Render(a.pad(answer, c.answer-1)) + " "
	}
	return mark + label + cell + a.theme.faint.Render(a.fit(was, c.last))
}

// formLabel returns the label of a field, short enough for the form.
func formLabel(field *icans.Field) string {
	if field.Column == "capd_2" {
		return "Purposeful"
	}
	return field.Label
}

// shortAnswers are answers that are too long for their column of the form, by code.
var shortAnswers = map[string]string{
	"drowsy": "drowsy", "voice": "voice", "tactile": "touch", "unarousable": "unarous.",
	"nonconvulsive": "EEG only", "prolonged": "> 5 min", "repetitive": "repeated",
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

// causeMark marks the answer of a domain that is attributed (*) or uncertain (?).
func (f *checkForm) causeMark(field *icans.Field) string {
	if field.Group != icans.GroupDomain {
		return ""
	}
	switch d, x := domainOf(field), &f.check.Findings; {
	case x.OtherCause.Has(d):
		return " *"
	case x.Uncertain().Has(d):
		return " ?"
	}
	return ""
}

// direction compares an answer with that of the last check: ▼ worse, ▲ better, or "" if
// it is the same or one is missing.
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
		return "▼"
	}
	return "▲"
}

// domainOf returns the domain of a field of the domain group.
func domainOf(field *icans.Field) icans.Domains {
	for _, d := range icans.AllDomains {
		if codes := d.Codes(); len(codes) == 1 && codes[0] == field.Column {
			return d
		}
	}
	return 0
}

// others draws the parts of a check that are no answer to a field: the time, the reason
// that the tool was not done, another cause, the comment.
func (f *checkForm) others(a *app, c column) string {
	when := a.clock(f.check.PerformedAt)
	if ago := a.now.Sub(f.check.PerformedAt); ago > ward.LateAfter {
		when = "LATE ENTRY " + when
	} else if ago > lateShown {
		when += ", " + short(ago) + " ago"
	}
	x := &f.check.Findings
	cause := "–"
	switch {
	case x.OtherCause != 0:
		cause = "*" + plain(f.cause)
	case x.UncertainCause != 0:
		cause = "?"
	}
	note := "–"
	if f.check.Note != "" {
		note = plain(f.check.Note)
	}
	key := func(k, text string) string { return a.theme.faint.Render(k) + " " + text }
	line := key("t", when)
	if x.Unable != 0 {
		line += "  " + key("u", notDone[x.Unable])
	}
	return a.fit(line+"  "+key("o", a.fit(cause, 12))+"  "+key("c", note), c.width())
}

func (f *checkForm) foot(a *app, w int) []string {
	if !f.opened {
		return nil
	}
	x, r := &f.check.Findings, f.view.result
	style := a.theme.flags[r.Flag]
	lines := []string{" " + style.Render(a.fit(meaning(x, r), w-2)), " " + style.Render(a.fit(f.flagText(), w-2))}
	if *x == (icans.Findings{Tool: x.Tool}) {
		lines = []string{" " + a.theme.faint.Render("no answer yet"), ""}
	}
	if f.finished() {
		left := f.notAssessed()
		if left == "" {
			left = "All answered."
		}
		return append(lines, " "+a.theme.strong.Render(a.fit(left, w-2)), " "+a.theme.faint.Render("enter or ctrl+s saves"))
	}
	choices := f.choices(a, w)
	if len(choices) > 2 { // they need the line
		lines = lines[:1]
	}
	lines = append(lines, choices...)
	for len(lines) < 4 {
		lines = append(lines, " "+a.theme.faint.Render(a.fit(a.asks(f.field()), w-2)))
	}
	return lines[:4]
}

// asks returns the question for the patient, or the task, with the words of the site if
// it has any; for a field without one, the help.
func (a *app) asks(field *icans.Field) string {
	switch {
	case field.Column == "ice_naming" && len(a.site.Objects) > 0:
		return "Ask: “What is this?” (" + strings.Join(a.site.Objects, ", ") + ")"
	case field.Column == "ice_writing" && a.site.Sentence != "":
		return "Write: " + a.site.Sentence
	case field.Ask != "":
		return "Ask: “" + field.Ask + "”"
	}
	return field.Help
}

// choices lists the keys that answer the selected field, on up to three lines.
func (f *checkForm) choices(a *app, w int) []string {
	field := f.field()
	lines := []string{" " + a.theme.strong.Render(field.Label+":")}
	width := 1 + a.cells(field.Label) + 1
	add := func(key, label string) {
		cell := a.cells(key) + 1 + a.cells(label) + 3
		if width+cell > w {
			lines = append(lines, "")
			width = 0
		}
		lines[len(lines)-1] += "   " + a.theme.strong.Render(key) + " " + label
		width += cell
	}
	yesNo := len(field.Terms) == 2 && field.Terms[1].Label == "yes"
	if yesNo {
		add("1 y", "yes")
		add("0 n", field.Terms[0].Label)
	}
	for i, t := range field.Terms {
		if yesNo {
			break
		}
		label := t.Label
		if field.Group == icans.GroupCAPD {
			_, label, _ = strings.Cut(label, " ")
		}
		if field.Several && field.Holds(&f.check.Findings, i) {
			label = a.theme.selected.Render("✓" + label)
		}
		if t.Keys[:1] == label {
			label = ""
		}
		add(t.Keys[:1], label)
	}
	add("-", "not assessed")
	return lines
}

// lateShown is the age from which a check's time is shown with how long ago it was.
const lateShown = 15 * time.Minute
