// Package folder moves a ward by a folder of tables: patients, stays, checks, events and
// follow-ups as CSV, and a manifest that says which record they are from. Start with [Write]
// and [Open].
package folder

import (
	"context"
	"io"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// Table is one of the tables of a ward.
type Table struct {
	Name string // its file has .csv behind it
	// Export writes the selected rows of a snapshot, and returns how many there were.
	Export func(ctx context.Context, v *store.Snapshot, sel store.Selection, w io.Writer, asSpreadsheet bool) (rows int, err error)

	differs func(ctx context.Context, v *store.Snapshot, r io.Reader, file string) ([]csvlog.Problem, error)
	// faults calls row for each row that has no problem by itself.
	faults func(r io.Reader, file string, row func()) ([]csvlog.Problem, error)
}

// Tables returns the tables, in the order in which they come in: each rests on those before
// it.
func Tables() []Table {
	return []Table{
		tableOf(&csvlog.Patients, (*store.Snapshot).EachPatientRow),
		tableOf(&csvlog.Stays, (*store.Snapshot).EachStayRow),
		checks(),
		tableOf(&csvlog.Events, (*store.Snapshot).EachEventRow),
		tableOf(&csvlog.FollowUps, (*store.Snapshot).EachFollowUpRow),
	}
}

// Named returns the table with that name, and whether there is one.
func Named(name string) (t Table, ok bool) {
	for _, t := range Tables() {
		if t.Name == name {
			return t, true
		}
	}
	return t, false
}

// Names returns the names of the tables.
func Names() (names []string) {
	for _, t := range Tables() {
		names = append(names, t.Name)
	}
	return names
}

const (
	checksName   = "checks"
	extension    = ".csv"
	manifestName = "manifest.json"
)

// fileNames are the names of the files of a folder.
func fileNames() []string {
	files := []string{manifestName}
	for _, name := range Names() {
		files = append(files, name+extension)
	}
	return files
}

// rowsOf reads the rows of a table from a snapshot.
type rowsOf[T any] func(*store.Snapshot, context.Context, store.Selection, func(*T) error) error

func tableOf[T any](t *csvlog.Table[T], rows rowsOf[T]) Table {
	each := func(ctx context.Context, v *store.Snapshot, sel store.Selection) csvlog.EachRow[T] {
		return func(yield func(*T) error) error { return rows(v, ctx, sel, yield) }
	}
	return Table{
		Name: t.Name,
		Export: func(ctx context.Context, v *store.Snapshot, sel store.Selection, w io.Writer, asSpreadsheet bool) (int, error) {
			return t.Export(ctx, w, each(ctx, v, sel), asSpreadsheet)
		},
		differs: func(ctx context.Context, v *store.Snapshot, r io.Reader, file string) ([]csvlog.Problem, error) {
			return t.Differs(r, file, each(ctx, v, store.Selection{}))
		},
		faults: func(r io.Reader, file string, row func()) ([]csvlog.Problem, error) {
			return t.Rows(r, file, func(int, *T) error {
				row()
				return nil
			})
		},
	}
}

// checks is the table of checks, which [csvlog.Profile] writes.
func checks() Table {
	t := tableOf(&csvlog.Checks, func(v *store.Snapshot, ctx context.Context, sel store.Selection, yield func(*ward.ImportRow) error) error {
		return v.EachCheck(ctx, sel, func(p *ward.Patient, s *ward.Stay, c *ward.Check) error {
			return yield(&ward.ImportRow{Patient: *p, Stay: *s, Check: *c})
		})
	})
	t.Export = func(ctx context.Context, v *store.Snapshot, sel store.Selection, w io.Writer, asSpreadsheet bool) (int, error) {
		return profile(asSpreadsheet).Export(ctx, w, func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error {
			return v.EachCheck(ctx, sel, yield)
		})
	}
	return t
}

func profile(asSpreadsheet bool) csvlog.Profile {
	if asSpreadsheet {
		return csvlog.Profile{}.Spreadsheet()
	}
	return csvlog.Profile{}
}
