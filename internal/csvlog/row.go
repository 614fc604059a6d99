package csvlog

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"unicode"

	"neurocheck/internal/ward"
)

// row is one row of an import file, as the file has it.
type row struct {
	text    *Text
	options *Options

	in   ward.ImportRow
	said []said     // cells of the patient and of the stay
	stay *stayFacts // set by [Import.validate]; nil if the file has no stay for the row
	bad  []Problem  // the reasons to refuse it

	total string // the column that gave stated_total

	unread bool  // its cells could not be told apart
	failed error // the error for which neither it nor the rest of the block could be read
	cells  cells
}

// said is the cell of a row in one column of its patient or stay.
type said struct {
	column *Column
	cell   string // as the file has it
	value  string // as the column reads it
}

func (r *row) add(column, reason string) {
	r.bad = append(r.bad, Problem{File: r.options.Name, Line: r.in.Line, Column: column, Reason: reason})
}

// isBad reports whether something is wrong with that column already.
func (r *row) isBad(column string) bool {
	return slices.ContainsFunc(r.bad, func(p Problem) bool { return p.Column == column })
}

// next reads the cells of the next row of s in the place of the one before it. A
// column of the header that is nil is passed over. Its error is the end of the
// file, or that it cannot be read.
func (r *row) next(s *scanner, header []*Column) error {
	r.in, r.said, r.stay, r.bad, r.cells, r.failed = ward.ImportRow{}, r.said[:0], nil, r.bad[:0], r.cells.none(), nil
	skip, err := nextRow(s, header, func(column, reason string) {
		r.bad = append(r.bad, Problem{File: r.options.Name, Line: r.text.lineOf(s.line), Column: column, Reason: reason})
	})
	r.in.Line, r.unread = r.text.lineOf(s.line), skip
	if err != nil || skip {
		return err
	}
	r.cells = s.texts(r.cells, header)
	return nil
}

// read takes the cells in the columns of the header that are not nil.
func (r *row) read(header []*Column) {
	if r.unread {
		return
	}
	in := &r.in
	in.Check.Version, in.Check.Status = 1, ward.Recorded
	in.Returned = r.options.Returned
	for i, column := range header {
		if column != nil {
			r.take(column, r.cells.text(i))
		}
	}
	in.Patient.Clean()
	in.Stay.Clean()
}

// complete fills in the fields that the row leaves out of its check, and refuses the row
// if one is missing that it must have.
func (r *row) complete() {
	if r.unread {
		return
	}
	in := &r.in
	in.Check.Clean()
	r.total = r.takeTotal()
	if in.Patient.MRN == "" && !r.isBad("mrn") {
		r.add("mrn", "missing")
	}
	if in.Check.ID == "" && !r.isBad("check_id") {
		if in.Check.Version > 1 {
			r.add("check_id", "missing; a later version names the check whose version it is")
		}
		in.Check.ID = identity(in.Patient.MRN, in.Check.PerformedAt.UnixMilli())
		in.Unnamed = true
	}
}

// take reads one cell. An empty one says nothing, also in a computed column.
func (r *row) take(column *Column, cell string) {
	if cell == "" || r.isBad(column.Name) {
		return
	}
	if column.read == nil {
		said := column.claimed(cell)
		if _, err := strconv.Atoi(said); err != nil && column.Type == "integer" {
			r.add(column.Name, "no whole number; [strip] of a mapping takes away a unit such as /10")
			return
		}
		if r.in.Claimed == nil {
			r.in.Claimed = make([]ward.Claim, 0, len(results))
		}
		r.in.Claimed = append(r.in.Claimed, ward.Claim{Column: column.Name, Cell: said})
		return
	}
	if column.finding == nil && hasControl(column, cell) {
		if column.Name == "note" {
			r.add(column.Name, "holds a control character; line breaks and tabs are the only ones allowed")
		} else {
			r.add(column.Name, "holds a control character or a line break")
		}
		return
	}
	value, reason := column.readAny(&r.in.Patient, &r.in.Stay, &r.in.Check, cell, r.options.Zone)
	if reason != "" {
		r.add(column.Name, reason)
		return
	}
	if column.ofPatient() && column.Name != "mrn" {
		r.said = append(r.said, said{column, cell, value})
	}
}

// hasControl finds the control characters that a column does not take.
func hasControl(column *Column, cell string) bool {
	plain := true
	for i := range len(cell) {
		plain = plain && ' ' <= cell[i] && cell[i] < 0x7f
	}
	if plain {
		return false
	}
	for _, c := range cell {
		if unicode.IsControl(c) && (column.Name != "note" || c != '\n' && c != '\t') {
			return true
		}
	}
	return false
}

// identity makes the identity of a check that has none: the same for the same
// patient and time, whatever the file.
func identity(mrn string, performed int64) string {
	sum := sha256.Sum256([]byte(mrn + "\x00" + strconv.FormatInt(performed, 10)))
	return "csv-" + hex.EncodeToString(sum[:16])
}
