package desk

import (
	"fmt"
	"strings"
	"time"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// NotDoneLines draws the question why the tool was not done at a check: the reasons in two
// columns, and the change to the other tool.
func (d *Desk) NotDoneLines(p kit.Page, pt *ward.Patient, tool icans.Tool, at time.Time) []string {
	head := "Why was " + words.ToolName(tool) + " not done?  " + words.Name(pt) + "   " + words.MRN(pt)
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
		"  "+p.Strong.Render("9")+" change the tool to "+words.ToolName(bedside.OtherTool(tool))+d.usualTool(pt, at)+"  "+p.Strong.Render("0")+" can be done: answers back",
	)
}

// usualTool names the usual tool at the age of the patient.
func (d *Desk) usualTool(pt *ward.Patient, at time.Time) string {
	if pt.BirthDate.IsZero() {
		return ""
	}
	at = at.In(d.zone)
	return fmt.Sprintf(" (age %d: %s is usual)", pt.BirthDate.YearsTo(ward.DateOf(at)), words.ToolName(ward.ToolFor(pt.BirthDate, at)))
}
