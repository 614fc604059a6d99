package store

import (
	"context"
	"testing"
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

// OriginOf returns the hash of the first record of a log.
func OriginOf(t *testing.T, s *Store) string {
	t.Helper()
	end := must(s.endOf(t.Context(), s.db.Pool()))(t)
	return end.Origin
}
