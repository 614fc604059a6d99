package postgres_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"neurocheck/internal/store/engine"
)

// oddRows are rows with every kind of value: NULL, empty, longer than what is read at a time,
// and the smallest number. One that is asked for at last is as given.
func oddRows(last string) engine.Rows {
	return engine.Rows{
		Table: `(SELECT g::bigint AS seq, CASE WHEN g % 3 > 0 THEN repeat('é', g::int % 7) END AS word,
				CASE g WHEN 5 THEN repeat('long', 100000) ELSE '' END AS note, -9223372036854775807 - 1 + g AS least, -g AS minus,
				decode(CASE WHEN g % 5 > 0 THEN '00ff0a' ELSE '' END, 'hex') AS bytes, ` + last + ` AS last
			FROM generate_series(0::bigint, 2999) AS g)`,
		Columns: []string{"seq", "word", "note", "least", "minus", "bytes", "last"},
		Rest:    `WHERE r.seq >= $1 AND r.seq < $2`, // in their order already
	}
}

// read reads at most that many rows, with values of their own.
func read(ctx context.Context, q engine.Querier, from engine.Rows, most int) (list [][]any, err error) {
	rows, err := q.Records(ctx, from, int64(0), int64(3000))
	if err != nil {
		return nil, err
	}
	for len(list) < most && rows.Next() {
		var row []any
		for i := range rows.Row() {
			v := rows.Row()[i].Any()
			if text, ok := v.(string); ok {
				v = strings.Clone(text)
			}
			row = append(row, v)
		}
		list = append(list, row)
	}
	return list, rows.Close()
}

// onReader runs do with one of several readers.
func onReader(t *testing.T, l engine.Engine, do func(engine.Querier)) {
	t.Helper()
	ok(t, l.Snapshots(t.Context(), 2, func(readers []engine.Querier) error {
		do(readers[1])
		return nil
	}))
}

// Passing rows are the same as others, also after rows that were not read to their end.
func TestPassingRowsAreTheSame(t *testing.T) {
	t.Parallel()
	l := must(newLog(t)(t.Context()))(t)
	defer func() { ok(t, l.Close()) }()
	onReader(t, l, func(q engine.Querier) {
		from := oddRows(`'x'`)
		want := must(read(t.Context(), q, from, 3000))(t)
		from.Passing = true
		for _, most := range []int{0, 1, 2000, 3000} {
			got := must(read(t.Context(), q, from, most))(t)
			if diff := cmp.Diff(want[:most], got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%d rows (-want +got)\n%.2000s", most, diff)
			}
		}
		from.Table = oddRows(`1.5`).Table
		if _, err := read(t.Context(), q, from, 1); err == nil || !strings.Contains(err.Error(), "the column last has the type") {
			t.Errorf("a type that no table has: %v", err)
		}
	})
}

// An error that comes after some rows is that of the rows.
func TestPassingRowsThatFail(t *testing.T) {
	t.Parallel()
	l := must(newLog(t)(t.Context()))(t)
	defer func() { ok(t, l.Close()) }()
	for name, c := range map[string]struct {
		last string
		stop int // the number of rows after which the reader is stopped
		is   func(error) bool
	}{
		"an error of the server": {`1 / (2000 - g)`, 3000, func(err error) bool {
			return err != nil && strings.Contains(l.Explain(err).Error(), "22012")
		}},
		"a connection that ends": {`CASE WHEN g = 2000 THEN pg_terminate_backend(pg_backend_pid())::text END`, 3000, func(err error) bool {
			return l.Cause(err) == engine.CauseAway
		}},
		// More bytes than the connection holds: the rest of few would be here already.
		"a reader that is stopped": {`repeat('x', 10000)`, 10, func(err error) bool {
			return errors.Is(err, context.Canceled)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			onReader(t, l, func(q engine.Querier) {
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				from := oddRows(c.last)
				from.Passing = true
				rows := must(q.Records(ctx, from, int64(0), int64(3000)))(t)
				n := 0
				for rows.Next() {
					if n++; n == c.stop {
						stop()
						time.Sleep(50 * time.Millisecond) // the connection hears of it in another goroutine
					}
				}
				err := rows.Close()
				if !c.is(err) || n < 10 {
					t.Errorf("%v after %d rows", err, n)
				}
				from.Table = oddRows(`'x'`).Table
				if _, err := read(ctx, q, from, 1); err == nil {
					t.Error("the next rows came")
				}
			})
		})
	}
}
