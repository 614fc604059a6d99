package fhir

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
)

// form writes resources in one of the forms of an export.
type form interface {
	// resource writes one, whose text is one line without its end.
	resource(h *header, text []byte) error
	// group ends resources that belong together.
	group() error
	close() error
}

// stream is one text: a Bundle of the type collection, or a resource a line.
type stream struct {
	out    *bufio.Writer
	bundle bool
	made   string
	count  int
}

func newStream(w io.Writer) *stream { return &stream{out: bufio.NewWriterSize(w, 1<<16)} }

func (s *stream) resource(h *header, text []byte) error {
	before, after := "", "\n"
	if s.bundle {
		before, after = ",\n", "}"
		if s.count == 0 {
			before = s.head() + `,"entry":[` + "\n"
		}
		before += `{"fullUrl":"` + base + h.ResourceType + "/" + h.ID + `","resource":`
	}
	s.count++
	return s.write(before, string(text), after)
}

func (s *stream) head() string {
	return `{"resourceType":"Bundle","type":"collection","timestamp":"` + s.made + `"`
}

func (s *stream) write(parts ...string) error {
	for _, part := range parts {
		if _, err := s.out.WriteString(part); err != nil {
			return err
		}
	}
	return nil
}

func (s *stream) group() error { return nil }

func (s *stream) close() error {
	end := ""
	switch {
	case s.bundle && s.count > 0:
		end = "\n]}\n"
	case s.bundle: // FHIR knows no empty lists
		end = s.head() + "}\n"
	}
	if err := s.write(end); err != nil {
		return err
	}
	return s.out.Flush()
}

// Create makes a new file of a folder. The encoder closes it.
type Create func(name string) (io.WriteCloser, error)

// transactions are Bundles of the type transaction, a file each: 00001.json and so on.
type transactions struct {
	create  Create
	most    int // entries of a Bundle, unless a group has more
	made    string
	pending []string // entries of the group that has not ended
	entries int      // in the file that is open
	files   int
	file    io.WriteCloser
	out     *bufio.Writer
}

// resource adds an entry. PUT with the identity of the resource does the same if it is
// done twice; it makes what is missing, and replaces what is there.
func (t *transactions) resource(h *header, text []byte) error {
	t.pending = append(t.pending, `{"resource":`+string(text)+`,"request":{"method":"PUT","url":"`+h.ResourceType+"/"+h.ID+`"}}`)
	return nil
}

// group writes the resources that belong together into the Bundle that is open, or into
// the next one if they have no room there.
func (t *transactions) group() error {
	if len(t.pending) == 0 {
		return nil
	}
	if t.file != nil && t.entries+len(t.pending) > t.most {
		if err := t.endFile(); err != nil {
			return err
		}
	}
	for _, entry := range t.pending {
		before := ",\n"
		if t.file == nil {
			if err := t.nextFile(); err != nil {
				return err
			}
			before = `{"resourceType":"Bundle","type":"transaction","timestamp":"` + t.made + `","entry":[` + "\n"
		}
		if _, err := t.out.WriteString(before + entry); err != nil {
			return err
		}
		t.entries++
	}
	t.pending = t.pending[:0]
	return nil
}

func (t *transactions) nextFile() (err error) {
	t.files++
	t.entries = 0
	if t.file, err = t.create(fmt.Sprintf("%05d.json", t.files)); err == nil {
		t.out = bufio.NewWriterSize(t.file, 1<<16)
	}
	return err
}

func (t *transactions) endFile() error {
	file := t.file
	t.file = nil
	if _, err := t.out.WriteString("\n]}\n"); err != nil {
		file.Close() // the first error counts
		return err
	}
	if err := t.out.Flush(); err != nil {
		file.Close() // the first error counts
		return err
	}
	return file.Close()
}

func (t *transactions) close() error {
	if err := t.group(); err != nil || t.file == nil {
		return err
	}
	return t.endFile()
}

// byType is a file a type of resource, with a resource a line.
type byType struct {
	create Create
	files  map[string]*typeFile
}

type typeFile struct {
	*stream
	file io.WriteCloser
}

func (b *byType) resource(h *header, text []byte) error {
	f := b.files[h.ResourceType]
	if f == nil {
		file, err := b.create(h.ResourceType + ".ndjson")
		if err != nil {
			return err
		}
		f = &typeFile{newStream(file), file}
		b.files[h.ResourceType] = f
	}
	return f.resource(h, text)
}

func (b *byType) group() error { return nil }

func (b *byType) close() (err error) {
	for _, name := range slices.Sorted(maps.Keys(b.files)) {
		f := b.files[name]
		for _, failed := range []error{f.close(), f.file.Close()} {
			if err == nil {
				err = failed
			}
		}
	}
	return err
}
