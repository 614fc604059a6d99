package config

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

// mostProblems is the number of problems that a person can read at once.
const mostProblems = 20

// Problem is one fault of a settings file.
type Problem struct {
	File         string
	Line, Column int    // from 1, in characters
	Key          string // such as intervals.none; empty if the file is no TOML
	Reason       string // the fault, and the values that are allowed
}

// Error returns FILE:LINE:COLUMN: key: reason.
func (p *Problem) Error() string {
	at := fmt.Sprintf("%s:%d:%d: ", shown(p.File), p.Line, p.Column)
	if p.Key != "" {
		at += p.Key + ": "
	}
	return at + p.Reason
}

// Unwrap returns the problem as an error of [ward.KindInvalid].
func (p *Problem) Unwrap() error { return ward.Invalid(p.Key, p.Reason) }

// Problems are the faults of a settings file, in the order of the file. If there are very
// many it holds only the first.
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

// fault is a problem whose offset has not been turned into a line and a column yet.
type fault struct {
	at          int // bytes from the start of the file
	key, reason string
}

func problems(path string, doc []byte, faults []fault) Problems {
	slices.SortStableFunc(faults, func(a, b fault) int { return cmp.Compare(a.at, b.at) })
	var list Problems
	for _, f := range faults[:min(len(faults), mostProblems)] {
		line, column := position(doc, f.at)
		list = append(list, &Problem{path, line, column, f.key, f.reason})
	}
	return list
}

// position turns an offset into a line and a column, as an editor counts them.
func position(doc []byte, at int) (line, column int) {
	before := doc[:min(at, len(doc))]
	line = 1 + bytes.Count(before, []byte("\n"))
	start := 1 + bytes.LastIndexByte(before, '\n')
	if start == 0 {
		before = bytes.TrimPrefix(before, byteOrderMark)
	}
	return line, 1 + utf8.RuneCount(before[start:])
}

// shown returns a path for printing: quoted if it holds characters that steer a
// terminal.
func shown(path string) string {
	if ward.CleanLine(path) == path {
		return path
	}
	return visible(strconv.Quote(path))
}
