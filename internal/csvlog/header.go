package csvlog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"neurocheck/internal/ward"
)

// readHeader reads the first row, and returns the column of each cell. If it cannot be
// used, found has every reason.
func readHeader(s *scanner, file string, required ...string) (header []*Column, found []Problem, err error) {
	line := 1
	add := func(column, reason string) {
		found = append(found, Problem{File: file, Line: line, Column: column, Reason: reason})
	}
	err = s.next()
	switch {
	case errors.Is(err, io.EOF):
		add(theHeader, "missing; the first line names the columns, such as "+strings.Join(required, ","))
		return nil, found, nil
	case err != nil && !isSyntax(err):
		return nil, nil, err
	}
	line = s.line
	if reason := unusable(s, err, required); reason != "" {
		add(theHeader, reason)
		return nil, found, nil
	}
	seen := make(map[string]bool)
	for i, cell := range s.cells {
		name := string(cell)
		column := byName[name]
		switch {
		case column == nil:
			add(columnName(name, i+1), unknown(name))
		case seen[name]:
			add(name, "this column is there twice; take one of them out")
		}
		seen[name] = true
		header = append(header, column)
	}
	for _, name := range required {
		if !seen[name] {
			add(name, "this column is missing, and is needed")
		}
	}
	return header, found, nil
}

// unusable returns the reason why the first row is no header; empty if it is one. err is
// the error of reading it. The row may have a patient's data, so that nothing of it is
// repeated.
func unusable(s *scanner, err error, required []string) string {
	if bytes.IndexByte(s.raw, '\r') >= 0 {
		return "the lines end with CR alone; save the file with LF or CRLF line ends"
	}
	if err != nil {
		return err.Error()
	}
	if at, column, bad := s.invalid(0, len(s.raw)); bad {
		return notUTF8(at, column)
	}
	switch {
	case len(s.cells) == 1 && bytes.ContainsAny(s.cells[0], ";\t"):
		return "the columns are not separated by commas; save the file as CSV with commas"
	case !namesColumns(s.cells):
		return "no known column; the first line names the columns, such as " + strings.Join(required, ",")
	}
	return ""
}

// OtherTable returns the reason to refuse another table than that of checks that an export
// wrote; empty if the header is of none of these.
func OtherTable(header []string) string {
	for _, asSpreadsheet := range []bool{false, true} {
		is := func(names []string) bool { return slices.Equal(header, names) }
		switch {
		case is(Patients.header(asSpreadsheet)), is(Stays.header(asSpreadsheet)), is(Events.header(asSpreadsheet)), is(FollowUps.header(asSpreadsheet)):
			return "this table of a ward is not that of checks; it comes in with the folder of neurocheck export --all: neurocheck import FOLDER"
		case is(Episodes.header(asSpreadsheet)), is(Quality.header(asSpreadsheet)):
			return "this table is computed from the log, and does not come back in"
		}
	}
	return ""
}

// unknown returns the reason to refuse an unknown column, with the nearest known one if
// the name is a slip.
func unknown(name string) string {
	switch {
	case name == patientIdentity || name == birthYear || name == age:
		return "unknown column; it is that of a de-identified export, which does not come back in"
	case near(name, ourNames...):
		return "unknown column; the nearest known one is " + nearest(name)
	}
	return "unknown column; schema/checks.schema.json lists the known ones; if this is a title, take the line out"
}

// namesColumns tells a header, also one with slips in it, from a row of data,
// which may hold words that are columns too: "motor" is a cause.
func namesColumns(cells [][]byte) bool {
	known := 0
	for _, cell := range cells {
		switch name := strings.ToLower(string(cell)); {
		case name == "tool", name == "mrn", name == "performed_at", name == "check_id":
			return true
		case byName[name] != nil:
			known++
		}
	}
	return 2*known > len(cells)
}

// nearest returns the known column that is nearest to name.
func nearest(name string) (column string) {
	if len(name) > mostName {
		name = name[:mostName]
	}
	distance := -1
	for _, c := range columns {
		d := ward.Distance([]rune(strings.ToLower(name)), []rune(c.Name))
		if distance < 0 || d < distance {
			column, distance = c.Name, d
		}
	}
	return column
}

// nextRow reads the next row and reports its problems, passing over the
// columns of the header that are nil. skip says that
// its cells cannot be told apart, and so not read.
func nextRow(s *scanner, header []*Column, report func(column, reason string)) (skip bool, err error) {
	err = s.next()
	for err == nil && isBlank(s.cells) {
		err = s.next()
	}
	switch {
	case isSyntax(err):
		report(wholeRow, err.Error())
		return true, nil
	case err != nil:
		return true, err
	case len(s.cells) != len(header):
		report(wholeRow, fmt.Sprintf("%s where the header has %d", ward.Several(len(s.cells), "cell"), len(header)))
		return true, nil
	}
	if !s.validUTF8() {
		for i, c := range header {
			if c == nil {
				continue
			}
			if line, column, ok := s.position(i); ok {
				report(c.Name, notUTF8(line, column))
			}
		}
	}
	if i := slices.Index(header, profileMark); i >= 0 && string(s.cells[i]) == spreadsheet {
		for i, c := range header {
			if c != nil && c.text != nil {
				s.cells[i] = []byte(undisarm(string(s.cells[i])))
			}
		}
	}
	return false, nil
}

// isBlank reports whether no cell holds anything. Spreadsheets end a file with such rows.
func isBlank(cells [][]byte) bool {
	for _, cell := range cells {
		if len(cell) > 0 && len(bytes.Trim(cell, " \t")) > 0 {
			return false
		}
	}
	return true
}

func isSyntax(err error) bool {
	_, ok := errors.AsType[syntaxError](err)
	return ok
}

func notUTF8(line, column int) string {
	return fmt.Sprintf("no UTF-8 at line %d, column %d; save the file as UTF-8", line, column)
}
