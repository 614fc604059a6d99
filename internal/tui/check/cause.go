package check

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// mostCause is the limit of the record for a cause, in characters.
const mostCause = 200

// causeText is the dialog of the cause while its text is typed, as a draft names it.
const causeText = causeLine + " text"

// causes asks which findings have another cause, and for the cause in words. A figure
// turns a domain: counts, uncertain, other cause.
type causes struct {
	dialog
	text   kit.Editor
	naming bool // the cause is being typed
	err    string
}

func newCauses(d dialog, naming bool) *causes {
	return &causes{dialog: d, text: kit.Plainly(kit.NewText(d.exam.sheet.cause, mostCause), nil), naming: naming}
}

// Typing implements [kit.Screen].
func (d *causes) Typing() bool { return d.naming }

// Type takes a key of the cause. The form keeps it with each key.
func (d *causes) Type(h kit.Host, k kit.Key) (bool, tea.Cmd) {
	d.runs.Before(d.text, k)
	refusal, mine := d.text.Type(k)
	if refusal != "" {
		h.Fail(refusal)
	}
	return mine, d.keep(h)
}

// Update takes a burst into the cause.
func (d *causes) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	if b, ok := msg.(kit.Burst); ok && d.naming {
		return tea.Batch(d.textBurst(h, d.text, b), d.keep(h))
	}
	return nil
}

func (d *causes) keep(h kit.Host) tea.Cmd {
	if d.text.Value() == d.exam.sheet.cause {
		return nil
	}
	d.err, d.exam.sheet.cause = "", d.text.Value()
	return d.touched(h)
}

// name begins and ends the typing of the cause, which the draft remembers.
func (d *causes) name(h kit.Host, naming bool) tea.Cmd {
	d.naming, d.exam.dialog = naming, causeLine
	if naming {
		d.exam.dialog = causeText
	}
	return d.touched(h)
}

// Bindings implements [kit.Screen].
func (d *causes) Bindings() []kit.Binding {
	if d.naming {
		return []kit.Binding{
			kit.Bind("enter", "OK", "take this cause", d.done),
			kit.Bind("esc", "back, text is kept", "back to the findings; the text is kept", func(h kit.Host, _ kit.Key) tea.Cmd { return d.name(h, false) }),
		}
	}
	var list []kit.Binding
	for i, one := range icans.AllDomains {
		list = append(list, kit.Binding{Keys: []string{fmt.Sprint(i + 1)}, Help: domainLabels[i] + ": counts → uncertain → other cause", Answer: true,
			Do: func(h kit.Host, k kit.Key) tea.Cmd { return d.turn(h, one, k.Serial) }})
	}
	return append(list,
		kit.Bind("enter", "OK", "take it as shown; asks for the cause if one is needed", d.done),
		kit.Bind("esc", "back", "back to the form", func(h kit.Host, _ kit.Key) tea.Cmd { return d.form.shut(h, d) }),
	)
}

// done closes the dialog, after the cause was typed if one is needed.
func (d *causes) done(h kit.Host, _ kit.Key) tea.Cmd {
	x := d.exam.sheet.findings()
	switch {
	case x.OtherCause == 0:
	case !d.naming:
		return d.name(h, true)
	case ward.CleanLine(d.exam.sheet.cause) == "":
		d.err = "name the cause: propofol since 14:10, stroke, …"
		return nil
	}
	return d.form.shut(h, d)
}

// turn moves one domain on. Only a clinician names or lifts another cause.
func (d *causes) turn(h kit.Host, one icans.Domains, serial uint64) tea.Cmd {
	e, s, refused := d.exam, &d.exam.sheet, ""
	decides := ward.MayDo(e.desk.User().Role, ward.MayDecide) == nil
	s.Step("cause", serial, nil, func() { refused = bedside.TurnCause(inStep{s, serial}, one, decides) })
	if refused != "" {
		h.Say(refused + ": " + e.desk.Refusal(ward.MayDecide))
	}
	return d.form.flush(h)
}

var domainLabels = [len(icans.AllDomains)]string{"Score", "Consciousness", "Seizure", "Weakness", "Pressure"}

// Body implements [kit.Screen].
func (d *causes) Body(p kit.Page) []string {
	e := d.exam
	x := e.sheet.findings()
	var lines []string
	for _, line := range p.Hang(" Another cause?   "+words.Name(&e.history.Patient)+"   "+words.MRN(&e.history.Patient)+"   check of "+e.desk.Time(e.check.PerformedAt), p.Width, 1) {
		lines = append(lines, p.Strong.Render(line))
	}
	turns := "1-5 turns it: counts → uncertain → other cause"
	if ward.MayDo(e.desk.User().Role, ward.MayDecide) != nil {
		turns = "1-5: counts → uncertain (clinicians: other cause)"
	}
	lines = append(lines, p.Faint.Render("                  finding     "+turns))
	for i, one := range icans.AllDomains {
		state, effect := causeState(&x, one)
		lines = append(lines, "  "+p.Strong.Render(fmt.Sprint(i+1))+" "+p.Pad(domainLabels[i], 14)+p.Pad(findingOf(&x, i), 12)+strings.TrimRight(p.Pad(state, 14)+effect, " "))
	}
	if x.OtherCause != 0 || d.naming {
		lines = append(lines, " Which cause? (needed)  "+d.text.View(p.Narrow(p.Width-26), d.naming)[0])
	}
	if d.err != "" {
		lines = append(lines, " "+p.Bad.Render(d.err))
	}
	return lines
}

// causeState returns the state of a domain and its effect on the grade.
func causeState(x *icans.Findings, one icans.Domains) (state, effect string) {
	low, high := x.TableGrade(one)
	switch {
	case x.OtherCause.Has(one) && low == high:
		return "other cause", "does not count"
	case x.OtherCause.Has(one):
		return "other cause", fmt.Sprintf("not assessed: grade 0 to %d", high)
	case x.Uncertain().Has(one):
		return "uncertain", fmt.Sprintf("counts as grade 0 to %d", high)
	}
	return "counts", ""
}

// findingOf returns the finding of the domain with index i, short.
func findingOf(x *icans.Findings, i int) string {
	if icans.AllDomains[i] == icans.DomainScore {
		return words.Score(x)
	}
	if text := shortAnswer(icans.FieldOf(icans.AllDomains[i].Codes()[0]), x); text != "" {
		return text
	}
	return "–"
}

// Foot implements [kit.Screen].
func (d *causes) Foot(p kit.Page) []string {
	end := "   enter OK   esc back"
	if d.naming {
		end += ", text is kept"
	}
	return []string{" " + p.Strong.Render("ICANS now "+words.Grade(d.exam.view.Result)) + p.Faint.Render(end)}
}
