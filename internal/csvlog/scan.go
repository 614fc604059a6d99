package csvlog

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"neurocheck/internal/ward"
)

// scanner reads rows of CSV as RFC 4180 has them, and as encoding/csv reads
// them: a test compares the two. It is a reader of its own because it hands out
// cells without allocating, knows the place of each cell in the file, keeps rows
// to a length, and goes on after a row that is no CSV.
type scanner struct {
	r         *bufio.Reader
	separator byte // of the cells

	line  int      // physical line at which the row starts
	cells [][]byte // of the row; valid until the next call of next

	raw      []byte // the row as the file has it, line ends made LF
	long     []byte // backs a line that is longer than the reader's buffer
	row      []byte // backs a row that has quotes and so may run over several lines
	unquoted []byte // backs the cells that stood in quotes
	joined   []byte // backs texts
	lines    int    // physical lines read so far
}

// mostRow is the greatest length of a row. Far longer ones come from a quote
// that is never closed, and would take the rest of the file into memory.
const mostRow = 1 << 20

// syntaxError is why a row is no CSV; reading can go on behind it.
type syntaxError string

func (e syntaxError) Error() string { return string(e) }

const (
	errBareQuote syntaxError = `a quote is inside a cell; put the cell in quotes and write the quote twice`
	errAfter     syntaxError = `something follows a closing quote; write a quote inside a cell twice`
	errUnclosed  syntaxError = `a quote that opens here is never closed`
	errLong      syntaxError = `the row is longer than 1 MiB; is a quote never closed?`
	errCells     syntaxError = `the row has more than 1,000 cells`
	errCell      syntaxError = `a cell is longer than 256 KiB; is a quote never closed?`
)

// The limits of a row, far above those of any real file.
const (
	mostCells = 1000
	mostCell  = 256 << 10
)

// mostLine is the length of a line after which reading ends: such a file is no text.
const mostLine = 64 << 20

var errEndless = ward.Invalid("", "a line is longer than 64 MiB: this is no CSV file")

const bufferSize = 1 << 16

func newScanner(r io.Reader) *scanner {
	s := &scanner{r: bufio.NewReaderSize(r, bufferSize), separator: ','}
	if mark, err := s.r.Peek(3); err == nil && string(mark) == "\ufeff" {
		s.r.Discard(3) // the peeked bytes are there
	}
	return s
}

// reset begins with the text of r, behind so many physical lines. The scanner may
// be a zero one.
func (s *scanner) reset(r io.Reader, lines int) {
	if s.r == nil {
		s.r = bufio.NewReaderSize(r, bufferSize)
	}
	s.r.Reset(r)
	s.lines, s.separator = lines, ','
}

// next reads the next row, passing over empty lines. It returns io.EOF behind
// the last one, a syntaxError for a row that is no CSV, or the error of the
// reader below.
func (s *scanner) next() error {
	s.cells = s.cells[:0]
	for {
		line, err := s.readLine()
		s.line = s.lines
		if err != nil {
			return err
		}
		if len(line) == 0 || len(line) == 1 && line[0] == '\n' {
			continue
		}
		s.raw = line
		if bytes.IndexByte(line, '"') >= 0 {
			if err := s.splitQuoted(); err != nil {
				return err
			}
			return s.withinLimits()
		}
		s.split(bytes.TrimSuffix(line, newline))
		return s.withinLimits()
	}
}

// withinLimits returns an error if the row has too many cells, or too long a cell.
func (s *scanner) withinLimits() error {
	if len(s.cells) > mostCells {
		return errCells
	}
	if len(s.raw) <= mostCell {
		return nil
	}
	for _, cell := range s.cells {
		if len(cell) > mostCell {
			return errCell
		}
	}
	return nil
}

var newline = []byte{'\n'}

// split cuts a text without quotes at its separators.
func (s *scanner) split(text []byte) {
	cells, start, separator := s.cells, 0, s.separator
	for i, b := range text {
		if b == separator {
			cells = append(cells, text[start:i])
			start = i + 1
		}
	}
	s.cells = append(cells, text[start:])
}

// splitQuoted cuts a row that has quotes, and reads on if a cell runs over
// the end of the line.
func (s *scanner) splitQuoted() error {
	s.row = append(s.row[:0], s.raw...)
	s.raw, s.unquoted = s.row, s.unquoted[:0]
	for at := 0; ; at++ {
		before := bytes.IndexByte(s.raw[at:], '"')
		switch {
		case before < 0:
			s.split(bytes.TrimSuffix(s.raw[at:], newline))
			return nil
		case before > 0 && s.raw[at+before-1] != s.separator:
			return errBareQuote
		case before > 0:
			s.split(s.raw[at : at+before-1])
		}
		cell, end, err := s.unquote(at + before)
		if err != nil {
			return err
		}
		s.cells = append(s.cells, cell)
		at = end
		if at == len(s.raw) || s.raw[at] == '\n' {
			return nil
		}
		if s.raw[at] != s.separator {
			return errAfter
		}
	}
}

