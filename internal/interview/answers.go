package interview

import (
	"slices"
	"strings"

	"neurocheck/internal/icans"
)

// codeOf returns the code that an answer gives to a field. An answer is a figure, a letter
// of the form, a code, or words: the label, and its beginning or its last word unless these
// mean another answer too. Several signs are joined by commas, semicolons or blanks.
func codeOf(field *icans.Field, text string) (code string, ok bool) {
	if i := termIndex(field, text); i >= 0 {
		return field.Terms[i].Code, true
	}
	if !field.Several {
		return "", false
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' })
	if len(parts) == 1 {
		parts = strings.Fields(text)
	}
	var x icans.Findings
	for _, part := range parts {
		i := termIndex(field, part)
		if i < 0 || i == 0 { // "none" goes with no other sign
			return "", false
		}
		if !field.Holds(&x, i) {
			field.Answer(&x, i)
		}
	}
	return field.Code(&x), field.Assessed(&x)
}

// termIndex returns the index of the term that an answer means, or -1.
func termIndex(field *icans.Field, text string) int {
	text = folded(text)
	if text == "" {
		return -1
	}
	letter := text
	switch text {
	case "yes", "no":
		letter = text[:1]
	}
	exactly := func(t icans.Term) bool {
		return len(letter) == 1 && strings.Contains(t.Keys, letter) || slices.Contains(namesOf(t), text)
	}
	if i := slices.IndexFunc(field.Terms, exactly); i >= 0 {
		return i
	}
	near := -1
	for i, t := range field.Terms {
		switch {
		case !nearly(t, text):
		case near >= 0:
			return -1 // it may mean two answers
		default:
			near = i
		}
	}
	return near
}

// nearly reports whether a text is the beginning of a word for a term, or the last word of
// its label.
func nearly(t icans.Term, text string) bool {
	list := strings.Fields(folded(t.Label))
	return len(text) > 2 && (list[len(list)-1] == text || slices.ContainsFunc(namesOf(t), func(name string) bool { return strings.HasPrefix(name, text) }))
}

// namesOf returns the words for a term: the code, the label, the label without the figure
// of its points, and the first part of a label.
func namesOf(t icans.Term) []string {
	label := folded(t.Label)
	list := []string{folded(t.Code), label}
	if figure, rest, found := strings.Cut(label, " "); found && figure == t.Code {
		list = append(list, rest)
	}
	for _, end := range []string{",", " ("} {
		if first, _, found := strings.Cut(label, end); found {
			list = append(list, first)
		}
	}
	return list
}

// folded returns a text in small letters, with single blanks.
func folded(text string) string {
	return strings.Join(strings.Fields(strings.ToLower(strings.ReplaceAll(text, "_", " "))), " ")
}

// answersOf lists the answers of a field: "1 yes; 0 no; - not assessed".
func answersOf(field *icans.Field) string {
	var list []string
	for _, t := range field.Terms {
		list = append(list, answerWords(t))
	}
	if len(list) == 2 {
		slices.Reverse(list) // yes first, as one asks
	}
	if field.Several {
		list = append(list, "several as 1 3")
	}
	return strings.Join(append(list, "- not assessed"), "; ")
}

// answerWords returns a term with its key: "1 mild", "0 always", "2".
func answerWords(t icans.Term) string {
	key := t.Keys[:1]
	if t.Label == key || strings.HasPrefix(t.Label, key+" ") {
		return t.Label
	}
	return key + " " + t.Label
}
