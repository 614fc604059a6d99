package csvlog

import (
	"bufio"
	"bytes"
	"sync"
)

// block is a stretch of a file that holds whole rows, so that several can be read
// at a time.
type block struct {
	data  []byte
	lines int // physical lines before it
}

// blockSize is long enough for its rows to cost more than handing it over.
const blockSize = 128 << 10

// cut divides the rows of a file into blocks: those behind so many physical
// lines, which are the header.
func cut(data []byte, header, size int) (blocks []block) {
	lines, at := header, end(data, header)
	next := block{lines: lines}
	from := at
	for at < len(data) {
		line := data[at : at+end(data[at:], 1)]
		n := 1
		// Where its quotes make pairs a row ends with its line: what stands in quotes
		// is closed, or the row is no CSV, and reading goes on with the next line.
		if bytes.Count(line, quote)%2 != 0 {
			s := scannerOf(block{data: data[at:]})
			_ = s.next() // a row that is no CSV has an end as well
			n = s.lines
		}
		lines += n
		at += end(data[at:], n)
		if at-from >= size || at == len(data) {
			next.data = data[from:at]
			blocks = append(blocks, next)
			from, next = at, block{lines: lines}
		}
	}
	return blocks
}

var quote = []byte{'"'}

// end returns where the first physical lines of data end.
func end(data []byte, lines int) (at int) {
	for range lines {
		i := bytes.IndexByte(data[at:], '\n')
		if i < 0 {
			return len(data)
		}
		at += i + 1
	}
	return at
}

// scannerOf reads the rows of a block.
func scannerOf(b block) *scanner {
	return &scanner{r: bufio.NewReaderSize(bytes.NewReader(b.data), bufferSize), lines: b.lines}
}

// rowsOf are the rows of blocks, used again for others.
var rowsOf = sync.Pool{New: func() any { return new([]row) }}

// read reads the rows of a block, each with what is wrong with it taken by itself,
// and works on each.
func (b block) read(file string, header []*Column, work func(*row)) *[]row {
	all := rowsOf.Get().(*[]row)
	rows := (*all)[:0]
	s := scannerOf(b)
	for {
		if len(rows) < cap(rows) {
			rows = rows[:len(rows)+1] // with the memory that one before it had
		} else {
			rows = append(rows, row{})
		}
		r := &rows[len(rows)-1]
		r.file = file
		if err := r.next(s, header); err != nil { // the end: reading from memory does not fail
			*all = rows[:len(rows)-1]
			return all
		}
		work(r)
	}
}
