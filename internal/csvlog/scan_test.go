package csvlog

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// scanned is a row that a reader of CSV read: its cells, or that it was none.
type scanned struct {
	Line  int
	Bad   bool
	Cells []string
}

func scanAll(t testing.TB, r io.Reader) []scanned { return scanRest(t, newScanner(r)) }

func scanRest(t testing.TB, s *scanner) (rows []scanned) {
	for {
		err := s.next()
		if errors.Is(err, io.EOF) {
			return rows
		}
		row := scanned{Line: s.line, Bad: isSyntax(err)}
		switch {
		case err == nil:
			for _, cell := range s.cells {
				row.Cells = append(row.Cells, string(cell))
			}
		case !row.Bad:
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
}

func standardAll(t testing.TB, r io.Reader) (rows []scanned) {
	s := csv.NewReader(r)
	s.FieldsPerRecord = -1
	for {
		cells, err := s.Read()
		if errors.Is(err, io.EOF) {
			return rows
		}
		row := scanned{Bad: err != nil, Cells: cells}
		if e, ok := errors.AsType[*csv.ParseError](err); ok {
			row.Line, row.Cells = e.StartLine, nil
		} else if err != nil {
			t.Fatal(err)
		} else {
			row.Line, _ = s.FieldPos(0)
		}
		rows = append(rows, row)
	}
}

var csvSamples = []string{
	"a,b\nc,d\n",
	"a,b\r\n\r\n\"c\r\nd\",\"\"\"\"\n",
	"\n\n,\n\"\"\n",
	"a\"b,c\n\"a\"b\n\"a\nb\nc",
	"\"a\",\"b\n\"\"\nc\",d\ne\r",
	"a,\"b\",c\"\nd,e",
	"\r\r\n\"\r\n\r\"\r",
}

func FuzzScannerReadsAsTheStandardLibrary(f *testing.F) {
	for _, s := range csvSamples {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, input string) {
		if strings.HasPrefix(input, "\ufeff") {
			t.Skip("encoding/csv takes a BOM for text")
		}
		want := standardAll(t, strings.NewReader(input))
		if diff := cmp.Diff(want, scanAll(t, strings.NewReader(input))); diff != "" {
			t.Errorf("(-encoding/csv +scanner)\n%s", diff)
		}
		if diff := cmp.Diff(want, scanAll(t, iotest.OneByteReader(strings.NewReader(input)))); diff != "" {
			t.Errorf("byte by byte (-encoding/csv +scanner)\n%s", diff)
		}
	})
}

func TestScannerReadsLinesLongerThanItsBuffer(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	input := long + "," + long + "\r\n\"" + long + "\n" + long + "\",y\nz\n"
	want := standardAll(t, strings.NewReader(input))
	if diff := cmp.Diff(want, scanAll(t, strings.NewReader(input))); diff != "" {
		t.Errorf("(-encoding/csv +scanner)\n%s", diff)
	}
}

// A row has a greatest length, so that a quote that is never closed does not
// take a file of any size into memory.
func TestScannerRefusesEndlessRows(t *testing.T) {
	lines := strings.Repeat("x,y\n", mostRow/4+1)
	for name, input := range map[string]string{
		"quote": "\"" + lines + "a,b\n",
		"line":  strings.Repeat("x", mostRow+1) + "\na,b\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := newScanner(strings.NewReader(input))
			if err := s.next(); err != errLong {
				t.Fatalf("%v", err)
			}
			if s.line != 1 {
				t.Errorf("line %d", s.line)
			}
			if err := s.next(); err != nil || string(s.cells[0]) != "a" && string(s.cells[0]) != "x" {
				t.Errorf("reading did not go on: %v", err)
			}
		})
	}
}

func FuzzCellsAreQuotedAsTheStandardLibraryDoes(f *testing.F) {
	for _, s := range append(csvSamples, " a", `\.`, "", "\u00a0b", "a b", "\xff,") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		var want bytes.Buffer
		w := csv.NewWriter(&want)
		w.Write([]string{cell, "x"})
		w.Flush()
		if got := string(appendCell(nil, cell)) + ",x\n"; got != want.String() {
			t.Errorf("%q, encoding/csv %q", got, want.String())
		}
	})
}
