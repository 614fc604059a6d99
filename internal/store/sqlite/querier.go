package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"strings"

	"neurocheck/internal/pack"
	"neurocheck/internal/store/engine"
)

// querier runs queries on a pool, a connection or a transaction of SQLite.
type querier struct {
	q interface {
		QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	}
}

// Query runs a query.
func (q querier) Query(ctx context.Context, query string, args ...any) (engine.Results, error) {
	rows, err := q.q.QueryContext(ctx, rebound(query), args...)
	if err != nil {
		return nil, err // and not a nil pointer in an interface
	}
	return rows, nil
}

// Records reads whole rows as one value: see package pack.
func (q querier) Records(ctx context.Context, from engine.Rows, args ...any) (engine.Records, error) {
	packed, err := engine.All(ctx, q, engine.Scan[sql.NullString], packing(&from), args...)
	if err != nil {
		return nil, err
	}
	return pack.Read(packed[0].String, len(from.Columns)), nil
}

// packing returns the query for rows as one value.
func packing(from *engine.Rows) string {
	list := strings.Join(from.Columns, ", ")
	if from.Where != "" {
		// Without an ORDER BY the rows come in the order of the key of the table, which is
		// their number; with one, SQLite takes as long again as for the packing.
		return `SELECT pack(` + list + `) FROM ` + from.Table + ` r WHERE ` + from.Where
	}
	return `SELECT pack(` + list + `) FROM (SELECT r.` + strings.Join(from.Columns, ", r.") + ` FROM ` + from.Table + ` r ` + from.Rest + `)`
}

// rebound turns the placeholders $1, $2 of a query into SQLite's ?1, ?2: the driver binds
// $1 by the order of its first use, which misbinds a parameter that is used out of order.
func rebound(query string) string {
	if !strings.Contains(query, "$") {
		return query
	}
	out := []byte(query)
	quoted := false
	for from := 0; ; {
		at := from + bytes.IndexByte(out[from:], '$')
		if at < from {
			return string(out)
		}
		if bytes.Count(out[from:at], []byte("'"))%2 == 1 {
			quoted = !quoted
		}
		if from = at + 1; !quoted && from < len(out) && '0' <= out[from] && out[from] <= '9' {
			out[at] = '?'
		}
	}
}

// Pool returns the connections for reading.
func (l *Log) Pool() engine.Querier { return querier{l.reader} }

// Snapshots runs do with that many readers. The readers are do's own, if there are several,
// so that no other query waits for them.
func (l *Log) Snapshots(ctx context.Context, count int, do func([]engine.Querier) error) (err error) {
	if err := l.Alive(); err != nil {
		return err
	}
	if count == 1 {
		t, err := l.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
		if err != nil {
			return err
		}
		defer t.Rollback()
		return do([]engine.Querier{querier{t}})
	}
	return l.onConnections(ctx, count, do)
}

// onConnections runs do with a snapshot on each of several connections. Because the record
// only grows, all of them hold the record up to the end that the first one has.
func (l *Log) onConnections(ctx context.Context, count int, do func([]engine.Querier) error) (err error) {
	mode := modeRead
	switch {
	case l.copy:
		mode = modeCopy
	case l.ReadOnly() && l.source == nil:
		mode = modeReadOnly
	}
	pool := newPool(l.file, mode, count)
	defer func() { err = errors.Join(err, pool.Close()) }()
	var conns []*sql.Conn
	defer func() {
		for _, conn := range conns {
			err = errors.Join(err, conn.Close())
		}
	}()
	var readers []engine.Querier
	for range count {
		conn, err := pool.Conn(ctx)
		if err != nil {
			return err
		}
		conns, readers = append(conns, conn), append(readers, querier{conn})
		if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
			return err
		}
		// The snapshot begins with the first read.
		if _, err := engine.All(ctx, querier{conn}, engine.Scan[int64], "SELECT count(*) FROM sqlite_schema"); err != nil {
			return err
		}
	}
	return do(readers)
}
