package postgres

import (
	"context"
	"database/sql"

	"neurocheck/internal/store/engine"
)

// tx is one write of a group.
type tx struct {
	g     *group
	ahead map[string]*answered // by the question: see Ahead
}

// Head returns the end of the record.
func (t *tx) Head(ctx context.Context) (seq int64, hash []byte, err error) {
	if !t.g.locked {
		if err := t.Ahead(ctx, nil); err != nil {
			return 0, nil, err
		}
	}
	if t.g.hash == nil {
		return 0, nil, sql.ErrNoRows
	}
	return t.g.seq, t.g.hash, nil
}

// Query runs a query, after the statements that are queued. The context does not interrupt
// it: that would end the connection, and with it the writes of others.
func (t *tx) Query(ctx context.Context, text string, args ...any) (engine.Results, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	q := query{text, args}
	if known := t.ahead[q.key()]; known != nil {
		return &again{answered: known, types: t.g.conn.Conn().TypeMap()}, nil
	}
	if err := t.lockAndFlush(ctx); err != nil {
		return nil, err
	}
	t.g.sent = true
	rows, err := t.g.conn.Query(context.WithoutCancel(ctx), text, args...)
	if err != nil {
		return nil, err
	}
	return &results{Rows: rows}, nil
}

// Records reads whole rows in one batch.
func (t *tx) Records(ctx context.Context, from engine.Rows, args ...any) (engine.Records, error) {
	rows, err := t.Query(ctx, selection(&from), args...)
	if err != nil {
		return nil, err
	}
	if live, ok := rows.(*results); ok {
		return gather(live.Rows, len(from.Columns))
	}
	return gather(rows.(*again), len(from.Columns))
}

// Exec runs a statement.
func (t *tx) Exec(ctx context.Context, query string, args ...any) (changed int64, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if err := t.lockAndFlush(ctx); err != nil {
		return 0, err
	}
	t.g.sent = true
	t.ahead = nil
	tag, err := t.g.conn.Exec(context.WithoutCancel(ctx), query, args...)
	if err != nil {
		return 0, err
	}
	if tag.RowsAffected() > 0 {
		t.g.changed = true
	}
	return tag.RowsAffected(), nil
}

// Append queues rows and statements. They are sent with the next query, or the commit.
func (t *tx) Append(ctx context.Context, rows []engine.Row) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(rows) > 0 {
		t.ahead = nil
	}
	for i := range rows {
		if err := writable(&rows[i]); err != nil {
			return err
		}
	}
	if t.g.rules == engine.Unchecked {
		return t.g.appendMany(rows)
	}
	for i := range rows {
		t.g.queued.add(rows[i].Statement, rows[i].Values)
	}
	return nil
}

// lockAndFlush is flush before a query. The end of ctx interrupts the wait for the lock.
func (t *tx) lockAndFlush(ctx context.Context) error {
	if t.g.locked {
		return t.flush()
	}
	return t.Ahead(ctx, nil)
}

// flush sends all that is queued.
func (t *tx) flush() error {
	if err := t.g.copyAll(); err != nil {
		return err
	}
	if t.g.queued.len() == 0 {
		return nil
	}
	return t.g.sendQueued()
}

var _ engine.Tx = (*tx)(nil)
