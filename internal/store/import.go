package store

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"

	"neurocheck/internal/ward"
)

// errUndo rolls back an import that was refused or only tried.
var errUndo = errors.New("undo")

// Import records the checks of rows, all of them or none: if any row is refused, it
// returns every refusal and records nothing. An unknown patient is admitted from the
// first row, by the time of its check, that names one. The rows of a patient are one
// act, decided together, in the order of their times of recording: see [ward.Record].
// A new patient with the name and birth date of a known one, or with an MRN alike but for
// zeros, is a [ward.KindQuestion] unless o.NewPatients answers it. The order of the rows
// does not matter. Rows whose versions of checks are in the log
// already are counted as known, so that an import may be repeated.
//
// Import reads the rows once. Many of them wait in a temporary file, and are decided patient
// by patient.
func (s *Store) Import(ctx context.Context, sig ward.Signature, rows iter.Seq[ward.ImportRow], o ImportOptions) (done Imported, refused []ward.Refusal, err error) {
	in, err := gatherRows(rows)
	if err != nil {
		return Imported{}, nil, err
	}
	defer in.close()
	return s.importGroups(ctx, sig, in, in.groups, o)
}

// importGroups imports groups of rows in one transaction.
func (s *Store) importGroups(ctx context.Context, sig ward.Signature, in *importRows, groups []*rowGroup, o ImportOptions) (done Imported, refused []ward.Refusal, err error) {
	err = s.doMany(ctx, sig, ward.MayRecord, func(w *tx) error {
		d := &decided{tx: w, ImportOptions: o, rows: in}
		defer d.close()
		if err := d.decide(ctx, groups); err != nil {
			return err
		}
		if refused = d.refused; len(refused) > 0 {
			return errUndo
		}
		if err := d.askCorrections(); err != nil {
			return err
		}
		if err := d.keep(ctx); err != nil {
			return err
		}
		if done = d.done; o.DryRun {
			return errUndo
		}
		return nil
	})
	if errors.Is(err, errUndo) {
		err = nil
	}
	if err != nil || len(refused) > 0 {
		done = Imported{}
	}
	slices.SortStableFunc(refused, func(a, b ward.Refusal) int { return cmp.Compare(a.Line, b.Line) })
	return done, refused, err
}
