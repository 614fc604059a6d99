package store

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/store/storetest/fixture"
)

var (
	touch    = fixture.Touch
	after    = fixture.After
	nurse    = fixture.Nurse
	ok       = fixture.OK
	refused  = fixture.Refused
	iceOf    = fixture.ICE
	copied   = fixture.Copied
	plainSQL = fixture.SQL
)

func must[T any](v T, err error) func(*testing.T) T { return fixture.Must(v, err) }

var empty, sample fixture.Template

// fresh opens an empty log.
func fresh(t *testing.T) *Store {
	t.Helper()
	s := must(Open(t.Context(), empty.Copy(t, func(path string) error {
		return must(Create(t.Context(), path))(t).Close()
	})))(t)
	t.Cleanup(func() { ok(t, s.Close()) })
	return s
}

// whole verifies the log and wants no misfit.
func whole(t *testing.T, s *Store) {
	t.Helper()
	if v := must(s.Verify(t.Context()))(t); v.Misfit != "" {
		t.Errorf("the record is not whole: %s", v.Misfit)
	}
}

// executed runs a statement on the store's own connection for writing.
func executed(t *testing.T, s *Store, statement string) error {
	t.Helper()
	_, err := s.db.Write(t.Context(), engine.Checked, func(w engine.Tx) (end engine.End, err error) {
		_, err = w.Exec(t.Context(), statement)
		return end, err
	})
	return err
}

// plain runs queries on a file without the settings of the store.
type plain struct {
	engine.Querier
	db *sql.DB
}

func (p plain) Head(ctx context.Context) (seq int64, hash []byte, err error) {
	err = p.db.QueryRowContext(ctx, `SELECT seq, hash FROM chain WHERE id = 1`).Scan(&seq, &hash)
	return seq, hash, err
}

func (p plain) Query(ctx context.Context, query string, args ...any) (engine.Results, error) {
	return p.db.QueryContext(ctx, query, args...)
}

func (p plain) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := p.db.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (p plain) Append(ctx context.Context, rows []engine.Row) error {
	for _, r := range rows {
		query := r.Query
		if r.Table != "" {
			query = "INSERT INTO " + r.Table + " (" + strings.Join(r.Columns, ", ") + ") VALUES (?" + strings.Repeat(", ?", len(r.Columns)-1) + ")"
		}
		if _, err := p.Exec(ctx, query, r.Values...); err != nil {
			return err
		}
	}
	return nil
}
