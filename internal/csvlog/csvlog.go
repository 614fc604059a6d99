// Package csvlog exports checks as CSV, imports them from CSV, and grades findings in
// a CSV without a log.
//
// Start with [Columns], the one table from which the writer, the reader and
// schema/checks.schema.json are made. A [Profile] writes, [ReadText] reads an import file
// and [Grade] grades a stream.
//
// The CSV is lossless: UTF-8, LF, commas, times as RFC 3339 with their offset,
// MRNs as text, an empty cell for a finding that was not assessed, lists joined by ";".
package csvlog

import (
	"fmt"
	"strconv"
	"strings"
)

// Problem is an error in a file: in a cell, or in a whole row or the header if Column is
// "row" or "header". Reason says the error and the allowed values. It holds no patient's
// data: a word of the file is repeated only if it is near one of ours.
type Problem struct {
	File   string
	Line   int // physical line at which the row starts, from 1
	Column string
	Reason string
	Code   string // for programs; if it is empty, the reason decides: see [Problem.Kind]
}

// kinds are the codes of problems by the words that begin their reasons.
var kinds = []struct{ code, words string }{
	{"missing", "missing|this column is missing|no patient in the log|needed"},
	{"unknown_column", "unknown column"},
	{"no_time", "no time|no date|no such day|no offset|is before 1900|finer than"},
	{"no_offset", "this hour came twice|the clocks of"},
	{"in_future", "is in the future"},
	{"no_number", "no whole number"},
	{"not_utf8", "no UTF-8"},
	{"differs", "the findings make it|the items make it"},
	{"other_identity", "the patient with this MRN has another"},
	{"says_otherwise", "line "},
}

// Kind returns the code of the problem, for programs.
func (p Problem) Kind() string {
	switch {
	case p.Code != "":
		return p.Code
	case p.Column == wholeRow:
		return "not_csv"
	case strings.Contains(p.Reason, "not allowed here; allowed: "):
		return "not_allowed"
	}
	for _, k := range kinds {
		for words := range strings.SplitSeq(k.words, "|") {
			if strings.HasPrefix(p.Reason, words) {
				return k.code
			}
		}
	}
	return "invalid"
}

// Error returns "FILE:LINE: COLUMN: reason".
func (p Problem) Error() string {
	return fmt.Sprintf("%s:%d: %s: %s", p.File, p.Line, p.Column, p.Reason)
}

// The [Problem].Column of an error that is not in one cell.
const (
	wholeRow  = "row"
	theHeader = "header"
)

// plainName returns a column name from outside as it may be printed.
func plainName(name string) string {
	for _, r := range name {
		if r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return quoted(name)
		}
	}
	if name == "" || len(name) > mostName {
		return quoted(name)
	}
	return name
}

const mostName = 40

func quoted(s string) string {
	if r := []rune(s); len(r) > mostName {
		s = string(r[:mostName]) + "…"
	}
	return strconv.QuoteToGraphic(s)
}
