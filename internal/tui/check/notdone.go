package check

import (
	"strings"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
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
		e.dropReason(serial)
		s.Set(unableValue, t.Code, serial)
		if before := s.Value("consciousness"); t.Code == "unarousable" && before != "unarousable" {
			s.Set(replacedValue, replacedMark+before, serial)
			s.Set("consciousness", "unarousable", serial)
		}
		carried = e.carryCause(serial)
	})
	e.changed = true
	s.goToOpen()
	if carried != 0 {
		return "Carries the cause that a clinician named ahead: " + strings.Join(carried.Words(), ", ") + ": " + kit.Plain(s.cause)
	}
	return e.notDoneWords(t.Code)
}

// notDoneWords returns the consequence of a reason.
func (e *examination) notDoneWords(code string) string {
	c, again := e.toSave(), ward.Elapsed(e.desk.Site().Intervals.Unable)
	switch code {
	case "unarousable":
		return "Consciousness was also set to unarousable"
	case "sedated":
		return "Consciousness is uncertain: next look in " + again + ", until a clinician names the cause"
	case "asleep", "refused", "off_unit":
		return "Next try in " + again
	case "language":
		if e.history.ICEBefore(&c) && !e.history.Patient.Interpreter {
			return "Could answer before: this will be URGENT. If speech is lost, score the items 0"
		}
	case "other":
		if e.history.ICEBefore(&c) {
			return "Could answer before: score the items 0, if so"
		}
	}
	return e.toolName() + " not done: " + icans.FieldOf("unable").Words(&c.Findings)
}

// setDone takes the reason back: the answers return with their lines, and so does the
// consciousness that "unarousable" had replaced.
func (e *examination) setDone(serial uint64) string {
	s := &e.sheet
	if s.Value(unableValue) == "" {
		return e.toolName() + " counts as done already"
	}
	s.Step("can be done", serial, nil, func() {
		e.dropReason(serial)
		s.Set(unableValue, "", serial)
	})
	s.goToOpen()
	return "The answers are back"
}

// changeTool changes the tool of this check.
func (e *examination) changeTool(serial uint64) string {
	s := &e.sheet
	from, to := s.tool(), s.otherTool()
	s.Step("tool "+desk.ToolName(to), serial, nil, func() {
		e.dropReason(serial)
		s.Set(unableValue, "", serial)
		s.Set(toolValue, toolCode(to), serial)
	})
	s.goToOpen()
	return "The tool is " + desk.ToolName(to) + " now; the answers of " + desk.ToolName(from) + " are kept aside"
}

func (e *examination) toolName() string { return desk.ToolName(e.sheet.tool()) }

// dropReason takes back all that an earlier reason set: the consciousness, unless the user
// has answered since, and the causes that the check carried with it.
func (e *examination) dropReason(serial uint64) {
	s := &e.sheet
	if before, set := strings.CutPrefix(s.Value(replacedValue), replacedMark); set {
		s.Set("consciousness", before, serial)
		s.Set(replacedValue, "", serial)
	}
	carried, _ := icans.ParseDomains(s.Value(carriedValue))
	if carried == 0 {
		return
	}
	rest := s.findings().OtherCause &^ carried
	s.Set(otherValue, domainsOf(rest), serial)
	s.Set(carriedValue, "", serial)
	if rest == 0 {
		s.cause = ""
	}
}

// carryCause attributes the domains whose cause a clinician named ahead, on a check of a
// patient who is sedated or has a tube.
func (e *examination) carryCause(serial uint64) icans.Domains {
	s, c := &e.sheet, e.toSave()
	domains, cause := e.history.NamedAhead(&c)
	if domains == 0 {
		return 0
	}
	x := c.Findings
	s.Set(carriedValue, domainsOf(domains&^x.OtherCause), serial)
	s.Set(otherValue, domainsOf(x.OtherCause|domains), serial)
	s.Set(uncertainValue, domainsOf(x.UncertainCause&^domains), serial)
	if s.cause == "" {
		s.cause = cause
	}
	return domains
}
