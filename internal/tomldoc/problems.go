package tomldoc

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"neurocheck/internal/ward"
)

// MostProblems is the number of problems that a person can read at once.
const MostProblems = 20

// Problem is one fault of a file.
type Problem struct {
	File         string
	Line, Column int    // from 1, in characters
	Key          string // such as intervals.none; empty if the file is no TOML
	Reason       string // the fault, and the values that are allowed
}

// Error returns FILE:LINE:COLUMN: key: reason.
func (p *Problem) Error() string {
	at := fmt.Sprintf("%s:%d:%d: ", Shown(p.File), p.Line, p.Column)
	if p.Key != "" {
		at += p.Key + ": "
	}
	return at + p.Reason
}

// Unwrap returns the problem as an error of [ward.KindInvalid].
func (p *Problem) Unwrap() error { return ward.Invalid(p.Key, p.Reason) }

// Problems are the faults of a file, in the order of the file. If there are very many it
// holds only the first.
type Problems []*Problem

// Error returns the problems, one a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns each problem as an error.
func (p Problems) Unwrap() []error {
	errs := make([]error, len(p))
	for i, problem := range p {
		errs[i] = problem
	}
	return errs
}

// Fault is a problem whose offset has not been turned into a line and a column yet.
type Fault struct {
	At          int // bytes from the start of the file
	Key, Reason string
}

// ProblemsOf returns the faults of a document with their places in the file at path.
func ProblemsOf(path string, doc []byte, faults []Fault) Problems {
	slices.SortStableFunc(faults, func(a, b Fault) int { return cmp.Compare(a.At, b.At) })
	var list Problems
	for _, f := range faults[:min(len(faults), MostProblems)] {
		line, column := Position(doc, f.At)
		list = append(list, &Problem{path, line, column, f.Key, f.Reason})
	}
	return list
}

// Position turns an offset into a line and a column, as an editor counts them.
func Position(doc []byte, at int) (line, column int) {
	before := doc[:min(at, len(doc))]
	line = 1 + bytes.Count(before, []byte("\n"))
	start := 1 + bytes.LastIndexByte(before, '\n')
	if start == 0 {
		before = bytes.TrimPrefix(before, byteOrderMark)
	}
	return line, 1 + utf8.RuneCount(before[start:])
}

// Shown returns a path for printing: quoted if it holds characters that steer a
// terminal.
func Shown(path string) string {
	if ward.CleanLine(path) == path {
		return path
	}
	return Visible(strconv.Quote(path))
}

// Quoted returns text from the file as an error shows it.
func Quoted(text string) string { return Visible(strconv.Quote(Cut(text))) }

// Visible writes inVisible characters that strconv.Quote takes for printable ones as
// their numbers.
func Visible(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r != ' ' && ward.CleanLine(string(r)) == "" {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Cut shortens text from the file to the length that an error can show.
func Cut(text string) string {
	const most = 60
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most]) + "…"
}
