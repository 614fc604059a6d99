package store

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"slices"

	"neurocheck/internal/ward"
)

// mostHeld is the size of the rows of an import that wait in memory, in bytes. More of them
// wait in a temporary file.
const mostHeld = 16 << 20

// spool is a temporary file for rows that do not fit into memory. It is made when it is first
// needed, and only its owner can read it.
type spool struct {
	file *os.File
	size int64
}

// extent is a range of the file.
type extent struct{ at, size int64 }

// write appends data to the file.
func (s *spool) write(data []byte) (extent, error) {
	if s.file == nil {
		file, err := os.CreateTemp("", "neurocheck-import-") // 0600
		if err != nil {
			return extent{}, spoolFailed(err)
		}
		s.file = file
		_ = os.Remove(file.Name()) // an open file stays until it is closed; Windows removes it in close
	}
	e := extent{s.size, int64(len(data))}
	if _, err := s.file.WriteAt(data, e.at); err != nil {
		return e, spoolFailed(err)
	}
	s.size += e.size
	return e, nil
}

// read appends the data of an extent.
func (s *spool) read(dst []byte, e extent) ([]byte, error) {
	dst = slices.Grow(dst, int(e.size))
	_, err := s.file.ReadAt(dst[len(dst):len(dst)+int(e.size)], e.at)
	return dst[:len(dst)+int(e.size)], err
}

// close removes the file.
func (s *spool) close() {
	if s.file != nil {
		_ = s.file.Close()
		_ = os.Remove(s.file.Name())
	}
}

func spoolFailed(err error) error {
	return ward.Unavailable("nothing was imported: a temporary file for the rows cannot be written: " + errors.Unwrap(err).Error())
}

// pile is packed rows in the order in which they were added: first those in a spool.
type pile struct {
	spooled []extent
	held    packed
}

// drain moves the rows to the spool.
func (p *pile) drain(to *spool) error {
	if len(p.held) == 0 {
		return nil
	}
	e, err := to.write(p.held)
	p.spooled, p.held = append(p.spooled, e), nil
	return err
}

// content returns all rows.
func (p *pile) content(from *spool) (all packed, err error) {
	for _, e := range p.spooled {
		if all, err = from.read(all, e); err != nil {
			return nil, err
		}
	}
	return append(all, p.held...), nil
}

// sorter sorts packed values by a number. Values of the same number stay in their order. It
// holds one run of them in memory, and merges the runs that it has spooled.
type sorter struct {
	spool *spool
	keys  []sortKey
	held  packed
	runs  []extent
}

type sortKey struct {
	number   int
	from, to int // of the value, in held
}

// add adds a value, which append packs.
func (s *sorter) add(number int, pack func(*packed)) error {
	from := len(s.held)
	pack(&s.held)
	s.keys = append(s.keys, sortKey{number, from, len(s.held)})
	if len(s.held) < mostHeld {
		return nil
	}
	run := s.run()
	e, err := s.spool.write(run)
	s.runs, s.keys, s.held = append(s.runs, e), s.keys[:0], s.held[:0]
	return err
}

// run returns the values in memory in their order, each after its number and its length.
func (s *sorter) run() []byte {
	slices.SortStableFunc(s.keys, func(a, b sortKey) int { return cmp.Compare(a.number, b.number) })
	run := make(packed, 0, len(s.held)+8*len(s.keys))
	for _, k := range s.keys {
		run.number(int64(k.number))
		run.number(int64(k.to - k.from))
		run = append(run, s.held[k.from:k.to]...)
	}
	return run
}

// each yields the values in the order of their numbers. A value is valid until yield
// returns.
func (s *sorter) each(yield func(value packed) error) error {
	last := s.run()
	s.keys, s.held = nil, nil
	var sources []*runReader
	for _, e := range s.runs {
		sources = append(sources, &runReader{in: bufio.NewReaderSize(io.NewSectionReader(s.spool.file, e.at, e.size), 1<<16)})
	}
	sources = append(sources, &runReader{in: bufio.NewReader(bytes.NewReader(last))})
	for _, r := range sources {
		r.next()
	}
	for {
		var least *runReader
		for _, r := range sources {
			if r.err == nil && (least == nil || r.number < least.number) {
				least = r
			}
			if r.err != nil && !errors.Is(r.err, io.EOF) {
				return r.err
			}
		}
		if least == nil {
			return nil
		}
		if err := yield(least.value); err != nil {
			return err
		}
		least.next()
	}
}

// runReader reads the values of a run.
type runReader struct {
	in     *bufio.Reader
	number int64
	value  packed
	err    error // io.EOF after the last
}

func (r *runReader) next() {
	if r.number, r.err = binary.ReadVarint(r.in); r.err != nil {
		return
	}
	length, err := binary.ReadVarint(r.in)
	if err == nil {
		r.value = slices.Grow(r.value[:0], int(length))[:length]
		_, err = io.ReadFull(r.in, r.value)
	}
	if err != nil {
		r.err = cmp.Or(err, io.ErrUnexpectedEOF)
	}
	if errors.Is(err, io.EOF) {
		r.err = io.ErrUnexpectedEOF
	}
}
