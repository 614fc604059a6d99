package csvlog

import (
	"strconv"
	"strings"
	"unicode"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// near reports whether a word of the file is a misspelling of a known one, so that an error
// may repeat it: folded, it is within two letters and a third of its length of ours, and has
// no figure that ours lacks. Any other word may be the data of a patient: a file can have
// its columns shifted, a title above its header, or all rows in one line.
func near(word string, ours ...string) bool {
	if len(word) > mostName {
		return false
	}
	folded := []rune(ward.FoldLine(word))
	for _, our := range ours {
		d := ward.Distance(folded, []rune(ward.FoldLine(our)))
		if d <= 2 && 3*d <= len(folded) && !strings.ContainsFunc(word, func(r rune) bool { return unicode.IsDigit(r) && !strings.ContainsRune(our, r) }) {
			return true
		}
	}
	return false
}

// columnName returns the name of a column for an error: as the file has it if it is near
// one of ours, else its number.
func columnName(name string, number int) string {
	if near(name, ourNames...) {
		return plainName(name)
	}
	return "column " + strconv.Itoa(number)
}

// ourNames are the names of all columns that an export can have.
var ourNames = func() []string {
	names := []string{profileMark.Name, patientIdentity, birthYear, age}
	for _, c := range columns {
		names = append(names, c.Name)
	}
	return names
}()

// notAllowed returns the reason to refuse a cell of a finding.
func notAllowed(f *icans.Field, cell string) string {
	reason := "not allowed here; allowed: " + f.Allowed()
	var ours []string
	for _, t := range f.Terms {
		ours = append(ours, t.Code, t.Label)
	}
	if near(cell, ours...) {
		reason = quoted(cell) + " is " + reason
	}
	return reason
}
