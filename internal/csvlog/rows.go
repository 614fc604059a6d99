package csvlog

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"strings"
	"time"

	"neurocheck/internal/ward"
)

// Row is a row of a table that may have other columns than ours.
type Row struct {
	Line  int // physical line at which it starts, from 1
	Cells []string
	Wrong string // why the row is no CSV; it then has no cells
}

// Rows yields the rows of a table in UTF-8, without those that hold nothing. Its error is
// that of a line that is too long for any row.
func Rows(text []byte, separator byte) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		s := newScanner(bytes.NewReader(text))
		s.separator = separator
		for {
			err := s.next()
			row := Row{Line: s.line}
			switch {
			case errors.Is(err, io.EOF):
				return
			case isSyntax(err):
				row.Wrong, err = err.Error(), nil
			case err == nil && isBlank(s.cells):
				continue
			}
			for _, cell := range s.cells {
				row.Cells = append(row.Cells, string(cell))
			}
			if row.Wrong != "" {
				row.Cells = nil
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// AppendCell appends a cell to a row of CSV.
func AppendCell(dst []byte, cell string) []byte { return appendCell(dst, cell) }

// ColumnNamed returns the column with that name, or nil.
func ColumnNamed(name string) *Column {
	if c := byName[name]; c != profileMark {
		return c
	}
	return nil
}

// Allows returns the reason to refuse a cell of the column; empty if it is allowed, or if
// only a log can tell.
func (c *Column) Allows(cell string) (reason string) {
	if cell == "" || c.read == nil {
		return ""
	}
	_, reason = c.readAny(&ward.Patient{}, &ward.Stay{}, &ward.Check{}, cell, time.UTC)
	return reason
}

// NearestColumn returns the name of our column that a name is a slip in; empty if it is
// near none.
func NearestColumn(name string) string {
	if !near(name, ourNames...) {
		return ""
	}
	return nearest(name)
}

// NearestOf returns the one of the words that a word of a file is a slip in; empty if it is
// near none, and must not be repeated.
func NearestOf(word string, ours []string) string {
	for _, our := range ours {
		if near(word, our) {
			return our
		}
	}
	return ""
}

// Boxes returns the words of which a cell of the column may hold several; nil if it holds
// one.
func (c *Column) Boxes() (words []string) {
	terms, several := vocabulary(c)
	if !several {
		return nil
	}
	return codesOf(terms)
}

// UnknownColumn returns the problem of a column of a file that is none of ours, and is the
// one with that number in its header. It names the column only if it is near one of ours.
func UnknownColumn(file string, line, number int, name string) Problem {
	return Problem{File: file, Line: line, Column: columnName(name, number), Reason: unknown(name)}
}

// Words returns a row as it was read, for a person: the columns that are not empty.
func Words(in *ward.ImportRow) string {
	var words []string
	for _, c := range columns {
		if c.Part == PartComputed || c.Name == "check_id" && in.Unnamed || c.Name == "version" || c.Name == "status" {
			continue
		}
		cell := string(c.write(nil, &in.Patient, &in.Stay, &in.Check))
		if cell != "" && !(c.Name == "interpreter" && !in.Patient.Interpreter) {
			words = append(words, c.Name+"="+cell)
		}
	}
	return strings.Join(words, " ")
}

// Words returns the words that a cell of the column may hold, each as its code with its
// label if that is another; nil if it holds no words.
func (c *Column) Words() (words []string) {
	terms, _ := vocabulary(c)
	if c.Type == "boolean" {
		return []string{c.FalseValues[0] + " (no)", c.TrueValues[0] + " (yes)"}
	}
	for _, t := range terms {
		switch {
		case strings.HasPrefix(t.Label, t.Code+" "), t.Label == t.Code:
			words = append(words, t.Label)
		default:
			words = append(words, t.Code+" ("+t.Label+")")
		}
	}
	return words
}
