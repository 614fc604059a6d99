package csvlog

import (
	"cmp"
	"iter"
	"runtime"
	"slices"
	"strconv"
	"time"

	"neurocheck/internal/ward"
)

// Import is an import file whose patients are known. It keeps none of its rows:
// [Import.Rows] reads them again.
type Import struct {
	// Problems are the errors of the header; if there are any, there are no rows.
	Problems []Problem
	// Length is the number of rows of the file, the header not counted.
	Length int

	Options
	header   []*Column
	text     *Text
	blocks   []block
	passed   func(bytes int)         // called after each block with its size; may be nil
	patients map[string]*particulars // by MRN
	checks   identities
	// disagrees is set if a cell of a patient or stay is not allowed, or differs from
	// that of another row of the same one.
	disagrees bool
}

// Options are the options of [ReadText].
type Options struct {
	Name string    // of the file, in the problems
	Now  time.Time // of the import: nothing in the file may lie in the future
	// Zone is that of times without an offset from UTC; nil refuses them.
	Zone *time.Location
	// Returned marks the rows as such that may have come back: see [ward.ImportRow].
	Returned bool
	// Progress, if it is set, is called from time to time with the number of bytes read.
	Progress func(done, total int)
}

// ReadText reads an import file to its end: a header with any of [Columns] in any
// order, mrn, performed_at and tool among them. The data of the patients in its rows
// is put together; the checks are read by [Import.Rows]. A cell may have any spelling
// that has one meaning in its column: see [Column.respelled].
//
// ReadText fills in the data that a row leaves out: the version is 1, the status recorded,
// the identity one that follows from MRN and time, so that importing a file twice adds
// nothing; the admission is inferred from the patient's first examination in the file,
// and the tool is the one for the age. The author and the time of recording stay
// empty, for the log to fill in those of the import. A row may leave out data of its
// patient and stay, but not contradict another row. A patient may have several stays:
// each begins at an admitted_at of its own, and a row without one belongs to the stay
// that holds its performed_at.
//
// The text of a file stays on the disk, and the file has to stay open until Rows is
// through: see [Open].
func ReadText(text *Text, o Options) (*Import, error) {
	f := &Import{Options: o, text: text, patients: make(map[string]*particulars)}
	s := newScanner(text.from(0))
	header, found, err := readHeader(s, o.Name, "mrn", "performed_at", "tool")
	if f.Problems = found; err != nil || len(found) > 0 {
		return f, err
	}
	f.header = header
	if o.Progress != nil {
		done := 0
		f.passed = func(bytes int) {
			done += bytes
			o.Progress(done, int(text.size))
		}
		defer func() { f.passed = nil }()
	}
	if f.blocks, err = cut(text, s.lines, blockSize); err != nil {
		return nil, err
	}
	cells, keys := f.only(ofPatients), f.only(isKey)
	for row := range f.rows(cells, func(r *row) { r.read(keys) }) {
		if row.failed != nil {
			return nil, row.failed
		}
		f.gather(row, cells)
		f.checks.add(row.in.Check.ID, row.in.Patient.MRN)
		f.Length++
	}
	f.checks.compare()
	for _, p := range f.patients {
		if !p.complete() {
			f.disagrees = true
		}
	}
	return f, nil
}

// Rows returns the checks of the file with their patients and stays, in its order and
// each with the reasons to refuse it, for the log to import. It leaves out the later
// versions of a refused check, because they need the earlier one. A row that cannot be
// read any more, and a file that was changed meanwhile, are refused too.
func (f *Import) Rows() iter.Seq[ward.ImportRow] {
	return func(yield func(ward.ImportRow) bool) {
		if f.text == nil {
			return // the file could not be read as a table
		}
		lost, named := make(map[string]bool), make(map[string]namedFirst)
		header := f.header
		if !f.disagrees { // the first reading has all data of the patients and stays
			header = f.only(ofChecks)
		}
		for row := range f.rows(header, func(r *row) { r.read(header); f.validate(r) }) {
			in := row.in
			known := f.patients[in.Patient.MRN]
			switch {
			case row.failed != nil:
				in.Wrong = append(in.Wrong, ward.Invalid(wholeRow, "cannot be read: "+row.failed.Error()))
			case (known == nil || row.stay == nil) && len(row.bad) == 0:
				in.Wrong = append(in.Wrong, ward.Invalid(wholeRow, fileChanged))
			}
			if line := f.checks.another(&in, named); line > 0 {
				in.Wrong = append(in.Wrong, ward.Invalid("check_id", "line "+strconv.Itoa(line)+" has this check under another MRN"))
			}
			for _, p := range row.bad {
				in.Wrong = append(in.Wrong, ward.Invalid(p.Column, p.Reason))
			}
			switch {
			case len(in.Wrong) > 0:
				lost[in.Check.ID] = true
			case lost[in.Check.ID]:
				continue
			default:
				in.Patient, in.Stay = known.patient, row.stay.stay
			}
			if !yield(in) {
				return
			}
		}
		if f.text.changed() {
			yield(ward.ImportRow{Line: 1, Wrong: []*ward.Error{ward.Invalid(theHeader, fileChanged)}})
		}
	}
}

const fileChanged = "the file was changed while it was read; import it again"

// Faults returns everything that is wrong with the file by itself, if [Import.Problems] has
// any: it is then not for the log to import.
func (f *Import) Faults() []Problem {
	if len(f.Problems) == 0 {
		return nil
	}
	var refused []ward.Refusal
	for row := range f.Rows() {
		for _, e := range row.Wrong {
			refused = append(refused, ward.Refusal{Line: row.Line, Err: e})
		}
	}
	all := f.WithRefused(refused)
	slices.SortStableFunc(all, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	return all
}

// WithRefused returns everything that is wrong with the file: with its header,
// and with the rows that the log refused.
func (f *Import) WithRefused(refused []ward.Refusal) []Problem {
	all := slices.Clone(f.Problems)
	for _, r := range refused {
		all = append(all, Problem{File: f.Name, Line: r.Line, Column: r.Err.Field, Reason: r.Err.Reason, Code: r.Err.Code})
	}
	return all
}

// ofPatients picks the columns that [Import.gather] needs, isKey those that it needs of
// each row, and ofChecks the keys and the columns that it does not need.
func ofPatients(c *Column) bool { return c.ofPatient() || isKey(c) }
func isKey(c *Column) bool {
	return c.Name == "mrn" || c.Name == "performed_at" || c.Name == "admitted_at" || c.Name == "check_id"
}
func ofChecks(c *Column) bool { return !c.ofPatient() || isKey(c) }

// only is the header with the columns alone that pick wants.
func (f *Import) only(pick func(*Column) bool) []*Column {
	header := slices.Clone(f.header)
	for i, c := range header {
		if !pick(c) && c != profileMark {
			header[i] = nil
		}
	}
	return header
}

// rows yields each row behind the header, with the problems that it has by
// itself, in the order of the file; work is done on several at a time before they
// are yielded. header are the columns to read; a row is the caller's until the
// next one comes.
func (f *Import) rows(header []*Column, work func(*row)) iter.Seq[*row] {
	read := func(_, i int) *blockReader { return f.blocks[i].read(f.text, &f.Options, header, work) }
	return func(yield func(*row) bool) {
		at := 0
		for block := range inOrder(len(f.blocks), runtime.GOMAXPROCS(0), read) {
			for i := range block.rows {
				if !yield(&block.rows[i]) {
					return
				}
			}
			blockReaders.Put(block)
			if f.passed != nil {
				f.passed(int(f.blocks[at].size))
			}
			at++
		}
	}
}
