package csvlog

import (
	"bufio"
	"context"
	"io"

	"neurocheck/internal/ward"
)

// Profile is a form in which checks leave the log. Each is made from [Columns] or
// from another profile: the zero Profile is the lossless one, [Profile.Spreadsheet]
// and [Profile.REDCap] put another into a form that those programs read, and
// [Deidentifier.Profile] is the lossless one without who the patients are.
type Profile struct {
	layout *layout // nil for the lossless one
	// change replaces a patient and a stay, each by the same one every time, and a
	// version of a check; nil if they are exported as they are. It is safe for
	// concurrent use.
	change func(*ward.Patient, *ward.Stay, *ward.Check) (*ward.Patient, *ward.Stay, ward.Check)
	// rows makes the rows from the versions of the checks; nil if each version
	// is a row.
	rows func(Each) Each
	// deidentified says that a patient has nothing but an identity made for the
	// export, in place of the MRN, and that the times are in UTC.
	deidentified bool
	log          string // identity of the log, for records that come back
}

// Of returns p for a log with that identity, by which an import knows the records of
// REDCap that left this log.
func (p Profile) Of(log string) Profile {
	p.log = log
	return p
}

// layout is the form of the rows.
type layout struct {
	begin   string // the text before the header
	columns []*Column
	end     string // of each line
}

var lossless = layout{columns: columns, end: "\n"}

func (l *layout) header() []byte {
	row := []byte(l.begin)
	for i, c := range l.columns {
		row = append(appendComma(row, i), c.Name...)
	}
	return append(row, l.end...)
}

func (p Profile) form() *layout {
	if p.layout == nil {
		return &lossless
	}
	return p.layout
}

func (p Profile) columns() []*Column { return p.form().columns }

// Export writes checks in the profile to w, and returns how many rows there were,
// the header not counted. It stops when ctx ends.
func (p Profile) Export(ctx context.Context, w io.Writer, each Each) (rows int, err error) {
	l := p.form()
	if p.change != nil {
		each = changed(each, p.change)
	}
	if p.rows != nil {
		each = p.rows(each)
	}
	out := bufio.NewWriterSize(w, 1<<16)
	out.Write(l.header()) // an error stays and comes with the next call
	var row []byte
	err = each(func(p *ward.Patient, s *ward.Stay, k *ward.Check) error {
		rows++
		row = row[:0]
		for i, c := range l.columns {
			row = c.write(appendComma(row, i), p, s, k)
		}
		if _, err := out.Write(append(row, l.end...)); err != nil {
			return err
		}
		return ctx.Err()
	})
	if err != nil {
		return rows, err
	}
	return rows, out.Flush()
}

func changed(each Each, change func(*ward.Patient, *ward.Stay, *ward.Check) (*ward.Patient, *ward.Stay, ward.Check)) Each {
	return func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error {
		return each(func(p *ward.Patient, s *ward.Stay, c *ward.Check) error {
			patient, stay, check := change(p, s, c)
			return yield(patient, stay, &check)
		})
	}
}

// ExportFile is [Profile.Export] to the file at path, for its owner alone. The file
// appears whole or not at all. One that is there is left as it is, and the error is
// [fs.ErrExist], unless o.Force is set; see [wholefile.Write].
func (p Profile) ExportFile(ctx context.Context, path string, each Each, o ExportOptions) (rows int, err error) {
	return wholeFile(path, o, func(w io.Writer) (int, error) { return p.Export(ctx, w, each) })
}
