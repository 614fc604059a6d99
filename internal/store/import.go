package store

import (
	"cmp"
	"context"
	"iter"

	"neurocheck/internal/ward"
)

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
// by patient. On a server many rows are recorded in parts: see [Store.importInParts]. If a
// part fails, those before it are kept, the error names the last one, and the same import
// goes on if it is asked for again.
func (s *Store) Import(ctx context.Context, sig ward.Signature, rows iter.Seq[ward.ImportRow], o ImportOptions) (done Imported, refused []ward.Refusal, err error) {
	in, err := gatherRows(rows)
	if err != nil {
		return Imported{}, nil, err
	}
	defer in.close()
	if s.file == nil && in.count > cmp.Or(o.PartRows, partRows) {
		return s.importInParts(ctx, sig, in, o)
	}
	return s.importGroups(ctx, sig, Request{}, in, in.groups, o)
}
