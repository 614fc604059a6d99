package store

import (
	"context"
	"slices"

	"neurocheck/internal/ward"
)

// alikePair is an event of two patients who are perhaps one person.
type alikePair struct {
	patient, other int64
	alike          bool
}

func decodeAlike(r *row) alikePair {
	return alikePair{r.number("patient_id"), r.number("other_id"), r.text("event") == patientsAlike}
}

func (p alikePair) samePair(o alikePair) bool {
	return p.patient == o.patient && p.other == o.other || p.patient == o.other && p.other == o.patient
}

func (w *tx) putAlike(ctx context.Context, event string, patient, other int64) error {
	_, err := w.append(ctx, "patient_alike", column{"event", event}, column{"patient_id", patient}, column{"other_id", other})
	return err
}

// alikePairs returns the pairs of which one is among the patients of a query, and that
// wait for a person.
func (in reader) alikePairs(ctx context.Context, query string, args ...any) (pairs []alikePair, err error) {
	events, err := records(ctx, in, "patient_alike", decodeAlike, `WHERE r.patient_id IN (`+query+`) OR r.other_id IN (`+query+`) ORDER BY r.seq`, args...)
	for _, e := range events {
		pairs = slices.DeleteFunc(pairs, e.samePair)
		if e.alike {
			pairs = append(pairs, e)
		}
	}
	return pairs, err
}

// KeepApart records that two patients who are perhaps one person are two persons.
func (s *Store) KeepApart(ctx context.Context, sig ward.Signature, patient, other int64) error {
	return s.do(ctx, sig, ward.MaySetTherapy, "keep_apart", []any{patient, other}, func(w *tx) error {
		pairs, err := w.reader().alikePairs(ctx, groupOf("$1"), patient)
		if err != nil {
			return err
		}
		_, others, err := w.reader().group(ctx, other)
		if err != nil {
			return err
		}
		done := false
		for _, p := range pairs {
			if !slices.Contains(others, p.patient) && !slices.Contains(others, p.other) {
				continue
			}
			if err := w.putAlike(ctx, patientsDistinct, p.patient, p.other); err != nil {
				return err
			}
			done = true
		}
		if !done {
			return ward.NotFound("these two patients are not marked as perhaps one person")
		}
		return nil
	})
}
