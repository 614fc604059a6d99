package csvlog

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"sync"
)

// block is a range of a file that holds whole rows, so that several can be read
// at a time.
type block struct {
	at, size int64
	lines    int // physical lines before it
}

// blockSize is long enough for its rows to cost more than handing it over.
const blockSize = 128 << 10

// cut divides the rows of a file into blocks: those behind so many physical
// lines, which are the header.
func cut(text *Text, header int, size int64) (blocks []block, err error) {
	in := bufio.NewReaderSize(text.from(0), bufferSize)
	var next block
	for next.lines < header {
		length, _, err := passLine(in)
		if err != nil {
			return nil, err
		}
		next.at += length
		next.lines++
	}
	at, lines := next.at, next.lines
	var row scanner
	for {
		length, quotes, err := passLine(in)
		if errors.Is(err, io.EOF) {
			if at > next.at {
				next.size = at - next.at
				blocks = append(blocks, next)
			}
			return blocks, nil
		}
		if err != nil {
			return nil, err
		}
		// If its quotes make pairs a row ends with its line: the text in quotes
		// is closed, or the row is no CSV, and reading goes on with the next line.
		if quotes%2 != 0 {
			row.reset(text.from(at), 0)
			_ = row.next() // a row that is no CSV has an end as well, and an error of reading comes again
			for range row.lines - 1 {
				more, _, err := passLine(in)
				if err != nil {
					return nil, err
				}
				length += more
			}
			lines += row.lines - 1
		}
		at += length
		lines++
		if next.size = at - next.at; next.size >= size {
			blocks = append(blocks, next)
			next = block{at: at, lines: lines}
		}
	}
}

var quote = []byte{'"'}

// passLine goes over one physical line. Its error is io.EOF behind the last one.
func passLine(in *bufio.Reader) (length int64, quotes int, err error) {
	for {
		part, err := in.ReadSlice('\n')
		length += int64(len(part))
		quotes += bytes.Count(part, quote)
		switch {
		case err == nil, errors.Is(err, io.EOF) && length > 0: // the last line has no end
			return length, quotes, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return length, quotes, err
		case length > mostLine:
			return length, quotes, errEndless
		}
	}
}

// blockReader reads the rows of one block after the other with the same memory.
type blockReader struct {
	scanner scanner
	rows    []row
}

var blockReaders = sync.Pool{New: func() any { return new(blockReader) }}

// read reads the rows of a block, each with the problems that it has by itself,
// and works on each. They are the caller's until it gives the reader back.
func (b block) read(text *Text, o *Options, header []*Column, work func(*row)) *blockReader {
	reader := blockReaders.Get().(*blockReader)
	section := io.NewSectionReader(text, b.at, b.size)
	reader.scanner.reset(section, b.lines)
	rows := reader.rows[:0]
	for {
		if len(rows) < cap(rows) {
			rows = rows[:len(rows)+1] // with the memory that one before it had
		} else {
			rows = append(rows, row{})
		}
		r := &rows[len(rows)-1]
		r.text, r.options = text, o
		err := r.next(&reader.scanner, header)
		if err == nil {
			work(r)
			continue
		}
		if errors.Is(err, io.EOF) {
			if at, _ := section.Seek(0, io.SeekCurrent); at < b.size {
				err = io.ErrUnexpectedEOF // the file has become shorter
			}
		}
		if errors.Is(err, io.EOF) {
			rows = rows[:len(rows)-1]
		} else {
			r.in.Line, r.failed = text.lineOf(reader.scanner.lines+1), err
		}
		reader.rows = rows
		return reader
	}
}
