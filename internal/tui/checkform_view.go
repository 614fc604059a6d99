package tui

import (
	"fmt"
	"strings"
	"time"

	"neurocheck/internal/icans"
)

func (f *checkForm) title(a *app, w int) string {
	head := "NEURO CHECK  "
	if f.correcting() {
		head = "CORRECTION  "
	}
	return a.theme.strong.Render(head) + a.who(&f.patient, w-a.cells(head))
}

// column is the width of the label, the answer and the last check's answer.
type column struct{ label, answer, last int }

func (c column) width() int { return c.label + c.answer + c.last }

func (f *checkForm) body(a *app, w, h int) []string {
	if !f.opened {
		return []string{"", "  one moment…"}
	}
	half := min(w/2, 60)
	left, right := column{18, 12, half - 30}, column{17, 12, half - 29}
	x := &f.check.Findings
	tool := icans.GroupICE
	heading := "ICE"
	if x.Tool == icans.CAPD {
		tool, heading = icans.GroupCAPD, "CAPD  points as scored"
	}
	l := []string{f.heading(a, heading, left)}
	if x.Unable == 0 {
		l = append(l, f.rows(a, tool, "", left)...)
	} else {
		l = append(l, "   "+a.theme.strong.Render("could not be done: "+icans.FieldOf("unable").Words(x)))
	}
	for len(l) < 10 {
		l = append(l, "")
	}
	l = append(l, f.beside(a, left)...)

	r := []string{f.heading(a, "CONSCIOUSNESS", right)}
	r = append(r, f.rows(a, icans.GroupDomain, "consciousness", right)...)
	r = append(r, a.theme.strong.Render("NEURO SIGNS"))
	r = append(r, f.rows(a, icans.GroupDomain, "", right)...)
	r = append(r, a.theme.strong.Render("SEEN"))
	r = append(r, f.rows(a, icans.GroupSeen, "", right)...)

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

// heading names a part of the form, with the time of the last check over its
// answers.
func (f *checkForm) heading(a *app, s string, c column) string {
	last := ""
	if f.last != nil {
		last = a.clock(f.last.PerformedAt)
	}
	last = a.fit(last, c.last)
	return a.theme.strong.Render(a.pad(s, c.width()-c.last)) + a.theme.faint.Render(last)
}

// rows draws the fields of a group; of the domains, the one named or the others.
func (f *checkForm) rows(a *app, group icans.Group, only string, c column) []string {
	var lines []string
	for i, field := range f.fields() {
		if field.Group != group || group == icans.GroupDomain && (field.Column == "consciousness") != (only == "consciousness") {
			continue
		}
		lines = append(lines, f.row(a, field, i == f.at, c))
	}
	return lines
}

func (f *checkForm) row(a *app, field *icans.Field, inHand bool, c column) string {
	x := &f.check.Findings
	answer := field.Words(x)
	if field.Group == icans.GroupCAPD {
		answer = field.Code(x)
	}
	if f.skipped[field] {
		answer = "–"
	}
	if x.OtherCause != 0 && field.Group == icans.GroupDomain && x.OtherCause.Has(domainOf(field)) {
		answer += " *"
	}
	mark := "  "
	label := a.pad(field.Label, c.label-2)
	cell := a.pad(a.fit(answer, c.answer-1), c.answer)
	if inHand {
		mark = "▌ "
		label = a.theme.strong.Render(label)
		cell = a.theme.selected.Render(a.pad(a.fit(answer, c.answer-1), c.answer-1)) + " "
	}
	last := ""
	if f.last != nil && (field.Group != icans.GroupICE && field.Group != icans.GroupCAPD || f.last.Findings.Tool == x.Tool) {
		last = field.Words(&f.last.Findings)
		if field.Group == icans.GroupCAPD {
			last = field.Code(&f.last.Findings)
		}
	}
	return mark + label + cell + a.theme.faint.Render(a.fit(last, c.last-1))
}

// domainOf returns the domain that a field of the domain group stands for.
func domainOf(field *icans.Field) icans.Domains {
	d, _ := icans.ParseDomains(field.Column)
	return d
}

// beside draws what is no answer to a field: the time, why the tool could not be
// done, other causes, the comment.
func (f *checkForm) beside(a *app, c column) []string {
	x := &f.check.Findings
	when := a.clock(f.check.PerformedAt)
	if f.check.PerformedAt.Before(a.now.Add(-lateAsked)) {
		when += ", " + a.ago(f.check.PerformedAt) + " ago"
	}
	dash := func(s string) string {
		if s == "" {
			return "–"
		}
		return s
	}
	row := func(key, label, value string) string {
		return a.fit(a.theme.faint.Render(key)+" "+a.pad(label, 12)+plain(value), c.width())
	}
	return []string{
		row("t", "Time", when),
		row("u", "Unable", dash(icans.FieldOf("unable").Words(x))),
		row("o", "Other cause", dash(otherCause(x))),
		row("c", "Comment", dash(f.check.Note)),
	}
}

// otherCause names the domains that leave the grade, with the star that stands
// beside their answers.
func otherCause(x *icans.Findings) string {
	if x.OtherCause == 0 {
		return ""
	}
	return "* " + icans.FieldOf("other_cause").Words(x)
}

func (f *checkForm) foot(a *app, w int) []string {
	if !f.opened {
		return nil
	}
	x := &f.check.Findings
	r := icans.Evaluate(x)
	style := a.theme.flags[r.Flag]
	lines := []string{
		" " + style.Render(a.fit(meaning(x, r), w-2)),
		" " + style.Render(a.fit(strings.TrimSpace(flagLine(r)), w-2)),
	}
	if f.finished() {
		return append(lines, " "+a.theme.strong.Render(a.fit(f.whatIsLeft(), w-2)), " "+a.theme.faint.Render("enter or ctrl+s saves"))
	}
	lines = append(lines, f.choices(a, w)...)
	for len(lines) < 4 {
		lines = append(lines, " "+a.theme.faint.Render(a.fit(a.asks(f.field()), w-2)))
	}
	return lines[:4]
}

// asks says what to ask or to look for, in the site's own words where it has any.
func (a *app) asks(field *icans.Field) string {
	switch {
	case field.Column == "ice_naming" && len(a.site.Objects) > 0:
		return "Names three objects: " + strings.Join(a.site.Objects, ", ")
	case field.Column == "ice_writing" && a.site.Sentence != "":
		return "Writes the sentence: " + a.site.Sentence
	}
	return field.Help
}

// whatIsLeft says at the end of the form what nobody has answered.
func (f *checkForm) whatIsLeft() string {
	var left []string
	for _, field := range f.fields() {
		if !f.answered(field) {
			left = append(left, field.Label)
		}
	}
	if len(left) == 0 {
		return "All answered."
	}
	return "Not answered, and saved as not assessed: " + strings.Join(left, ", ")
}

// choices says which key gives which answer to the field in hand, on one line or
// two.
func (f *checkForm) choices(a *app, w int) []string {
	field := f.field()
	lines := []string{" " + a.theme.strong.Render(field.Label+":")}
	width := 1 + a.cells(field.Label) + 1
	add := func(key, label string) {
		cell := a.cells(key) + 1 + a.cells(label) + 3
		if width+cell > w && len(lines) == 1 {
			lines = append(lines, "")
			width = 0
		}
		lines[len(lines)-1] += "   " + a.theme.strong.Render(key) + " " + label
		width += cell
	}
	for i, t := range field.Terms {
		label := t.Label
		if field.Group == icans.GroupCAPD {
			_, label, _ = strings.Cut(label, " ")
		}
		if field.Several && field.Holds(&f.check.Findings, i) {
			label = a.theme.selected.Render("✓" + label)
		}
		add(shownKey(t, field), label)
	}
	add("-", "not assessed")
	return lines
}

// shownKey is the key of a term that is easiest to remember: y and n where there
// is a yes and a no, else the figure.
func shownKey(t icans.Term, field *icans.Field) string {
	if field.Group == icans.GroupICE || field.Column == "motor" {
		if t.Label == "yes" || t.Label == "no" {
			return t.Label[:1]
		}
	}
	return fmt.Sprintf("%c", t.Keys[0])
}

// lateAsked is how long before now the time of a check is shown with how long
// ago it was.
const lateAsked = 15 * time.Minute
