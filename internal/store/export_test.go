package store

import (
	"context"
	"errors"
	"testing"

	"neurocheck/internal/store/engine"
)

// The parts that the tests of package store_test look at.

var (
	SampleLog   = sampleLog
	Looked      = looked
	RecordNamed = recordNamed
	PutLate     = (*Store).putLate

	RecordTables = recordTables
)

// Had returns an error unless the log once ended as a copy does.
func Had(ctx context.Context, s *Store, written Contents) error { return s.had(ctx, written) }

// LateNote is a note as it waits.
type LateNote = lateNote

// LimitInbox limits the bytes of the inbox until a test ends, which must not run in parallel
// with others. It returns the limit of the program.
func LimitInbox(t *testing.T, most int64) (before int64) {
	before, mostWaitingBytes = mostWaitingBytes, most
	t.Cleanup(func() { mostWaitingBytes = before })
	return before
}

// Undo makes each write of a store succeed without a trace. It returns the function that says
// how many records the writes would have appended.
func Undo(s *Store) (appended func() int64) {
	u := &undoing{Engine: s.db}
	s.db = u
	return func() int64 { return u.appended }
}

type undoing struct {
	engine.Engine
	appended int64
}

var errUndone = errors.New("undone")

func (u *undoing) Write(ctx context.Context, r engine.Rules, do func(engine.Tx) (engine.End, error)) (engine.Outcome, error) {
	out, err := u.Engine.Write(ctx, r, func(t engine.Tx) (end engine.End, err error) {
		before, _, err := t.Head(ctx)
		if err != nil {
			return end, err
		}
		if end, err = do(t); err == nil {
			if end.Seq > before {
				u.appended += end.Seq - before
			}
			err = errUndone
		}
		return end, err
	})
	if errors.Is(err, errUndone) {
		return engine.Saved, nil
	}
	return out, err
}

// OriginOf returns the hash of the first record of a log.
func OriginOf(t *testing.T, s *Store) string {
	t.Helper()
	end := must(s.endOf(t.Context(), s.db.Pool()))(t)
	return end.Origin
}
