package check

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// unable asks why the tool was not done. The answers stay with their hidden lines, and 0
// brings them back.
type unable struct {
	kit.Base
	form *form
}

func (f *form) openUnable(h kit.Host, _ kit.Key) tea.Cmd {
	return f.show(h, unableLine, &unable{form: f})
}

// Over implements [kit.Dialog].
func (*unable) Over() {}

// Bindings implements [kit.Screen].
func (d *unable) Bindings() []kit.Binding {
	f := d.form
	var list []kit.Binding
	answer := func(key, help string, do func(kit.Host, uint64)) {
		list = append(list, kit.Binding{Keys: []string{key}, Help: help, Answer: true, Do: func(h kit.Host, k kit.Key) tea.Cmd {
			do(h, k.Serial)
			return f.shut(h, d)
		}})
	}
	for i, t := range icans.FieldOf("unable").Terms {
		answer(fmt.Sprint(i+1), toolWord(f)+" not done: "+t.Label, func(h kit.Host, serial uint64) { f.setUnable(h, t, serial) })
	}
	answer("9", "change the tool to "+desk.ToolName(f.otherTool()), f.changeTool)
	answer("0", toolWord(f)+" can be done: answers back", f.setAble)
	return append(list, kit.Bind("esc", "", "back, without a change", func(h kit.Host, _ kit.Key) tea.Cmd { return f.shut(h, d) }))
}

func toolWord(f *form) string { return desk.ToolName(f.tool()) }

func (f *form) otherTool() icans.Tool {
	return bedside.OtherTool(f.tool())
}

// Body draws the reasons in two columns.
func (d *unable) Body(p kit.Page) []string {
	f := d.form
	head := "Why was " + toolWord(f) + " not done?  " + desk.Name(&f.history.Patient) + "   " + desk.MRN(&f.history.Patient)
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
		"  "+p.Strong.Render("9")+" change the tool to "+desk.ToolName(f.otherTool())+f.usualTool()+"  "+p.Strong.Render("0")+" can be done: answers back",
	)
}

// usualTool names the usual tool at the age of the patient.
func (f *form) usualTool() string {
	born := f.history.Patient.BirthDate
	if born.IsZero() {
		return ""
	}
	at := f.check.PerformedAt.In(f.desk.Zone())
	return fmt.Sprintf(" (age %d: %s is usual)", born.YearsTo(ward.DateOf(at)), desk.ToolName(ward.ToolFor(born, at)))
}

// setUnable records the reason that the tool was not done.
func (f *form) setUnable(h kit.Host, t icans.Term, serial uint64) {
	cause := f.cause
	var carried icans.Domains
	f.sheet.Step("not done: "+t.Label, serial, func() { f.cause = cause }, func() {
		carried = bedside.SetUnable(f.answers(serial), &f.history, f.check, t.Code)
	})
	f.changed = true
	f.firstOpen()
	c := f.toSave()
	h.Say(bedside.UnableWords(&f.history, f.desk.Site(), &c, carried))
}

// setAble takes the reason back: the answers return with their lines, and so does the
// consciousness that "unarousable" had replaced.
func (f *form) setAble(h kit.Host, serial uint64) {
	if f.sheet.Value(unableValue) == "" {
		h.Say(toolWord(f) + " counts as done already")
		return
	}
	f.sheet.Step("can be done", serial, nil, func() {
		bedside.SetAble(f.answers(serial))
	})
	f.firstOpen()
	h.Say("The answers are back")
}

// changeTool changes the tool of this check. The answers of the other one stay with their
// hidden lines.
func (f *form) changeTool(h kit.Host, serial uint64) {
	to := f.otherTool()
	f.sheet.Step("tool "+desk.ToolName(to), serial, nil, func() {
		bedside.ChangeTool(f.answers(serial), to)
	})
	f.firstOpen()
	h.Say("The tool is " + desk.ToolName(to) + " now; the answers of " + desk.ToolName(f.otherTool()) + " are kept aside")
}

// answers returns the values of the form for a change that is part of one step.
func (f *form) answers(serial uint64) bedside.Answers { return inStep{f, serial} }

// inStep are the values of a form; each change is part of the step in hand.
type inStep struct {
	form   *form
	serial uint64
}

func (a inStep) Value(column string) string { return a.form.sheet.Value(column) }
func (a inStep) Set(column, code string)    { a.form.sheet.Set(column, code, a.serial) }
func (a inStep) Cause() string              { return a.form.cause }
func (a inStep) SetCause(text string)       { a.form.cause = text }
