package storetest

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"neurocheck/internal/store/engine"
)

// Recording records the distinct texts of the statements that a store gives to an engine.
type Recording struct {
	mu    sync.Mutex
	texts map[string]bool
}

// Texts returns the texts in order.
func (r *Recording) Texts() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Sorted(maps.Keys(r.texts))
}

func (r *Recording) note(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.texts == nil {
		r.texts = make(map[string]bool)
	}
	r.texts[strings.Join(strings.Fields(text), " ")] = true
}

// Of returns open for an engine of which the statements are recorded.
func (r *Recording) Of(open Open) Open {
	return func(ctx context.Context) (engine.Engine, error) {
		db, err := open(ctx)
		return recordedEngine{db, r}, err
	}
}

type recordedEngine struct {
	engine.Engine
	to *Recording
}

func (e recordedEngine) Pool() engine.Querier { return recordedQuerier{e.Engine.Pool(), e.to} }

func (e recordedEngine) Write(ctx context.Context, r engine.Rules, do func(engine.Tx) (engine.End, error)) (engine.Outcome, error) {
	return e.Engine.Write(ctx, r, func(t engine.Tx) (engine.End, error) {
		return do(recordedTx{recordedQuerier{t, e.to}, t})
	})
}

func (e recordedEngine) Snapshots(ctx context.Context, count int, do func([]engine.Querier) error) error {
	return e.Engine.Snapshots(ctx, count, func(readers []engine.Querier) error {
		var recorded []engine.Querier
		for _, q := range readers {
			recorded = append(recorded, recordedQuerier{q, e.to})
		}
		return do(recorded)
	})
}

// Check gives the engine its own reader: its statements are for this engine alone.
func (e recordedEngine) Check(ctx context.Context, q engine.Querier, a engine.Aspect) (engine.Misfit, error) {
	if r, ok := q.(recordedQuerier); ok {
		q = r.Querier
	}
	return e.Engine.Check(ctx, q, a)
}

type recordedQuerier struct {
	engine.Querier
	to *Recording
}

func (q recordedQuerier) Query(ctx context.Context, query string, args ...any) (engine.Results, error) {
	q.to.note(query)
	return q.Querier.Query(ctx, query, args...)
}

func (q recordedQuerier) Records(ctx context.Context, from engine.Rows, args ...any) (engine.Records, error) {
	if from.Where != "" {
		q.to.note("SELECT " + strings.Join(from.Columns, ", ") + " FROM " + from.Table + " WHERE " + from.Where + " ORDER BY seq")
	} else {
		q.to.note("SELECT r." + strings.Join(from.Columns, ", r.") + " FROM " + from.Table + " r " + from.Rest)
	}
	return q.Querier.Records(ctx, from, args...)
}

type recordedTx struct {
	recordedQuerier
	tx engine.Tx
}

func (t recordedTx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	t.to.note(query)
	return t.tx.Exec(ctx, query, args...)
}

func (t recordedTx) Append(ctx context.Context, rows []engine.Row) error {
	for i := range rows {
		s := rows[i].Statement
		if s.Table == "" {
			t.to.note(s.Query)
			continue
		}
		marks := ""
		for n := range s.Columns {
			marks += ", $" + strconv.Itoa(n+1)
		}
		t.to.note("INSERT INTO " + s.Table + " (" + strings.Join(s.Columns, ", ") + ") VALUES (" + marks[2:] + ")")
	}
	return t.tx.Append(ctx, rows)
}
