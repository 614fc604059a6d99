package check

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// unable asks why the tool was not done, and changes the tool.
type unable struct{ dialog }

// Bindings implements [kit.Screen].
func (d *unable) Bindings() []kit.Binding {
	e := d.exam
	var list []kit.Binding
	answer := func(key, help string, do func(serial uint64) string) {
		list = append(list, kit.Binding{Keys: []string{key}, Help: help, Answer: true, Do: func(h kit.Host, k kit.Key) tea.Cmd {
			h.Say(do(k.Serial))
			return d.form.shut(h, d)
		}})
	}
	for i, t := range icans.FieldOf("unable").Terms {
		answer(fmt.Sprint(i+1), e.toolName()+" not done: "+t.Label, func(serial uint64) string { return e.setNotDone(t, serial) })
	}
	answer("9", "change the tool to "+desk.ToolName(e.sheet.otherTool()), e.changeTool)
	answer("0", e.toolName()+" can be done: answers back", e.setDone)
	return append(list, kit.Bind("esc", "", "back, without a change", func(h kit.Host, _ kit.Key) tea.Cmd { return d.form.shut(h, d) }))
}

// Body draws the reasons in two columns.
func (d *unable) Body(p kit.Page) []string {
	e := d.exam
	head := "Why was " + e.toolName() + " not done?  " + desk.Name(&e.history.Patient) + "   " + desk.MRN(&e.history.Patient)
	if aside := "   (its answers are kept aside)"; p.Cells(head+aside) < p.Width {
		head += aside
	}
	var lines []string
	for i, line := range p.Hang(" "+head, p.Width, 1) {
		if i == 0 || strings.TrimSpace(line) != "" {
			lines = append(lines, p.Strong.Render(line))
		}
	}
	terms := icans.FieldOf("unable").Terms
	cell := func(i int) string {
		label := terms[i].Label
		switch terms[i].Code {
		case "unarousable":
			label += " (sets Consciousness too)"
		case "asleep":
			label += " (try to wake: see Consciousness)"
		}
		return p.Strong.Render(fmt.Sprint(i+1)) + " " + label
	}
	half := len(terms) / 2
	for i := range half {
		lines = append(lines, "  "+p.Pad(cell(i), 42)+cell(i+half))
	}
	return append(lines,
		" Cannot speak or follow now, but could before? Not 5: score the items 0.",
		"  "+p.Strong.Render("9")+" change the tool to "+desk.ToolName(e.sheet.otherTool())+d.usualTool()+"  "+p.Strong.Render("0")+" can be done: answers back",
	)
}

// usualTool names the usual tool at the age of the patient.
func (d *unable) usualTool() string {
	born := d.exam.history.Patient.BirthDate
	if born.IsZero() {
		return ""
	}
	at := d.exam.check.PerformedAt.In(d.exam.desk.Zone())
	return fmt.Sprintf(" (age %d: %s is usual)", born.YearsTo(ward.DateOf(at)), desk.ToolName(ward.ToolFor(born, at)))
}
