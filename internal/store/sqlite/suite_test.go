package sqlite_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"neurocheck/internal/store"
	"neurocheck/internal/store/engine"
	"neurocheck/internal/store/sqlite"
	"neurocheck/internal/store/storetest"
	"neurocheck/internal/store/storetest/pgserver"
	"neurocheck/schema"
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

// SQLite passes the suite, and the statements of the suite are such that PostgreSQL takes
// them, too.
func TestSuite(t *testing.T) {
	statements := new(storetest.Recording)
	passed := t.Run("on SQLite", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T) storetest.Open { return statements.Of(newFile(t)) })
	})
	t.Run("prepared on PostgreSQL", func(t *testing.T) {
		texts := statements.Texts()
		if passed && len(texts) < 150 {
			t.Errorf("only %d statements", len(texts))
		}
		preparable(t, pgserver.Start(t), texts)
	})
}

// preparable prepares each statement on a server that has the tables of the log.
func preparable(t *testing.T, server *pgserver.Server, texts []string) {
	t.Helper()
	tables := must(schema.Postgres.ReadFile("postgres/0001_record.sql"))(t)
	if said, err := server.SQL("CREATE ROLE neurocheck;\n" + string(tables)); err != nil || said != "" {
		t.Fatalf("the tables could not be made: %v\n%s", err, said)
	}
	var script strings.Builder
	for i, text := range texts {
		fmt.Fprintf(&script, "PREPARE s%d AS %s;\n", i, text)
	}
	said, err := server.SQL(script.String())
	ok(t, err)
	for line := range strings.Lines(said) {
		var number int
		if _, err := fmt.Sscanf(line, "psql:<stdin>:%d:", &number); err == nil && number <= len(texts) {
			t.Errorf("%s%s", line, texts[number-1])
		}
	}
	if said != "" && !t.Failed() {
		t.Error(said)
	}
}

// openedFile makes a log with a ward and its staff.
func openedFile(t *testing.T) (*store.Store, *sqlite.Log) {
	t.Helper()
	log := must(newFile(t)(t.Context()))(t).(*sqlite.Log)
	s := store.New(log)
	t.Cleanup(func() { ok(t, s.Close()) })
	setUp(t, s)
	return s, log
}
