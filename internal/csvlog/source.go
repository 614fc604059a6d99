package csvlog

import (
	"bytes"
	"errors"
	"io"
	"os"

	"neurocheck/internal/ward"
)

// source is the text of an import file, which is read more than once and in
// several places at a time. A file stays on the disk; any other text
// is kept in memory.
type source struct {
	io.ReaderAt
	size int64

	file   *os.File // nil for a text in memory
	before os.FileInfo
}

func sourceOf(r io.Reader) (*source, error) {
	if file, ok := r.(*os.File); ok {
		info, err := file.Stat()
		if err == nil && info.Mode().IsRegular() {
			from, err := file.Seek(0, io.SeekCurrent) // the text before is no part of it
			if err != nil {
				return nil, err
			}
			size := max(info.Size()-from, 0)
			return &source{ReaderAt: io.NewSectionReader(file, from, size), size: size, file: file, before: info}, nil
		}
	}
	data, err := readPiped(r)
	return &source{ReaderAt: bytes.NewReader(data), size: int64(len(data))}, err
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

// from reads the text from one place on.
func (s *source) from(at int64) io.Reader { return io.NewSectionReader(s, at, s.size-at) }

// changed reports whether a program has written to the file since it became a
// source, as far as the file tells.
func (s *source) changed() bool {
	if s.file == nil {
		return false
	}
	now, err := s.file.Stat()
	return err != nil || now.Size() != s.before.Size() || !now.ModTime().Equal(s.before.ModTime())
}
