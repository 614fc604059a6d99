package store

import (
	"context"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// Snapshot is the log as of one record, for several queries that must agree. Records
// of others that come later are not in it. Start with [Store.Snapshot].
type Snapshot struct {
	q      engine.Querier
	tables *layouts

	// inside is set in a write transaction, whose records are not counted yet; only those
	// after the record with the number after are read as tables.
	inside bool
	after  int64
}

// Snapshot runs do on a snapshot of the log. It answers with [ward.KindUnavailable] if
// the file was removed or replaced.
func (s *Store) Snapshot(ctx context.Context, do func(*Snapshot) error) error {
	return s.read(ctx, func(in reader) error { return do(&Snapshot{q: in.q, tables: s.tables}) })
}

func (s *Store) snapshot(ctx context.Context, do func(q engine.Querier) error) error {
	return s.named(ctx, s.db.Snapshots(ctx, 1, func(q []engine.Querier) error {
		if err := mayStillRead(ctx, reader{q: q[0], tables: s.tables}); err != nil {
			return err
		}
		return do(q[0])
	}))
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
	if err := askAhead(ctx, in.q, in, askStaff); err != nil {
		return err
	}
	known, err := rosterOf(ctx, in, true)
	if err != nil {
		return err
	}
	switch m, err := known.signing(by); {
	case ward.KindOf(err) == ward.KindNotFound:
		return nil
	case err != nil:
		return err
	case !m.Active:
		return leftStaff(m.Name)
	default:
		return ward.MayDo(m.Role, ward.MayRead)
	}
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

// onSnapshots runs do with that many readers of one snapshot, and with the rows of the table
// chain in it, which should be one. The others hold the record up to there, because none is
// older than the first.
func (s *Store) onSnapshots(ctx context.Context, count int, do func(readers []engine.Querier, ends []chainEnd) error) error {
	return s.db.Snapshots(ctx, count, func(readers []engine.Querier) error {
		ends, err := engine.All(ctx, readers[0], scanEnd, `SELECT seq, hash FROM chain`)
		if err == nil {
			err = mayStillRead(ctx, reader{q: readers[0], tables: s.tables})
		}
		if err != nil {
			return err
		}
		return do(readers, ends)
	})
}
