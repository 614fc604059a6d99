package store

import (
	"context"
	"database/sql"
	"errors"
)

// onViews runs do with that many connections, each with a view of the log that
// stands still, and with where the chain ends in the first view. The others are
// no older: as the record only grows, all of them hold the record up to there.
// The connections are their own, so that nobody waits for them; what do sets on
// them is gone with them.
func (s *Store) onViews(ctx context.Context, count int, do func(conns []*sql.Conn, ends []end) error) (err error) {
	if err := s.StillThere(); err != nil {
		return err
	}
	mode := modeRead
	switch {
	case s.copy:
		mode = modeCopy
	case s.ReadOnly():
		mode = modeReadOnly
	}
	pool := newPool(s.path, mode, count)
	defer func() { err = errors.Join(err, pool.Close()) }()
	var conns []*sql.Conn
	defer func() {
		for _, conn := range conns {
			err = errors.Join(err, conn.Close())
		}
	}()
	var ends []end
	for range count {
		conn, err := pool.Conn(ctx)
		if err != nil {
			return err
		}
		conns = append(conns, conn)
		if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
			return err
		}
		seen, err := chainEnds(ctx, conn) // with this, the view stands still
		if err != nil {
			return err
		}
		if ends == nil {
			ends = seen
		}
	}
	return do(conns, ends)
}

// chainEnds returns the rows of the table chain, which should be one.
func chainEnds(ctx context.Context, q querier) ([]end, error) {
	return all(ctx, q, func(rows *sql.Rows) (e end, err error) {
		err = rows.Scan(&e.seq, &e.hash)
		return e, err
	}, `SELECT seq, hash FROM chain`)
}
