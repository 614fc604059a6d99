package check

import (
	"slices"
	"strings"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/kit"
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

// sheetFields are the fields that a form asks for, in its order: the signs that flag a
// check come before the other ones.
var sheetFields = func() (list []*icans.Field) {
	for _, f := range icans.Fields() {
		switch f.Group {
		case icans.GroupICE, icans.GroupCAPD, icans.GroupDomain, icans.GroupSeen, icans.GroupCRS:
			list = append(list, f)
		}
	}
	order := map[string]int{"hallucinations": 1, "handwriting": 2, "headache": 3, "tremor": 4}
	first := slices.IndexFunc(list, func(f *icans.Field) bool { return order[f.Column] > 0 })
	slices.SortStableFunc(list[first:first+len(order)], func(a, b *icans.Field) int { return order[a.Column] - order[b.Column] })
	return list
}()

// isFeature reports whether a field is one of the five features, which every check
// needs.
func isFeature(field *icans.Field) bool {
	switch field.Column {
	case "confusion", "agitation", "inattention", "memory", "speech":
		return true
	}
	return false
}

// isLate reports whether a field is one of the three late signs.
func isLate(field *icans.Field) bool {
	switch field.Column {
	case "movement", "cranial_nerve", "personality":
		return true
	}
	return false
}

// lateProducts are the products after which late signs are looked for: those against
// BCMA, and the bispecifics for the same disease.
var lateProducts = []string{"cilta", "ide-cel", "carvykti", "abecma", "teclistamab", "elranatamab", "linvoseltamab", "talquetamab", "bcma"}

// asksLate reports whether the form asks for the late signs: on request, after products
// that cause them, and if one was ever found.
func (f *form) asksLate() bool {
	if f.late {
		return true
	}
	product := strings.ToLower(f.history.Patient.Product)
	if slices.ContainsFunc(lateProducts, func(p string) bool { return strings.Contains(product, p) }) {
		return true
	}
	for i := range f.history.Checks {
		x := &f.history.Checks[i].Findings
		if slices.ContainsFunc(x.Observed[icans.Movement:], func(s icans.Severity) bool { return s > icans.None }) {
			return true
		}
	}
	return false
}

// termOf returns the index of the term that a finding is, or -1.
func termOf(field *icans.Field, x *icans.Findings) int {
	return slices.IndexFunc(field.Terms, func(t icans.Term) bool { return t.Code == field.Code(x) })
}

// lastTerm returns the index of the term with which a feature or sign was last assessed
// before this check; 0 for none or never.
func (f *form) lastTerm(field *icans.Field) int {
	for i := len(f.history.Checks) - 1; i >= 0; i-- {
		c := &f.history.Checks[i]
		if c.ID != f.check.ID && c.PerformedAt.Before(f.check.PerformedAt) && field.Assessed(&c.Findings) {
			return max(termOf(field, &c.Findings), 0)
		}
	}
	return 0
}
