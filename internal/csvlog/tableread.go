package csvlog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"neurocheck/internal/ward"
)

// mostProblems is the number of problems of a table after which reading it ends.
const mostProblems = 1000

// lines reads the rows of a table: its header, which must be that of an export, and the
// cells of each row, without the form for spreadsheets. It returns the problems of the file
// as a table; an error is one of yield, or of reading.
func (t *Table[T]) lines(r io.Reader, file string, yield func(line int, cells [][]byte) error) (found []Problem, err error) {
	s := newScanner(r)
	add := func(column, reason string) {
		found = append(found, Problem{File: file, Line: max(s.line, 1), Column: column, Reason: reason})
	}
	asSpreadsheet, reason, err := t.readHeader(s)
	if err != nil {
		return nil, err
	}
	if reason != "" {
		add(theHeader, reason)
		return found, nil
	}
	want := len(t.header(asSpreadsheet))
	for len(found) < mostProblems {
		err := s.next()
		switch {
		case errors.Is(err, io.EOF):
			return found, nil
		case isSyntax(err):
			add(wholeRow, err.Error())
			continue
		case err != nil:
			return found, err
		case len(s.cells) != want:
			add(wholeRow, fmt.Sprintf("%s where the header has %d", ward.Several(len(s.cells), "cell"), want))
			continue
		}
		if line, column, bad := s.invalid(0, len(s.raw)); bad {
			add(wholeRow, notUTF8(line, column))
			continue
		}
		cells := s.cells[:len(t.columns)]
		if asSpreadsheet {
			for i := range t.columns {
				if t.columns[i].text {
					cells[i] = []byte(undisarm(string(cells[i])))
				}
			}
		}
		if err := yield(s.line, cells); err != nil {
			return found, err
		}
	}
	return found, nil
}

// readHeader reads the header, and returns the reason if it is not that of an export.
func (t *Table[T]) readHeader(s *scanner) (asSpreadsheet bool, reason string, err error) {
	if err = s.next(); err != nil && !errors.Is(err, io.EOF) && !isSyntax(err) {
		return false, "", err
	}
	names := make([]string, len(s.cells))
	for i, cell := range s.cells {
		names[i] = string(cell)
	}
	for _, asSpreadsheet := range []bool{false, true} {
		if err == nil && slices.Equal(names, t.header(asSpreadsheet)) {
			return asSpreadsheet, "", nil
		}
	}
	want := t.header(false)
	for i, name := range want {
		if i >= len(names) || names[i] != name {
			return false, fmt.Sprintf("changed: column %d of %s.csv is %s; export the ward again", i+1, t.Name, name), nil
		}
	}
	return false, fmt.Sprintf("changed: %s.csv has %d columns, the last is %s; export the ward again", t.Name, len(want), want[len(want)-1]), nil
}

// Rows reads a table, and calls yield for each row with its line. A row with a problem is
// left out. The problems hold no patient's data. The row is yield's own only until it
// returns.
func (t *Table[T]) Rows(r io.Reader, file string, yield func(line int, row *T) error) (found []Problem, err error) {
	more, err := t.lines(r, file, func(line int, cells [][]byte) error {
		var row T
		wrong := false
		for i := range t.columns {
			c := &t.columns[i]
			reason := ""
			switch {
			case len(cells[i]) > 0:
				reason = c.read(&row, string(cells[i]))
			case c.Constraints.Required:
				reason = "missing"
			}
			if reason != "" && len(found) < mostProblems {
				found = append(found, Problem{File: file, Line: line, Column: c.Name, Reason: reason})
			}
			wrong = wrong || reason != ""
		}
		if wrong {
			return nil
		}
		return yield(line, &row)
	})
	return append(found, more...), err
}

// Differs compares the rows of a table with those of each, cell by cell, and returns a problem
// for each cell that differs, and for rows that only one of them has.
func (t *Table[T]) Differs(r io.Reader, file string, each EachRow[T]) (found []Problem, err error) {
	add := func(line int, column, reason string) {
		found = append(found, Problem{File: file, Line: line, Column: column, Reason: reason})
	}
	var more []Problem
	var failed error
	next, stop := iter.Pull2(func(yield func(int, [][]byte) bool) {
		more, failed = t.lines(r, file, func(line int, cells [][]byte) error {
			if !yield(line, cells) {
				return errStopped
			}
			return nil
		})
	})
	defer stop()
	last := 1
	var cell []byte
	err = each(func(row *T) error {
		line, cells, ok := next()
		if !ok || len(found) > mostProblems {
			add(last, wholeRow, "a row is missing after this one")
			return errStopped
		}
		last = line
		for i := range t.columns {
			if cell = t.columns[i].write(cell[:0], row); !bytes.Equal(cell, cells[i]) {
				add(line, t.columns[i].Name, "does not agree with the other rows of the folder")
			}
		}
		return nil
	})
	if errors.Is(err, errStopped) {
		return append(found, more...), nil
	}
	if line, _, ok := next(); ok {
		add(line, wholeRow, "does not agree with the other rows of the folder")
	}
	if errors.Is(failed, errStopped) {
		failed = nil
	}
	return append(found, more...), errors.Join(err, failed)
}

var errStopped = errors.New("stopped")
