package check

import (
	"neurocheck/internal/icans"
	"neurocheck/internal/tui/kit"
)

// The values of a form that no line answers with.
const (
	toolValue      = "tool"
	unableValue    = "unable"
	otherValue     = "other_cause"
	uncertainValue = "uncertain_cause"
	// replacedValue holds the consciousness that "unarousable" as a reason has replaced,
	// after replacedMark; empty if it has replaced none.
	replacedValue = "consciousness_before"
	// carriedValue holds the domains whose cause a clinician named ahead, while the check
	// carries it.
	carriedValue = "carried"
)

const replacedMark = "was:"

// findingsOf returns the findings of the values of a form. The items of a tool that was
// not done, and those of the other tool, are left out.
func findingsOf(value func(string) string) icans.Findings {
	var x icans.Findings
	for _, field := range icans.Fields() {
		code := value(field.Column)
		if code == kit.NotAssessed || hidden(field, value) {
			continue
		}
		_ = field.Set(&x, code) // the codes are those of the form itself, or were tested
	}
	if x.Scored() {
		x.StatedTotal = 0
	}
	return x
}

// hidden reports whether the tool or the reason for "not done" hides a field.
func hidden(field *icans.Field, value func(string) string) bool {
	switch field.Group {
	case icans.GroupICE:
		return value(unableValue) != "" || value(toolValue) != "ice"
	case icans.GroupCAPD:
		return value(unableValue) != "" || value(toolValue) != "capd"
	case icans.GroupTotal:
		return value(unableValue) != ""
	}
	return false
}

// valuesOf returns the values of a form that shows findings.
func valuesOf(x *icans.Findings) map[string]string {
	values := map[string]string{}
	for _, field := range icans.Fields() {
		if code := field.Code(x); code != "" {
			values[field.Column] = code
		}
	}
	return values
}

// domainsOf returns a set of domains as a value.
func domainsOf(d icans.Domains) string { return string(d.AppendCodes(nil)) }

func toolCode(t icans.Tool) string { return icans.FieldOf("tool").Code(&icans.Findings{Tool: t}) }
