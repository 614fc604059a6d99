package check

import (
	"slices"
	"strings"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

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

// fieldOf returns the field that a line asks for; nil if the line is no field.
func fieldOf(line string) *icans.Field {
	i := slices.IndexFunc(sheetFields, func(x *icans.Field) bool { return x.Column == line })
	if i < 0 {
		return nil
	}
	return sheetFields[i]
}

// isItem reports whether a field is an item of a tool.
func isItem(field *icans.Field) bool {
	return field.Group == icans.GroupICE || field.Group == icans.GroupCAPD
}

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

// onTheRight reports whether a field is in the right column of the form.
func onTheRight(field *icans.Field) bool {
	return field.Group == icans.GroupSeen || field.Group == icans.GroupCRS
}

// answersItself reports whether an answer to a field does more than to set one value.
func answersItself(field *icans.Field) bool { return field.Column == "consciousness" || field.Several }

// domainOf returns the domain of a field of the domain group.
func domainOf(field *icans.Field) icans.Domains {
	for _, d := range icans.AllDomains {
		if codes := d.Codes(); len(codes) == 1 && codes[0] == field.Column {
			return d
		}
	}
	return 0
}

// termOf returns the index of the term that a finding is, or -1.
func termOf(field *icans.Field, x *icans.Findings) int {
	return slices.IndexFunc(field.Terms, func(t icans.Term) bool { return t.Code == field.Code(x) })
}

// lateProducts are the products after which late signs are looked for: those against
// BCMA, and the bispecifics for the same disease.
var lateProducts = []string{"cilta", "ide-cel", "carvykti", "abecma", "teclistamab", "elranatamab", "linvoseltamab", "talquetamab", "bcma"}

// asksLateSigns reports whether the form of a patient asks for the late signs: after
// products that cause them, and if one was ever found.
func asksLateSigns(h *ward.History) bool {
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
