package store

import (
	"context"
	"errors"

	"neurocheck/internal/store/engine"
)

// A save reads some fifteen tables, and on a server each takes a round trip, during which
// every other writer waits. So the reads run first on a reader that only notes their queries,
// and the server answers all of them at once. A snapshot reads the same way, because a person
// waits for it.

// askAhead lets a server answer the queries of reads in one round trip, with which it begins
// the transaction if nothing was read yet. On other engines it does nothing. The layouts of
// tables, which no act changes, are asked for in another way: through in.
func askAhead(ctx context.Context, t engine.Querier, in reader, reads ...func(context.Context, reader)) error {
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

// nothing is the answer to a question that was only noted.
type nothing struct{}

func (nothing) Next() bool                 { return false }
func (nothing) Row() []engine.Value        { return nil }
func (nothing) Scan(...any) error          { return errors.New("there is no row") }
func (nothing) Columns() ([]string, error) { return nil, nil }
func (nothing) Err() error                 { return nil }
func (nothing) Close() error               { return nil }
