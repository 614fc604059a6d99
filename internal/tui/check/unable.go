package check

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/words"
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
	answer("9", "change the tool to "+words.ToolName(e.sheet.otherTool()), e.changeTool)
	answer("0", e.toolName()+" can be done: answers back", e.setDone)
	return append(list, kit.Bind("esc", "", "back, without a change", func(h kit.Host, _ kit.Key) tea.Cmd { return d.form.shut(h, d) }))
}

// Body draws the reasons in two columns.
func (d *unable) Body(p kit.Page) []string {
	e := d.exam
	return e.desk.NotDoneLines(p, &e.history.Patient, e.sheet.tool(), e.check.PerformedAt)
}
