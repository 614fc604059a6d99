package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
)

// recordEnd is the end of the record as a transaction has it.
type recordEnd struct {
	locked bool   // it was read, and this transaction has its lock
	seq    int64  // of the last record
	hash   []byte // of that record, nil if the record has no end
}

// query is a query with its arguments.
type query struct {
	text string
	args []any
}

// send sends the queued statements and then queries in one round trip. It returns the answers
// to the queries, and the error of the first that fails. The context interrupts nothing but
// the wait for the lock of the record: the connection ends with it, which later has the
// writes of others.
func (g *group) send(ctx context.Context, queries []query) ([]*answered, error) {
	if g.locked {
		ctx = context.WithoutCancel(ctx)
	}
	var batch pgx.Batch
	statements := g.queued.queue(&batch, g.l)
	for i := range queries {
		batch.Queue(queries[i].text, queries[i].args...)
	}
	g.written = g.written || g.queued.own() > 0
	results := g.conn.SendBatch(ctx, &batch)
	answers, err := g.receive(results, statements, len(queries))
	if closed := results.Close(); err == nil {
		err = closed
	}
	g.queued.clear()
	return answers, err
}

// receive reads the results of all statements, and of so many queries.
func (g *group) receive(results pgx.BatchResults, statements []*joined, queries int) (answers []*answered, err error) {
	for _, of := range statements {
		if of.only == lockHead {
			err := results.QueryRow().Scan(&g.seq, &g.hash)
			if err != nil && !errors.Is(err, pgx.ErrNoRows) { // verify says that the record has no end
				return nil, err
			}
			g.locked = true
			continue
		}
		switch tag, err := results.Exec(); {
		case refused(err) && g.together():
			return nil, errTogether
		case err != nil:
			return nil, of.failure(err)
		case of.only == commitAll && tag.String() != `COMMIT`:
			return nil, errRolledBack
		}
	}
	for range queries {
		rows, err := results.Query()
		if err != nil {
			return nil, err
		}
		a, err := keep(rows)
		if err != nil {
			return nil, err
		}
		answers = append(answers, a)
	}
	return answers, nil
}
