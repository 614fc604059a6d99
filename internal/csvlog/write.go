package csvlog

import (
	"bufio"
	"io"
	"unicode"
	"unicode/utf8"

	"neurocheck/internal/ward"
)

// Writer writes versions of checks as CSV, one row each, as a stream. Nothing is
// sure to be written until [Writer.Flush] has returned nil.
type Writer struct {
	w   *bufio.Writer
	row []byte
}

// NewWriter returns a writer to w that begins with the header.
func NewWriter(w io.Writer) *Writer {
	out := &Writer{w: bufio.NewWriterSize(w, 1<<16)}
	out.w.Write(header()) // an error stays and comes with the next call
	return out
}

func header() (row []byte) {
	for i, c := range columns {
		row = appendComma(row, i)
		row = append(row, c.Name...)
	}
	return append(row, '\n')
}

// Write writes one version of a check with the particulars of its patient.
func (w *Writer) Write(p *ward.Patient, c *ward.Check) error {
	w.row = appendRow(w.row[:0], p, c)
	_, err := w.w.Write(w.row)
	return err
}

func appendRow(row []byte, p *ward.Patient, c *ward.Check) []byte {
	for i, column := range columns {
		row = appendComma(row, i)
		row = column.write(row, p, c)
	}
	return append(row, '\n')
}

// Flush writes out what is left and returns the first error of all writing.
func (w *Writer) Flush() error { return w.w.Flush() }

func appendComma(dst []byte, i int) []byte {
	if i > 0 {
		dst = append(dst, ',')
	}
	return dst
}

// appendCell appends a text as a cell, in quotes where it needs them, as
// encoding/csv does.
func appendCell(dst []byte, s string) []byte {
	if !needsQuotes(s) {
		return append(dst, s...)
	}
	dst = append(dst, '"')
	for i := range len(s) {
		if s[i] == '"' {
			dst = append(dst, '"')
		}
		dst = append(dst, s[i])
	}
	return append(dst, '"')
}

func needsQuotes(s string) bool {
	if s == "" {
		return false
	}
	if s == `\.` {
		return true
	}
	for i := range len(s) {
		switch s[i] {
		case ',', '"', '\r', '\n':
			return true
		}
	}
	first, _ := utf8.DecodeRuneInString(s)
	return unicode.IsSpace(first)
}
