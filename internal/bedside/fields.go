// Package bedside holds a check between the bedside and the record: the answers by column,
// the order in which they are asked for, the draft that keeps them, the result that they
// would have, and the remarks before they are saved. The form on the screens and the check
// as plain questions share it. It reads no clock and no log.
package bedside

import (
	"slices"
	"strings"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// NotAssessed is the value of an item that was passed over knowingly. An empty value is an
// item that was not touched yet.
const NotAssessed = "-"

// The values that no item answers with.
const (
	ToolValue      = "tool"
	UnableValue    = "unable"
	OtherValue     = "other_cause"
	UncertainValue = "uncertain_cause"
	// ReplacedValue holds the consciousness that "unarousable" as a reason has replaced,
	// after replacedMark; empty if it has replaced none.
	ReplacedValue = "consciousness_before"
	// CarriedValue holds the domains whose cause a clinician named ahead, while the check
	// carries it.
	CarriedValue = "carried"
)

const replacedMark = "was:"

// FindingsOf returns the findings of the values of a form. The items of a tool that was
// not done, and those of the other tool, are left out.
func FindingsOf(value func(string) string) icans.Findings {
	var x icans.Findings
	for _, field := range icans.Fields() {
		code := value(field.Column)
		if code == NotAssessed || Hidden(field, value) {
			continue
		}
		_ = field.Set(&x, code) // the codes are those of the form itself, or were tested
	}
	if x.Scored() {
		x.StatedTotal = 0
	}
	return x
}

// Hidden reports whether the tool or the reason for "not done" hides a field.
func Hidden(field *icans.Field, value func(string) string) bool {
	switch field.Group {
	case icans.GroupICE:
		return value(UnableValue) != "" || value(ToolValue) != "ice"
	case icans.GroupCAPD:
		return value(UnableValue) != "" || value(ToolValue) != "capd"
	case icans.GroupTotal:
		return value(UnableValue) != ""
	}
	return false
}

// ValuesOf returns the values of a form that shows findings.
func ValuesOf(x *icans.Findings) map[string]string {
	values := map[string]string{}
	for _, field := range icans.Fields() {
		if code := field.Code(x); code != "" {
			values[field.Column] = code
		}
	}
	return values
}

// DomainsOf returns a set of domains as a value.
func DomainsOf(d icans.Domains) string { return string(d.AppendCodes(nil)) }

// DomainOf returns the domain of a field of the domain group.
func DomainOf(field *icans.Field) icans.Domains {
	for _, d := range icans.AllDomains {
		if codes := d.Codes(); len(codes) == 1 && codes[0] == field.Column {
			return d
		}
	}
	return 0
}

// Fields are the fields that a check asks for, in its order: the signs that flag a
// check come before the other ones.
var Fields = func() (list []*icans.Field) {
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

// IsFeature reports whether a field is one of the five features, which every check
// needs.
func IsFeature(field *icans.Field) bool {
	switch field.Column {
	case "confusion", "agitation", "inattention", "memory", "speech":
		return true
	}
	return false
}

// IsLate reports whether a field is one of the three late signs.
func IsLate(field *icans.Field) bool {
	switch field.Column {
	case "movement", "cranial_nerve", "personality":
		return true
	}
	return false
}

// lateProducts are the products after which late signs are looked for: those against
// BCMA, and the bispecifics for the same disease.
var lateProducts = []string{"cilta", "ide-cel", "carvykti", "abecma", "teclistamab", "elranatamab", "linvoseltamab", "talquetamab", "bcma"}

// AsksLate reports whether a patient is asked for the late signs: after products that cause
// them, and if one was ever found.
func AsksLate(h *ward.History) bool {
	product := strings.ToLower(h.Patient.Product)
	if slices.ContainsFunc(lateProducts, func(p string) bool { return strings.Contains(product, p) }) {
		return true
	}
	for i := range h.Checks {
		x := &h.Checks[i].Findings
		if slices.ContainsFunc(x.Observed[icans.Movement:], func(s icans.Severity) bool { return s > icans.None }) {
			return true
		}
	}
	return false
}

// TermOf returns the index of the term that a finding is, or -1.
func TermOf(field *icans.Field, x *icans.Findings) int {
	return slices.IndexFunc(field.Terms, func(t icans.Term) bool { return t.Code == field.Code(x) })
}

// IsNormal reports whether a finding is that of a healthy person: full points in ICE, and
// the first term of all others.
func IsNormal(field *icans.Field, x *icans.Findings) bool {
	best := 0
	if field.Group == icans.GroupICE {
		best = len(field.Terms) - 1
	}
	return TermOf(field, x) == best
}

// LastTerm returns the index of the term with which a feature or sign was last assessed
// before a check; 0 for none or never.
func LastTerm(h *ward.History, before *ward.Check, field *icans.Field) int {
	for i := len(h.Checks) - 1; i >= 0; i-- {
		c := &h.Checks[i]
		if c.ID != before.ID && c.PerformedAt.Before(before.PerformedAt) && field.Assessed(&c.Findings) {
			return max(TermOf(field, &c.Findings), 0)
		}
	}
	return 0
}

// RestNone returns the answer of an item if the rest of the features and signs is none:
// "none", or nothing for an item that it leaves alone. It stops before an item that was not
// none when it was last assessed.
func RestNone(h *ward.History, check *ward.Check, field *icans.Field, value string, late bool) (code string, stop bool) {
	switch {
	case field.Group != icans.GroupSeen || value != "" || IsLate(field) && !late:
		return "", false
	case LastTerm(h, check, field) > 0:
		return "", true
	}
	return "none", false
}

// ToolCode returns the code of a tool.
func ToolCode(t icans.Tool) string {
	return icans.FieldOf(ToolValue).Code(&icans.Findings{Tool: t})
}
