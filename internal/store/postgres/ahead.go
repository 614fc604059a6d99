package postgres

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"neurocheck/internal/store/engine"
)

// answered is the answer to a question that was asked ahead.
type answered struct {
	fields []pgconn.FieldDescription
	rows   [][][]byte
}

// key returns the key of a query in the answers. Its texts are quoted, so that "a b" and "c"
// are not "a" and "b c".
func (q *query) key() string { return fmt.Sprintf("%s\x00%#v", q.text, q.args) }

// Ahead reads the answers to several questions in one round trip, which also begins the
// transaction and takes the lock of the record if that is still to be done. The answers stay
// true until this transaction writes.
func (t *tx) Ahead(ctx context.Context, questions []engine.Question) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := t.g.copyAll(); err != nil {
		return err
	}
	keys, queries := asked(questions)
	t.g.sent, t.g.changed = true, t.g.changed || t.g.queued.writes()
	answers, err := t.g.send(ctx, queries)
	if err != nil {
		return err
	}
	if t.ahead == nil {
		t.ahead = make(map[string]*answered, len(keys))
	}
	for i, a := range answers {
		t.ahead[keys[i]] = a
	}
	return nil
}

// asked returns the queries of questions, each once, with their keys.
func asked(questions []engine.Question) (keys []string, queries []query) {
	for _, of := range questions {
		q := query{of.Query, of.Args}
		if of.Rows.Table != "" {
			q.text = selection(&of.Rows)
		}
		if key := q.key(); !slices.Contains(keys, key) {
			keys, queries = append(keys, key), append(queries, q)
		}
	}
	return keys, queries
}

// keep reads rows to their end.
func keep(rows pgx.Rows) (*answered, error) {
	defer rows.Close()
	a := &answered{fields: slices.Clone(rows.FieldDescriptions())}
	for rows.Next() {
		var memory []byte
		row := make([][]byte, len(a.fields))
		for i, raw := range rows.RawValues() {
			if raw != nil {
				memory = append(memory, raw...)
				row[i] = memory[len(memory)-len(raw):]
			}
		}
		a.rows = append(a.rows, row)
	}
	return a, rows.Err()
}

// again gives the rows of an answer once more.
type again struct {
	*answered
	types *pgtype.Map
	next  int
}

// Next goes on to the next row.
func (a *again) Next() bool {
	a.next++
	return a.next <= len(a.rows)
}

// Scan scans the row.
func (a *again) Scan(dest ...any) error {
	for i, raw := range a.RawValues() {
		if err := a.types.Scan(a.fields[i].DataTypeOID, a.fields[i].Format, raw, dest[i]); err != nil {
			return err
		}
	}
	return nil
}

// Columns returns the names of the columns.
func (a *again) Columns() (names []string, err error) {
	for _, f := range a.fields {
		names = append(names, f.Name)
	}
	return names, nil
}

// RawValues returns the row as the server sent it.
func (a *again) RawValues() [][]byte { return a.rows[a.next-1] }

// FieldDescriptions describes the columns.
func (a *again) FieldDescriptions() []pgconn.FieldDescription { return a.fields }

// Err returns nil: the rows are there.
func (a *again) Err() error { return nil }

// Close ends the reading.
func (a *again) Close() error { return nil }

var _ engine.Ahead = (*tx)(nil)
