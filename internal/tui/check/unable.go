package check

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
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
	answer("9", "change the tool to "+desk.ToolName(desk.OtherTool(f.tool())), f.changeTool)
	answer("0", toolWord(f)+" can be done: answers back", f.setAble)
	return append(list, kit.Bind("esc", "", "back, without a change", func(h kit.Host, _ kit.Key) tea.Cmd { return f.shut(h, d) }))
}

func toolWord(f *form) string { return desk.ToolName(f.tool()) }

// Body draws the reasons in two columns.
func (d *unable) Body(p kit.Page) []string {
	f := d.form
	return f.desk.NotDoneLines(p, &f.history.Patient, f.tool(), f.check.PerformedAt)
}

// setUnable records the reason that the tool was not done.
func (f *form) setUnable(h kit.Host, t icans.Term, serial uint64) {
	cause := f.cause
	var carried icans.Domains
	f.sheet.Step("not done: "+t.Label, serial, func() { f.cause = cause }, func() {
		f.restoreConsciousness(serial)
		f.dropCarried(serial)
		f.sheet.Set(unableValue, t.Code, serial)
		if before := f.sheet.Value("consciousness"); t.Code == "unarousable" && before != "unarousable" {
			f.sheet.Set(replacedValue, replacedMark+before, serial)
			f.sheet.Set("consciousness", "unarousable", serial)
		}
		carried = f.carryCause(serial)
	})
	f.changed = true
	f.firstOpen()
	h.Say(f.unableWords(carried))
}

// unableWords returns the consequence of a reason.
func (f *form) unableWords(carried icans.Domains) string {
	if carried != 0 {
		return "Carries the cause that a clinician named ahead: " + strings.Join(carried.Words(), ", ") + ": " + kit.Plain(f.cause)
	}
	c := f.toSave()
	return f.desk.NotDoneWords(&f.history, &c)
}

// setAble takes the reason back: the answers return with their lines, and so does the
// consciousness that "unarousable" had replaced.
func (f *form) setAble(h kit.Host, serial uint64) {
	if f.sheet.Value(unableValue) == "" {
		h.Say(toolWord(f) + " counts as done already")
		return
	}
	f.sheet.Step("can be done", serial, nil, func() {
		f.restoreConsciousness(serial)
		f.dropCarried(serial)
		f.sheet.Set(unableValue, "", serial)
	})
	f.firstOpen()
	h.Say("The answers are back")
}

// changeTool changes the tool of this check. The answers of the other one stay with their
// hidden lines.
func (f *form) changeTool(h kit.Host, serial uint64) {
	to := desk.OtherTool(f.tool())
	f.sheet.Step("tool "+desk.ToolName(to), serial, nil, func() {
		f.restoreConsciousness(serial)
		f.dropCarried(serial)
		f.sheet.Set(unableValue, "", serial)
		f.sheet.Set(toolValue, toolCode(to), serial)
	})
	f.firstOpen()
	h.Say("The tool is " + desk.ToolName(to) + " now; the answers of " + desk.ToolName(desk.OtherTool(f.tool())) + " are kept aside")
}

// restoreConsciousness takes back the answer that "unarousable" set, unless the user has
// answered since.
func (f *form) restoreConsciousness(serial uint64) {
	before, set := strings.CutPrefix(f.sheet.Value(replacedValue), replacedMark)
	if set {
		f.sheet.Set("consciousness", before, serial)
		f.sheet.Set(replacedValue, "", serial)
	}
}

// carryCause attributes the domains whose cause a clinician named ahead, on a check of a
// patient who is sedated or has a tube.
func (f *form) carryCause(serial uint64) icans.Domains {
	c := f.toSave()
	domains, cause := f.history.NamedAhead(&c)
	if domains == 0 {
		return 0
	}
	x := c.Findings
	f.sheet.Set(carriedValue, domainsOf(domains&^x.OtherCause), serial)
	f.sheet.Set(otherValue, domainsOf(x.OtherCause|domains), serial)
	f.sheet.Set(uncertainValue, domainsOf(x.UncertainCause&^domains), serial)
	if f.cause == "" {
		f.cause = cause
	}
	return domains
}

// dropCarried takes back the causes that the check carried with an earlier reason.
func (f *form) dropCarried(serial uint64) {
	carried, _ := icans.ParseDomains(f.sheet.Value(carriedValue))
	if carried == 0 {
		return
	}
	left := f.findings().OtherCause &^ carried
	f.sheet.Set(otherValue, domainsOf(left), serial)
	f.sheet.Set(carriedValue, "", serial)
	if left == 0 {
		f.cause = ""
	}
}
