package check

import (
	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
)

// The values of a form that no line answers with.
const (
	toolValue      = "tool"
	unableValue    = "unable"
	totalValue     = "stated_total"
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

// findings returns the findings of the form, as the last change of a value left them.
func (f *form) findings() icans.Findings { return f.now }

// domainsOf returns a set of domains as a value.
func domainsOf(d icans.Domains) string { return string(d.AppendCodes(nil)) }

// domainOf returns the domain of a field of the domain group.
func domainOf(field *icans.Field) icans.Domains {
	for _, d := range icans.AllDomains {
		if codes := d.Codes(); len(codes) == 1 && codes[0] == field.Column {
			return d
		}
	}
	return 0
}

// asksLate reports whether the form asks for the late signs: on request, or if every check
// of the patient asks for them.
func (f *form) asksLate() bool { return f.late || desk.AsksLate(&f.history) }
