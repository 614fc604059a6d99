package csvlog

import (
	"bufio"
	"context"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"neurocheck/internal/ward"
)

// Table is a table in which a part of a ward leaves the log and comes back, with rows of
// type T. Its columns come in one order, and each cell has one spelling.
type Table[T any] struct {
	Name    string // also of its file, without .csv
	title   string
	about   string
	key     []string
	columns []tableColumn[T]
}

// tableColumn is one column of a table.
type tableColumn[T any] struct {
	Field
	text  bool // free text, which has another form for spreadsheets
	write func(dst []byte, row *T) []byte
	read  func(row *T, cell string) (reason string) // of a cell that is not empty
}

// EachRow calls yield for each row of a table, in order. It returns the first error of
// yield or of the reader of the log.
type EachRow[T any] func(yield func(*T) error) error

// Export writes the rows to w, and returns how many there were. It stops when ctx ends.
func (t *Table[T]) Export(ctx context.Context, w io.Writer, each EachRow[T], asSpreadsheet bool) (rows int, err error) {
	begin, end := "", "\n"
	if asSpreadsheet {
		begin, end = byteOrderMark, "\r\n"
	}
	out := bufio.NewWriterSize(w, 1<<16)
	row := []byte(begin)
	for i, name := range t.header(asSpreadsheet) {
		row = append(appendComma(row, i), name...)
	}
	out.Write(append(row, end...)) // an error stays and comes with the next call
	err = each(func(r *T) error {
		rows++
		row = row[:0]
		for i := range t.columns {
			row = t.columns[i].append(appendComma(row, i), r, asSpreadsheet)
		}
		if asSpreadsheet {
			row = append(append(row, ','), spreadsheet...)
		}
		if _, err := out.Write(append(row, end...)); err != nil {
			return err
		}
		return ctx.Err()
	})
	if err != nil {
		return rows, err
	}
	return rows, out.Flush()
}

// ExportFile is [Table.Export] to the file at path, as [Profile.ExportFile] does checks.
func (t *Table[T]) ExportFile(ctx context.Context, path string, each EachRow[T], asSpreadsheet bool, o ExportOptions) (rows int, err error) {
	return wholeFile(path, o, func(w io.Writer) (int, error) { return t.Export(ctx, w, each, asSpreadsheet) })
}

// header returns the names of the columns.
func (t *Table[T]) header(asSpreadsheet bool) (names []string) {
	for i := range t.columns {
		names = append(names, t.columns[i].Name)
	}
	if asSpreadsheet {
		names = append(names, profileMark.Name)
	}
	return names
}

// Schema returns the text of the table schema.
func (t *Table[T]) Schema() ([]byte, error) {
	var fields []Field
	for i := range t.columns {
		fields = append(fields, t.columns[i].Field)
	}
	return tableSchema(t.title, t.about, t.key, fields)
}

// append appends the cell of a row.
func (c *tableColumn[T]) append(dst []byte, row *T, asSpreadsheet bool) []byte {
	if !c.text {
		return c.write(dst, row)
	}
	cell := string(c.write(nil, row))
	if asSpreadsheet {
		cell = disarm(cell)
	}
	return appendCell(dst, cell)
}

// must marks a column whose cells may not be empty.
func (c tableColumn[T]) must() tableColumn[T] {
	c.Constraints.Required = true
	return c
}

// freeText makes a column of free text.
func freeText[T any](name, description string, at func(*T) *string) tableColumn[T] {
	return tableColumn[T]{
		Field: Field{Name: name, Type: "string", Description: description}, text: true,
		write: func(dst []byte, row *T) []byte { return append(dst, *at(row)...) },
		read: func(row *T, cell string) string {
			if ward.CleanText(cell) != cell {
				return "holds a control character"
			}
			*at(row) = cell
			return ""
		},
	}
}

// oneWord makes a column of codes.
func oneWord[T any](name, description string, terms []ward.Term, at func(*T) *string) tableColumn[T] {
	c := freeText(name, description, at)
	c.text, c.Constraints.Enum = false, codesOf(terms)
	read := c.read
	c.read = func(row *T, cell string) string {
		if !slices.Contains(c.Constraints.Enum, cell) {
			return "not allowed here; allowed: " + strings.Join(c.Constraints.Enum, ", ")
		}
		return read(row, cell)
	}
	return c
}

// timeOf makes a column of times.
func timeOf[T any](name, description string, at func(*T) *time.Time) tableColumn[T] {
	return tableColumn[T]{
		Field: Field{Name: name, Type: "datetime", Description: description + ". RFC 3339 with the offset from UTC, to the millisecond"},
		write: func(dst []byte, row *T) []byte { return appendTime(dst, *at(row)) },
		read: func(row *T, cell string) (reason string) {
			*at(row), reason = parseTime(cell)
			return reason
		},
	}
}

// numberOf makes a column of whole numbers. An empty cell is there if the number has no
// meaning in the row.
func numberOf[T any](name, description string, least, most int, get func(*T) (n int, there bool), set func(*T, int)) tableColumn[T] {
	field, parse := integer(name, description, least, most)
	return tableColumn[T]{
		Field: field,
		write: func(dst []byte, row *T) []byte {
			if n, there := get(row); there {
				dst = strconv.AppendInt(dst, int64(n), 10)
			}
			return dst
		},
		read: func(row *T, cell string) string {
			n, reason := parse(cell)
			if reason == "" {
				set(row, n)
			}
			return reason
		},
	}
}

// as makes a column of a table from one of [Columns], of which at returns the parts in a row.
// A name that is not empty replaces that of the column.
func as[T any](c *Column, name, description string, at func(*T) (*ward.Patient, *ward.Stay, *ward.Check)) tableColumn[T] {
	out := tableColumn[T]{
		Field: c.Field,
		text:  c.text != nil,
		write: func(dst []byte, row *T) []byte {
			p, s, k := at(row)
			if c.text != nil { // the table quotes it
				return append(dst, *c.text(p, s, k)...)
			}
			return c.write(dst, p, s, k)
		},
		read: func(row *T, cell string) string {
			if c.read == nil {
				return ""
			}
			p, s, k := at(row)
			return c.read(p, s, k, cell)
		},
	}
	out.Constraints.Required = false
	if name != "" {
		out.Name = name
	}
	if description != "" {
		out.Description = description
	}
	return out
}
