package store

import (
	"context"
	"database/sql"

	"neurocheck/internal/ward"
)

// View is the log as it stands at one record, for what reads it in several steps.
// What others record meanwhile is not in it. Start with [Store.View].
type View struct{ q querier }

// View runs do on one consistent view of the log.
func (s *Store) View(ctx context.Context, do func(*View) error) error {
	return s.snapshot(ctx, func(q *sql.Tx) error { return do(&View{q}) })
}

// Head returns the number and the hash, in hexadecimal, of the last record.
func (v *View) Head(ctx context.Context) (seq int64, hash string, err error) { return headOf(ctx, v.q) }

// Staff is [Store.Staff].
func (v *View) Staff(ctx context.Context) ([]ward.Staff, error) { return staff(ctx, v.q) }
