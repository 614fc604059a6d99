package csvlog

import (
	"context"
	"io"
	"sync"

	"neurocheck/internal/ward"
)

// Parts are the checks that are to leave, in parts: several are read and written
// as CSV at a time, and put together in their order.
type Parts interface {
	// Parts returns how many parts there are.
	Parts() int
	// Readers returns how many may be read at a time, each by a reader of its own.
	Readers() int
	// Each calls yield for the checks of one part: with a patient and a stay, which
	// are shared and do not change while the part is read; with the identity, the
	// texts (reason_note, recorded_by, other_cause_note, note) and the times of the
	// check; and with the cells of each list of [Profile.Kept], joined by commas. Parts
	// and readers are counted from 0.
	Each(ctx context.Context, reader, part int, yield func(p *ward.Patient, s *ward.Stay, c *ward.Check, kept [][]byte) error) error
}

// Kept returns the names of the columns whose cells the log keeps as they leave:
// numbers and codes, which need no quotes. Those of columns side by side are one list.
func (p Profile) Kept() (lists [][]string) {
	for _, s := range ranges(p.columns()) {
		if s.by != asKept {
			continue
		}
		var names []string
		for _, c := range s.columns {
			names = append(names, c.Name)
		}
		lists = append(lists, names)
	}
	return lists
}

// columnRange is columns side by side that are written in one go.
type columnRange struct {
	by      writing
	columns []*Column
}

// writing is the way in which the cells of a range are made.
type writing int

const (
	forCheck writing = iota // by the column, for each check
	forStay                 // by the column, once for each stay of a patient
	asKept                  // copied
)

func ranges(columns []*Column) (list []columnRange) {
	for _, c := range columns {
		by := forCheck
		switch {
		case c.ofPatient():
			by = forStay
		case c.kept:
			by = asKept
		}
		n := len(list)
		if n == 0 || list[n-1].by != by {
			list = append(list, columnRange{by: by})
			n++
		}
		list[n-1].columns = append(list[n-1].columns, c)
	}
	return list
}

func (s *columnRange) append(row []byte, p *ward.Patient, stay *ward.Stay, c *ward.Check) []byte {
	for i, column := range s.columns {
		row = column.write(appendComma(row, i), p, stay, c)
	}
	return row
}

// InParts reports whether [Profile.ExportParts] can write the profile: each row is
// a version of a check.
func (p Profile) InParts() bool { return p.rows == nil }

// ExportParts is [Profile.Export] of checks that come in parts, with the cells that
// [Profile.Kept] names. The profile must be one that [Profile.InParts] reports.
func (p Profile) ExportParts(ctx context.Context, w io.Writer, parts Parts, o ExportOptions) (rows int, err error) {
	l := p.form()
	if _, err := w.Write(l.header()); err != nil {
		return 0, err
	}
	list := ranges(l.columns)
	read := func(reader, part int) *piece { return p.readPart(ctx, parts, reader, part, list) }
	for p := range inOrder(parts.Parts(), parts.Readers(), read) {
		if p.err != nil {
			return rows, p.err
		}
		if _, err := w.Write(p.text); err != nil {
			return rows, err
		}
		rows += p.rows
		o.report(rows)
		texts.Put(&p.text)
	}
	return rows, ctx.Err()
}

// ExportPartsFile is [Profile.ExportFile] of checks that come in parts.
func (p Profile) ExportPartsFile(ctx context.Context, path string, parts Parts, o ExportOptions) (rows int, err error) {
	return wholeFile(path, o, func(w io.Writer) (int, error) { return p.ExportParts(ctx, w, parts, o) })
}

// piece is a part that was read.
type piece struct {
	text []byte
	rows int
	err  error
}

// texts are used again, so that the memory does not grow with the file.
var texts = sync.Pool{New: func() any { return new([]byte) }}

func (p Profile) readPart(ctx context.Context, parts Parts, reader, part int, ranges []columnRange) *piece {
	out, end := &piece{}, p.form().end
	text := (*texts.Get().(*[]byte))[:0]
	type owner struct {
		*ward.Patient
		*ward.Stay
	}
	known := make(map[owner][][]byte) // their cells, range by range
	out.err = parts.Each(ctx, reader, part, func(patient *ward.Patient, stay *ward.Stay, c *ward.Check, kept [][]byte) error {
		if p.change != nil {
			var other ward.Check
			patient, stay, other = p.change(patient, stay, c)
			c = &other
		}
		theirs, there := known[owner{patient, stay}]
		if !there {
			for i := range ranges {
				if s := &ranges[i]; s.by == forStay {
					theirs = append(theirs, s.append(nil, patient, stay, c))
				}
			}
			known[owner{patient, stay}] = theirs
		}
		for i := range ranges {
			s := &ranges[i]
			text = appendComma(text, i)
			switch s.by {
			case forCheck:
				text = s.append(text, patient, stay, c)
			case forStay:
				text = append(text, theirs[0]...)
				theirs = theirs[1:]
			case asKept:
				text = append(text, kept[0]...)
				kept = kept[1:]
			}
		}
		text = append(text, end...)
		out.rows++
		return nil
	})
	out.text = text
	return out
}
