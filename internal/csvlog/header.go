package csvlog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"neurocheck/internal/ward"
)

// readHeader reads the first row: the column of each cell. Where it cannot stand
// it returns every reason why.
func readHeader(s *scanner, file string, required ...string) (header []*Column, found []Problem, err error) {
	line := 1
	add := func(column, reason string) {
		found = append(found, Problem{file, line, column, reason})
	}
	switch err := s.next(); {
	case errors.Is(err, io.EOF):
		add(theHeader, "missing; the first line names the columns, such as "+strings.Join(required, ","))
		return nil, found, nil
	case isSyntax(err):
		line = s.line
		add(theHeader, err.Error())
		return nil, found, nil
	case err != nil:
		return nil, nil, err
	}
	line = s.line
	if at, column, bad := s.invalid(0, len(s.raw)); bad {
		add(theHeader, notUTF8(at, column))
		return nil, found, nil
	}
	if len(s.cells) == 1 && bytes.ContainsAny(s.cells[0], ";\t") {
		add(theHeader, "the columns are not separated by commas; save the file as CSV with commas")
		return nil, found, nil
	}
	if !namesColumns(s.cells) {
		// It may be a row of a patient's data, so nothing of it is repeated.
		add(theHeader, "no known column; the first line names the columns, such as "+strings.Join(required, ","))
		return nil, found, nil
	}
	seen := make(map[string]bool)
	for _, cell := range s.cells {
		name := string(cell)
		column := byName[name]
		switch {
		case column == nil:
			add(plainName(name), "unknown column; the nearest known one is "+nearest(name))
		case seen[name]:
			add(name, "this column stands twice; take one of them out")
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

// nextRow reads the next row and reports what is wrong with it, passing over the
// columns of the header that are nil. skip says that
// its cells cannot be told apart, and so not read.
func nextRow(s *scanner, header []*Column, report func(column, reason string)) (skip bool, err error) {
	switch err := s.next(); {
	case isSyntax(err):
		report(wholeRow, err.Error())
		return true, nil
	case err != nil:
		return true, err
	case len(s.cells) != len(header):
		report(wholeRow, fmt.Sprintf("%s where the header has %d", count(len(s.cells), "cell"), len(header)))
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

func isSyntax(err error) bool {
	_, ok := errors.AsType[syntaxError](err)
	return ok
}

func notUTF8(line, column int) string {
	return fmt.Sprintf("no UTF-8 at line %d, column %d; save the file as UTF-8", line, column)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}
