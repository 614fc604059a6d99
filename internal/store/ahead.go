package store

import (
	"context"
	"errors"

	"neurocheck/internal/store/engine"
)

// A save reads some fifteen tables, and on a server each takes a round trip, during which
// every other writer waits. So the reads run first on a reader that only notes their queries,
// and the server answers all of them at once.

// ahead lets a server answer the queries of reads in the round trip with which it begins a
// transaction. On other engines it does nothing.
func (s *Store) ahead(ctx context.Context, t engine.Tx, reads ...func(context.Context, reader)) error {
	return askAhead(ctx, t, reader{q: s.db.Pool(), tables: s.tables}, reads...)
}

// ahead is [Store.ahead] later in the transaction, before queries that were not foreseen.
func (w *tx) ahead(ctx context.Context, reads ...func(context.Context, reader)) error {
	if err := w.inserts.flush(ctx); err != nil {
		return err
	}
	return askAhead(ctx, w.sql.tx, w.reader(), reads...)
}

// askAhead asks for the layouts of tables, which no act changes, in another way: through in.
func askAhead(ctx context.Context, t engine.Tx, in reader, reads ...func(context.Context, reader)) error {
	server, ok := t.(engine.Ahead)
	if !ok || len(reads) == 0 {
		return nil
	}
	notes := &asking{real: in.q}
	for _, read := range reads {
		read(ctx, reader{q: notes, tables: in.tables})
	}
	return server.Ahead(ctx, notes.asked)
}

// asking is a querier that notes the queries, and finds nothing.
type asking struct {
	real  engine.Querier // for the layouts of the tables
	asked []engine.Question
}

// Query notes a query.
func (a *asking) Query(_ context.Context, query string, args ...any) (engine.Results, error) {
	a.asked = append(a.asked, engine.Question{Query: query, Args: args})
	return nothing{}, nil
}

// Records notes a query for whole rows.
func (a *asking) Records(_ context.Context, from engine.Rows, args ...any) (engine.Records, error) {
	a.asked = append(a.asked, engine.Question{Rows: from, Args: args})
	return nothing{}, nil
}

// asks reports whether the reader only notes the queries.
func (in reader) asks() bool {
	_, ok := in.q.(*asking)
	return ok
}

// ask asks for the records that the act of the request will read.
func (r *Request) ask(ctx context.Context, in reader) {
	_, _ = r.find(ctx, in.q)
	if r.reads != nil {
		r.reads(ctx, in)
	}
}

func askStaff(ctx context.Context, in reader) { _, _ = rosterOf(ctx, in, true) }

// nothing is the answer to a question that was only noted.
type nothing struct{}

func (nothing) Next() bool                 { return false }
func (nothing) Row() []engine.Value        { return nil }
func (nothing) Scan(...any) error          { return errors.New("there is no row") }
func (nothing) Columns() ([]string, error) { return nil, nil }
func (nothing) Err() error                 { return nil }
func (nothing) Close() error               { return nil }