// unquote reads the cell whose opening quote is at at; end is the place of its
// closing quote.
func (s *scanner) unquote(at int) (cell []byte, end int, err error) {
	from := len(s.unquoted)
	at++
	for {
		i := bytes.IndexByte(s.raw[at:], '"')
		if i < 0 {
			s.unquoted = append(s.unquoted, s.raw[at:]...)
			at = len(s.raw)
			if err := s.readOn(); err != nil {
				return nil, at, err
			}
			continue
		}
		s.unquoted = append(s.unquoted, s.raw[at:at+i]...)
		at += i + 1
		if at == len(s.raw) || s.raw[at] != '"' {
			return s.unquoted[from:], at, nil
		}
		s.unquoted = append(s.unquoted, '"')
		at++
	}
}

// readOn adds the next physical line to the row.
func (s *scanner) readOn() error {
	line, err := s.readLine()
	switch {
	case errors.Is(err, io.EOF):
		return errUnclosed
	case err != nil:
		return err
	case len(s.row)+len(line) > mostRow:
		return errLong
	}
	s.row = append(s.row, line...)
	s.raw = s.row
	return nil
}

// readLine reads one physical line with its end, which it makes LF. The line is
// valid until the next call.
func (s *scanner) readLine() ([]byte, error) {
	line, err := s.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		s.long = append(s.long[:0], line...)
		for length := len(line); errors.Is(err, bufio.ErrBufferFull); length += len(line) {
			if length > mostLine {
				return nil, errEndless
			}
			line, err = s.r.ReadSlice('\n')
			if len(s.long) <= mostRow {
				s.long = append(s.long, line...)
			}
		}
		line = s.long
	}
	if len(line) > 0 {
		s.lines++
		if errors.Is(err, io.EOF) {
			err = nil // the last line has no end
			line = bytes.TrimSuffix(line, []byte{'\r'})
		}
	}
	if err != nil {
		return nil, err
	}
	if len(line) > mostRow {
		return nil, errLong
	}
	if n := len(line); n > 1 && line[n-1] == '\n' && line[n-2] == '\r' {
		line[n-2] = '\n'
		line = line[:n-1]
	}
	return line, nil
}

// cells are the cells of a row as texts, which stay valid: parts of one string, with the
// places at which they end, because rows have many cells and a string each would be more
// work for the garbage collector than the rest.
type cells struct {
	all  string
	ends []int
}

func (c cells) none() cells { return cells{ends: c.ends[:0]} }

// text returns the i-th cell.
func (c cells) text(i int) string {
	from := 0
	if i > 0 {
		from = c.ends[i-1]
	}
	return c.all[from:c.ends[i]]
}

// texts returns the cells, in the memory of into. Those of the columns that the header
// passes over are empty.
func (s *scanner) texts(into cells, header []*Column) cells {
	s.joined, into.ends = s.joined[:0], into.ends[:0]
	for i, cell := range s.cells {
		if header[i] != nil {
			s.joined = append(s.joined, cell...)
		}
		into.ends = append(into.ends, len(s.joined))
	}
	into.all = string(s.joined)
	return into
}

// validUTF8 reports whether the whole row is valid UTF-8.
func (s *scanner) validUTF8() bool { return utf8.Valid(s.raw) }

// position returns the place at which the i-th cell is no UTF-8; see invalid.
func (s *scanner) position(i int) (line, column int, found bool) {
	end := len(s.raw)
	if i+1 < len(s.cells) {
		end = s.start(i + 1)
	}
	return s.invalid(s.start(i), end)
}

// invalid returns the physical line and the column, in characters from 1, of the
// first byte of raw between from and to that is no UTF-8.
func (s *scanner) invalid(from, to int) (line, column int, found bool) {
	for at := from; at < to; {
		r, size := utf8.DecodeRune(s.raw[at:to])
		if r == utf8.RuneError && size == 1 {
			before := s.raw[:at]
			lineStart := bytes.LastIndexByte(before, '\n') + 1
			return s.line + bytes.Count(before, newline), utf8.RuneCount(before[lineStart:]) + 1, true
		}
		at += size
	}
	return 0, 0, false
}

// start returns the index in raw at which the i-th cell starts.
func (s *scanner) start(i int) (at int) {
	for range i {
		for quoted := false; quoted || s.raw[at] != s.separator; at++ {
			quoted = quoted != (s.raw[at] == '"') // a quote in quotes is written twice
		}
		at++
	}
	return at
}
