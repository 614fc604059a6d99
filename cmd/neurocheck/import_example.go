package main

import (
	"context"
	"iter"
	"time"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// sinceExample is the time from the last check of an example to its import.
const sinceExample = 30 * time.Minute

// mayTakeExample refuses an example in a log that has patients or staff, so that no record
// with moved times is ever among true ones unnoticed.
func mayTakeExample(ctx context.Context, s *store.Store) error {
	staff, err := s.Staff(ctx)
	if err != nil {
		return err
	}
	var patients int
	err = s.Snapshot(ctx, func(v *store.Snapshot) (err error) {
		patients, err = v.CountPatients(ctx)
		return err
	})
	if err == nil && (patients > 0 || len(staff) > 0) {
		err = ward.Conflict("--example moves the times of a file, and is for a new log: this one has patients or staff")
	}
	return err
}

// asExample moves all times of the rows of a file by one length of time, to the whole minute,
// so that its last check was half an hour before now. Each check says so in its note, and has
// an identity of its own: the file itself may come in later.
func asExample(file *csvlog.Import, rows iter.Seq[ward.ImportRow], now time.Time) iter.Seq[ward.ImportRow] {
	var last time.Time
	for row := range file.Rows() {
		if at := row.Check.PerformedAt; at.After(last) {
			last = at
		}
	}
	by := max(now.Add(-sinceExample).Sub(last).Truncate(time.Minute), 0)
	return func(yield func(ward.ImportRow) bool) {
		for row := range rows {
			for _, at := range []*time.Time{&row.Patient.InfusedAt, &row.Stay.AdmittedAt, &row.Stay.DischargedAt, &row.Check.PerformedAt, &row.Check.Recorded.At} {
				if !at.IsZero() {
					*at = at.Add(by)
				}
			}
			row.Check.ID = "example-" + row.Check.ID
			row.Check.Note = "Example, all times moved by " + ward.Elapsed(by) + ". " + row.Check.Note
			if !yield(row) {
				return
			}
		}
	}
}
