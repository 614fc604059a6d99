package store

import "context"

// The parts that the tests of package store_test look at.

var (
	SampleLog   = sampleLog
	Looked      = looked
	RecordNamed = recordNamed
)

// Had returns an error unless the log once ended as a copy does.
func Had(ctx context.Context, s *Store, written Contents) error { return s.had(ctx, written) }
