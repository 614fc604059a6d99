package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"

	"neurocheck/internal/ward"
)

// Snapshot is the log as of one record, for several queries that must agree. Records
// of others that come later are not in it. Start with [Store.Snapshot].
type Snapshot struct {
	q      querier
	tables *layouts
}

// Snapshot runs do on a snapshot of the log. It answers with [ward.KindUnavailable] if
// the file was removed or replaced.
func (s *Store) Snapshot(ctx context.Context, do func(*Snapshot) error) error {
	return s.read(ctx, func(in reader) error { return do(&Snapshot{in.q, s.tables}) })
}

func (s *Store) snapshot(ctx context.Context, do func(q *sql.Tx) error) error {
	if err := s.sameFile(oldShown); err != nil {
		return err
	}
	t, err := s.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return explain(s.path, err)
	}
	defer t.Rollback()
	if err := mayStillRead(ctx, reader{q: t, tables: s.tables}); err != nil {
		return explain(s.path, err)
	}
	return s.named(ctx, do(t))
}

type readByKey struct{}

// ReadBy returns a context for reads by an author who has signed in: each asks inside the
// snapshot that it reads whether the author may read patients, because an administrator
// may have disabled the name meanwhile.
func ReadBy(ctx context.Context, author string) context.Context {
	return context.WithValue(ctx, readByKey{}, author)
}

// mayStillRead returns an error if the author of [ReadBy] is on the staff and may not read
// patients, or has left.
func mayStillRead(ctx context.Context, in reader) error {
	by, named := ctx.Value(readByKey{}).(string)
	if !named {
		return nil
	}
	known, err := staff(ctx, in)
	if err != nil {
		return err
	}
	for _, m := range known {
		switch {
		case !sameName(m.Author(), by):
		case !m.Active:
			return leftStaff(m.Name)
		default:
			return ward.MayDo(m.Role, ward.MayRead)
		}
	}
	return nil
}

// Head returns the number and the hash, in hexadecimal, of the last record.
func (s *Snapshot) Head(ctx context.Context) (seq int64, hash string, err error) {
	return headOf(ctx, s.q)
}

// Origin returns the hash, in hexadecimal, of the first record. It distinguishes a
// log, and every copy of it, from all others, and never changes. It is empty if
// nothing is recorded yet.
func (s *Snapshot) Origin(ctx context.Context) (string, error) {
	return originOf(ctx, s.q)
}

func scanBytes(rows *sql.Rows) (b []byte, err error) {
	err = rows.Scan(&b)
	return b, err
}

// Head returns the number and the hash, in hexadecimal, of the last record.
func (s *Store) Head(ctx context.Context) (seq int64, hash string, err error) {
	seq, hash, err = headOf(ctx, s.reader)
	return seq, hash, explain(s.path, err)
}

func headOf(ctx context.Context, q querier) (seq int64, hash string, err error) {
	end, err := one(ctx, q, "the log has no chain", scanEnd, `SELECT seq, hash FROM chain WHERE id = 1`)
	return end.seq, hex.EncodeToString(end.hash), err
}

// chainEnd is the end of the chain: the number and the hash of the last record.
type chainEnd struct {
	seq  int64
	hash []byte
}

func scanEnd(rows *sql.Rows) (e chainEnd, err error) {
	err = rows.Scan(&e.seq, &e.hash)
	return e, err
}

// onSnapshots runs do with that many connections, each on a snapshot, and with the
// rows of the table chain in the first one, which should be one. The other snapshots
// are no older: because the record only grows, all of them hold the record up to
// there. The connections are do's own, so that no other query waits for them, and
// settings that do changes on them end with them.
func (s *Store) onSnapshots(ctx context.Context, count int, do func(conns []*sql.Conn, ends []chainEnd) error) (err error) {
	if err := s.StillThere(); err != nil {
		return err
	}
	mode := modeRead
	switch {
	case s.copy:
		mode = modeCopy
	case s.ReadOnly() && s.source == nil:
		mode = modeReadOnly
	}
	pool := newPool(s.file, mode, count)
	defer func() { err = errors.Join(err, pool.Close()) }()
	var conns []*sql.Conn
	defer func() {
		for _, conn := range conns {
			err = errors.Join(err, conn.Close())
		}
	}()
	var ends []chainEnd
	for range count {
		conn, err := pool.Conn(ctx)
		if err != nil {
			return err
		}
		conns = append(conns, conn)
		if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
			return err
		}
		seen, err := all(ctx, conn, scanEnd, `SELECT seq, hash FROM chain`) // the snapshot begins with the first read
		if err != nil {
			return err
		}
		if ends == nil {
			ends = seen
			if err := mayStillRead(ctx, reader{q: conn, tables: s.tables}); err != nil {
				return err
			}
		}
	}
	return do(conns, ends)
}
