package csvlog

import (
	"bytes"
	"errors"
	"io"
	"os"

	"neurocheck/internal/ward"
)

// Text is the text of an import file, which is read more than once and in
// several places at a time. A file stays on the disk; any other text
// is kept in memory.
type Text struct {
	io.ReaderAt
	size int64

	file   *os.File // nil for a text in memory
	before os.FileInfo
	lines  []int // of the source by lines of the text, if it was made from another text; see [Made]
}

// Open returns the text of r. If r is a file it stays on the disk, and has to stay open
// until the text is not needed any more.
func Open(r io.Reader) (*Text, error) {
	if file, ok := r.(*os.File); ok {
		info, err := file.Stat()
		if err == nil && info.Mode().IsRegular() {
			from, err := file.Seek(0, io.SeekCurrent) // the text before is no part of it
			if err != nil {
				return nil, err
			}
			size := max(info.Size()-from, 0)
			return &Text{ReaderAt: io.NewSectionReader(file, from, size), size: size, file: file, before: info}, nil
		}
	}
	data, err := readPiped(r)
	return &Text{ReaderAt: bytes.NewReader(data), size: int64(len(data))}, err
}

// mostPiped is the size of a text that is kept in memory.
const mostPiped = 1 << 30

// readPiped reads a text that has no file, such as that of a pipe. It ends with a line
// that is too long for a row, because the other end may never stop.
func readPiped(r io.Reader) (data []byte, err error) {
	part := make([]byte, bufferSize)
	line := 0
	for {
		n, err := r.Read(part)
		data = append(data, part[:n]...)
		if end := bytes.LastIndexByte(part[:n], '\n'); end >= 0 {
			line = n - end - 1
		} else {
			line += n
		}
		switch {
		case errors.Is(err, io.EOF):
			return data, nil
		case err != nil:
			return nil, err
		case line > mostLine:
			return nil, errEndless
		case len(data) > mostPiped:
			return nil, ward.Invalid("", "more than 1 GiB came through the pipe; save it as a file and import that")
		}
	}
}

// Made returns a text that was made from another one. lines has, for each physical line
// of the text, the line of the other one that it comes from.
func Made(text []byte, lines []int) *Text {
	return &Text{ReaderAt: bytes.NewReader(text), size: int64(len(text)), lines: lines}
}

// All reads the whole text, of at most 1 GiB.
func (s *Text) All() ([]byte, error) {
	if s.size > mostPiped {
		return nil, ward.Invalid("", "the file is larger than 1 GiB, the most that is read in a form other than that of an export")
	}
	data := make([]byte, s.size)
	if n, err := io.ReadFull(s.from(0), data); err != nil && n > 0 {
		return nil, err
	}
	return data, nil
}

// Plain reports whether the text begins with a header as an export has it: the columns
// by their names alone, with commas.
func (s *Text) Plain() bool {
	in := newScanner(s.from(0))
	if err := in.next(); err != nil || !in.validUTF8() {
		return false
	}
	for _, cell := range in.cells {
		if byName[string(cell)] == nil {
			return false
		}
	}
	return true
}

// lineOf returns the line of the source at which a line of the text comes from.
func (s *Text) lineOf(line int) int {
	if line < 1 || line > len(s.lines) {
		return line
	}
	return s.lines[line-1]
}

// from reads the text from one place on.
func (s *Text) from(at int64) io.Reader { return io.NewSectionReader(s, at, s.size-at) }

// changed reports whether a program has written to the file since it became a
// Text, as far as the file tells.
func (s *Text) changed() bool {
	if s.file == nil {
		return false
	}
	now, err := s.file.Stat()
	return err != nil || now.Size() != s.before.Size() || !now.ModTime().Equal(s.before.ModTime())
}
