package csvlog

import (
	"bufio"
	"io"
	"strings"
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
	for i, c := range columns {
		out.row = appendComma(out.row, i)
		out.row = append(out.row, c.Name...)
	}
	out.row = append(out.row, '\n')
	out.w.Write(out.row) // an error stays and comes with the next call
	return out
}

// Write writes one version of a check with the particulars of its patient.
func (w *Writer) Write(p *ward.Patient, c *ward.Check) error {
	w.row = w.row[:0]
	for i, column := range columns {
		w.row = appendComma(w.row, i)
		w.row = column.write(w.row, p, c)
	}
	w.row = append(w.row, '\n')
	_, err := w.w.Write(w.row)
	return err
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
	if s == `\.` || strings.ContainsAny(s, ",\"\r\n") {
		return true
	}
	first, _ := utf8.DecodeRuneInString(s)
	return unicode.IsSpace(first)
}
