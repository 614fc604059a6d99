package check

import (
	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/words"
)

// A reason for "not done", or another tool, hides the items of the tool. Their answers
// stay with the hidden lines, and return with them.

// setNotDone records the reason that the tool was not done, and returns the line that
// says its consequence.
func (e *examination) setNotDone(t icans.Term, serial uint64) string {
	s := &e.sheet
	cause := s.cause
	var carried icans.Domains
	s.Step("not done: "+t.Label, serial, func() { s.cause = cause }, func() {
		carried = bedside.SetUnable(inStep{s, serial}, &e.history, e.check, t.Code)
	})
	e.changed = true
	s.goToOpen()
	c := e.toSave()
	return bedside.UnableWords(&e.history, e.desk.Site(), &c, carried)
}

// setDone takes the reason back: the answers return with their lines, and so does the
// consciousness that "unarousable" had replaced.
func (e *examination) setDone(serial uint64) string {
	s := &e.sheet
	if s.Value(bedside.UnableValue) == "" {
		return e.toolName() + " counts as done already"
	}
	s.Step("can be done", serial, nil, func() { bedside.SetAble(inStep{s, serial}) })
	s.goToOpen()
	return "The answers are back"
}

// changeTool changes the tool of this check.
func (e *examination) changeTool(serial uint64) string {
	s := &e.sheet
	from, to := s.tool(), s.otherTool()
	s.Step("tool "+words.ToolName(to), serial, nil, func() { bedside.ChangeTool(inStep{s, serial}, to) })
	s.goToOpen()
	return "The tool is " + words.ToolName(to) + " now; the answers of " + words.ToolName(from) + " are kept aside"
}

func (e *examination) toolName() string { return words.ToolName(e.sheet.tool()) }
