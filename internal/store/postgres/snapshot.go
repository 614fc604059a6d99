package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"neurocheck/internal/store/engine"
)

const beginSnapshot = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`

// byIndex makes a range of the record come in the order of its index. A server that has not
// looked at a table yet, as after an import, makes a bitmap of the rows and then sorts them:
// this takes half as long again, and the first row comes after all are read.
const byIndex = `; SET LOCAL enable_bitmapscan = off`

// Snapshots runs do with that many readers of one snapshot. Several have connections of
// their own, so that no save waits for them, and two exports not for each other.
func (l *Log) Snapshots(ctx context.Context, count int, do func([]engine.Querier) error) (err error) {
	defer func() { err = l.ended(ctx, err) }()
	if count == 1 {
		conn, err := l.pool.Acquire(ctx)
		if err != nil {
			return err
		}
		defer conn.Release()
		s := &snapshot{querier: querier{l, conn.Conn()}}
		defer s.end(ctx)
		return do([]engine.Querier{s})
	}
	var conns []*pgx.Conn
	defer func() {
		for _, conn := range conns {
			err = errors.Join(err, conn.Close(context.WithoutCancel(ctx)))
		}
	}()
	var readers []engine.Querier
	begin := beginSnapshot + byIndex
	for len(conns) < count {
		conn, err := pgx.ConnectConfig(ctx, l.config.ConnConfig)
		if err != nil {
			return err
		}
		conns, readers = append(conns, conn), append(readers, querier{l, conn})
		if _, err := conn.Exec(ctx, begin); err != nil {
			return err
		}
		if len(conns) > 1 {
			continue
		}
		var name string
		if err := conn.QueryRow(ctx, `SELECT pg_export_snapshot()`).Scan(&name); err != nil {
			return err
		}
		begin = fmt.Sprintf(`%s; SET TRANSACTION SNAPSHOT '%s'`, begin, name)
	}
	return do(readers)
}

// snapshot reads in a transaction that changes nothing, so that an answer stays true until its
// end. It begins with the first query.
type snapshot struct {
	querier
	begun bool
	ahead map[string]*answered // by the question
}

// Ahead reads the answers to several questions in one round trip, which also begins the
// transaction.
func (s *snapshot) Ahead(ctx context.Context, questions []engine.Question) error {
	keys, queries := asked(questions)
	var batch pgx.Batch
	begins := !s.begun
	if begins {
		batch.Queue(beginSnapshot)
	}
	for i := range queries {
		batch.Queue(queries[i].text, queries[i].args...)
	}
	s.begun = true
	results := s.conn.SendBatch(ctx, &batch)
	defer results.Close()
	if begins {
		if _, err := results.Exec(); err != nil {
			return err
		}
	}
	if s.ahead == nil {
		s.ahead = make(map[string]*answered, len(keys))
	}
	for _, key := range keys {
		rows, err := results.Query()
		if err != nil {
			return err
		}
		if s.ahead[key], err = keep(rows); err != nil {
			return err
		}
	}
	return results.Close()
}

// Query runs a query. The first one begins the transaction.
func (s *snapshot) Query(ctx context.Context, text string, args ...any) (engine.Results, error) {
	if !s.begun {
		if err := s.Ahead(ctx, []engine.Question{{Query: text, Args: args}}); err != nil {
			return nil, err
		}
	}
	if known := s.known(text, args); known != nil {
		return known, nil
	}
	return s.querier.Query(ctx, text, args...)
}

// Records reads whole rows in one batch. It gives the answer to a question that was asked
// ahead once, because it may be a large table.
func (s *snapshot) Records(ctx context.Context, from engine.Rows, args ...any) (engine.Records, error) {
	if !s.begun {
		var first []engine.Question
		if !from.Passing {
			first = append(first, engine.Question{Rows: from, Args: args})
		}
		if err := s.Ahead(ctx, first); err != nil {
			return nil, err
		}
	}
	q := query{selection(&from), args}
	if known := s.known(q.text, args); known != nil && !from.Passing {
		delete(s.ahead, q.key())
		return gather(known, len(from.Columns))
	}
	return s.querier.Records(ctx, from, args...)
}

// known returns the answer to a question that was asked ahead, or nil.
func (s *snapshot) known(text string, args []any) *again {
	q := query{text, args}
	if a := s.ahead[q.key()]; a != nil {
		return &again{answered: a, types: s.conn.TypeMap()}
	}
	return nil
}

// end ends the transaction.
func (s *snapshot) end(ctx context.Context) {
	if s.begun {
		_, _ = s.conn.Exec(context.WithoutCancel(ctx), `ROLLBACK`)
	}
}

var _ engine.Ahead = (*snapshot)(nil)
