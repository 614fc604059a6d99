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

// question is the key of a question.
func question(query string, args []any) string { return fmt.Sprintf("%s\x00%v", query, args) }

// Ahead reads the answers to several questions in one round trip. The lock of the record is
// held, so that they stay true until this transaction writes.
func (t *tx) Ahead(ctx context.Context, questions []engine.Question) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := t.flush(); err != nil {
		return err
	}
	var b pgx.Batch
	var keys []string
	for _, q := range questions {
		text := q.Query
		if q.Rows.Table != "" {
			text = selection(&q.Rows)
		}
		key := question(text, q.Args)
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
			b.Queue(text, q.Args...)
		}
	}
	t.g.sent = true
	t.ahead = make(map[string]*answered, len(keys))
	sent := t.g.conn.SendBatch(context.WithoutCancel(ctx), &b)
	for _, key := range keys {
		rows, err := sent.Query()
		if err == nil {
			t.ahead[key], err = keep(rows)
		}
		if err != nil {
			_ = sent.Close()
			t.ahead = nil
			return err
		}
	}
	return sent.Close()
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
