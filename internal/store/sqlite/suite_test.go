package sqlite_test

import (
	"context"
	"path/filepath"
	"testing"

	"neurocheck/internal/store"
	"neurocheck/internal/store/engine"
	"neurocheck/internal/store/sqlite"
	"neurocheck/internal/store/storetest"
)

// ready accepts a log as it is.
func ready(context.Context, *sqlite.Log) error { return nil }

// newFile makes an empty log, and returns the function that opens it.
func newFile(t *testing.T) storetest.Open {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log.db")
	ok(t, sqlite.Create(t.Context(), path, func(context.Context, engine.Querier) (engine.End, error) { return engine.End{}, nil }, func(*sqlite.Log) error { return nil }))
	return func(ctx context.Context) (engine.Engine, error) { return sqlite.Open(ctx, path, ready) }
}

func TestSuite(t *testing.T) { storetest.Run(t, newFile) }

// openedFile makes a log with a ward and its staff.
func openedFile(t *testing.T) (*store.Store, *sqlite.Log) {
	t.Helper()
	log := must(newFile(t)(t.Context()))(t).(*sqlite.Log)
	s := store.New(log)
	t.Cleanup(func() { ok(t, s.Close()) })
	setUp(t, s)
	return s, log
}
