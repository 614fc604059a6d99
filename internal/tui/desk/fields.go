package desk

import (
	"slices"
	"strings"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// CheckFields are the fields that a check asks for, in the order of the form: the signs
// that flag a check come before the other ones.
var CheckFields = func() (list []*icans.Field) {
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

// FindingsOf returns the findings of values by column. The items of a tool that was not
// done, and those of the other tool, are left out.
func FindingsOf(value func(string) string) icans.Findings {
	var x icans.Findings
	for _, field := range icans.Fields() {
		code := value(field.Column)
		if code == kit.NotAssessed || Hidden(field, value) {
			continue
		}
		_ = field.Set(&x, code) // the codes are those of the screens, or were tested
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
		return value("unable") != "" || value("tool") != "ice"
	case icans.GroupCAPD:
		return value("unable") != "" || value("tool") != "capd"
	case icans.GroupTotal:
		return value("unable") != ""
	}
	return false
}

// IsFeature reports whether a field is one of the five features, which every check needs.
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

// AsksLate reports whether a check of a patient asks for the late signs: after products
// that cause them, and if one was ever found.
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

// LastTerm returns the index of the term with which a field was last assessed before the
// time of c; 0 for the first term, such as none, and for never. checks are in the order of
// time.
func LastTerm(checks []ward.Check, c *ward.Check, field *icans.Field) int {
	for _, o := range slices.Backward(checks) {
		if o.ID != c.ID && o.PerformedAt.Before(c.PerformedAt) && field.Assessed(&o.Findings) {
			return max(TermOf(field, &o.Findings), 0)
		}
	}
	return 0
}

// NotAssessed lists the fields of a check without an answer: those that every check needs,
// and the other signs. late includes the late signs.
func NotAssessed(x *icans.Findings, value func(string) string, late bool) string {
	var needed, other []string
	for _, field := range CheckFields {
		switch {
		case Hidden(field, value) || field.Assessed(x) || field.Group == icans.GroupCRS || IsLate(field) && !late:
		case field.Group == icans.GroupSeen && !IsFeature(field):
			other = append(other, field.Label)
		case x.StatedTotal != 0 && (field.Group == icans.GroupICE || field.Group == icans.GroupCAPD):
		default:
			needed = append(needed, field.Label)
		}
	}
	var parts []string
	if len(needed) > 0 {
		parts = append(parts, "Not assessed: "+strings.Join(needed, ", ")+".")
	}
	if len(other) > 0 {
		parts = append(parts, "Also not looked at: "+strings.Join(other, ", ")+".")
	}
	return strings.Join(parts, "  ")
}
