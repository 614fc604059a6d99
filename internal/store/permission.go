package store

import (
	"context"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// do runs one act of an author who has the permission: in one transaction, and only
// once for a request. content is the content of the request: the arguments of the act.
func (s *Store) do(ctx context.Context, sig ward.Signature, p ward.Permission, act string, content []any, fn func(*tx) error) error {
	return s.doOrAnswer(ctx, sig, p, act, content, fn, nil)
}

// doOrAnswer is [Store.do] for an act with a result. If an earlier act has done the
// request, fn does not run, and answer reads the result from the records of that act.
func (s *Store) doOrAnswer(ctx context.Context, sig ward.Signature, p ward.Permission, act string, content []any, fn func(*tx) error, answer func(reader, Done) error) error {
	return s.doReading(ctx, sig, p, act, content, nil, fn, answer)
}

// doReading is [Store.doOrAnswer] for an act of which reads are known ahead: see
// [reader.ahead].
func (s *Store) doReading(ctx context.Context, sig ward.Signature, p ward.Permission, act string, content []any, reads func(context.Context, reader), fn func(*tx) error, answer func(reader, Done) error) error {
	request, err := NewRequest(sig.Request, append([]any{act, sig.By}, content...)...)
	if err != nil {
		return err
	}
	request.reads = reads
	done, err := s.act(ctx, sig, request, engine.Checked, permitted(ctx, p, fn))
	if err != nil || !done.Before || answer == nil {
		return err
	}
	return s.read(ctx, func(in reader) error { return answer(in, done) })
}

// permitted runs fn if the author has the permission.
func permitted(ctx context.Context, p ward.Permission, fn func(*tx) error) func(*tx) error {
	return func(w *tx) error {
		if err := w.may(ctx, p); err != nil {
			return err
		}
		return fn(w)
	}
}

// appendedIn returns the records of a table that an act appended, in order.
func appendedIn[T any](ctx context.Context, in reader, table string, decode func(*row) T, done Done) ([]T, error) {
	return records(ctx, in, table, decode, `WHERE r.seq BETWEEN $1 AND $2 ORDER BY r.seq`, done.First, done.Last)
}
