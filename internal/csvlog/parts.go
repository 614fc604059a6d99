package csvlog

import (
	"context"
	"io"
	"strconv"
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
	// Each calls yield for the checks of one part: with a patient who is shared
	// and stays as he is, with the texts and times of the check, and with the
	// cells of the columns of [Kept], a group each: nil, or an int64 or a string.
	// Parts and readers are counted from 0.
	Each(ctx context.Context, reader, part int, yield func(p *ward.Patient, c *ward.Check, kept []any) error) error
}

// Kept returns the names of the columns whose cells the log keeps as they leave:
// a number alone, codes that stand side by side as one group with commas between
// the cells.
func Kept() (groups [][]string) {
	for _, s := range stretches {
		if s.by != asKept {
			continue
		}
		var names []string
		for _, c := range s.columns {
			names = append(names, c.Name)
		}
		groups = append(groups, names)
	}
	return groups
}

// stretch is columns side by side that are written in one go.
type stretch struct {
	by      writing
	columns []*Column
}

// writing is how the cells of a row come about.
type writing int

const (
	forCheck   writing = iota // by the column, for each check
	forPatient                // by the column, once for each patient
	asKept                    // copied
)

var stretches = func() (list []stretch) {
	for _, c := range columns {
		by := forCheck
		switch {
		case c.Part == PartPatient:
			by = forPatient
		case c.kept:
			by = asKept
		}
		n := len(list)
		number := by == asKept && c.Type == "integer"
		if n == 0 || list[n-1].by != by || number || list[n-1].columns[0].Type == "integer" {
			list = append(list, stretch{by: by})
			n++
		}
		list[n-1].columns = append(list[n-1].columns, c)
	}
	return list
}()

func (s *stretch) append(row []byte, p *ward.Patient, c *ward.Check) []byte {
	for i, column := range s.columns {
		row = column.write(appendComma(row, i), p, c)
	}
	return row
}

// ExportParts is [Export] of what comes in parts.
func ExportParts(ctx context.Context, w io.Writer, parts Parts, o ExportOptions) (rows int, err error) {
	if _, err := w.Write(header()); err != nil {
		return 0, err
	}
	read := func(reader, part int) *piece { return readPart(ctx, parts, reader, part) }
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

// ExportPartsFile is [ExportFile] of what comes in parts.
func ExportPartsFile(ctx context.Context, path string, parts Parts, o ExportOptions) (rows int, err error) {
	return wholeFile(path, o, func(w io.Writer) (int, error) { return ExportParts(ctx, w, parts, o) })
}

// piece is a part that was read.
type piece struct {
	text []byte
	rows int
	err  error
}

// texts are used again, so that the memory does not grow with the file.
var texts = sync.Pool{New: func() any { return new([]byte) }}

func readPart(ctx context.Context, parts Parts, reader, part int) *piece {
	p := &piece{}
	text := (*texts.Get().(*[]byte))[:0]
	patients := make(map[*ward.Patient][]byte) // their cells
	p.err = parts.Each(ctx, reader, part, func(patient *ward.Patient, c *ward.Check, kept []any) error {
		for i := range stretches {
			s := &stretches[i]
			text = appendComma(text, i)
			switch s.by {
			case forCheck:
				text = s.append(text, patient, c)
			case forPatient:
				cells, known := patients[patient]
				if !known {
					cells = s.append(nil, patient, c)
					patients[patient] = cells
				}
				text = append(text, cells...)
			case asKept:
				text = appendKept(text, kept[0])
				kept = kept[1:]
			}
		}
		text = append(text, '\n')
		p.rows++
		return nil
	})
	p.text = text
	return p
}

func appendKept(row []byte, cell any) []byte {
	switch v := cell.(type) {
	case int64:
		return strconv.AppendInt(row, v, 10)
	case string:
		return append(row, v...)
	}
	return row
}
