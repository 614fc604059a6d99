package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"neurocheck/internal/store/engine"
)

// batchQuery reads whole rows of a table in batches.
type batchQuery struct {
	q    engine.Querier
	rows engine.Rows
}

// recordsWhere returns a query for whole records of a table in the order of their numbers.
func recordsWhere(q engine.Querier, l *layout, where string) batchQuery {
	return batchQuery{q, engine.Rows{Table: l.table, Columns: l.names, Where: where}}
}

func (b *batchQuery) read(ctx context.Context, args ...any) (engine.Records, error) {
	return b.q.Records(ctx, b.rows, args...)
}

// eachRecord calls yield for whole records of a table, r, which the rest of the
// query selects and orders: its WHERE, ORDER BY and LIMIT, and joins if it needs any.
// It stops with an [engine.Damage] at a record that does not fit its row hash, so
// that a damaged record is never taken for a true one. The row is yield's own only
// until it returns.
func eachRecord(ctx context.Context, q engine.Querier, l *layout, from engine.Rows, args []any, yield func(row []engine.Value) error) error {
	return eachRow(ctx, q, l, from, args, func(row []engine.Value, fits bool) error {
		if !fits {
			return misfit(l, row)
		}
		return yield(row)
	})
}

// eachRow calls yield for rows of a table, and says whether each fits its row hash.
func eachRow(ctx context.Context, q engine.Querier, l *layout, from engine.Rows, args []any, yield func(row []engine.Value, fits bool) error) error {
	from.Table, from.Columns = l.table, l.names
	rows, err := q.Records(ctx, from, args...)
	if err != nil {
		return err
	}
	var text []byte
	for rows.Next() {
		row := rows.Row()
		text = l.encode(text[:0], row)
		own := sha256.Sum256(text)
		if err := yield(row, string(own[:]) == row[l.rowHash].Text); err != nil {
			return err
		}
	}
	return nil
}

// misfit is the error of a record that does not fit its row hash.
func misfit(l *layout, row []engine.Value) error {
	r := recordOf(l, row)
	return engine.Unreadable(r.name(), errMisfit)
}

var errMisfit = errors.New("it does not fit its hash")

// record is one row of any record table.
type record struct {
	table   string
	row     []column // without the hashes
	seq     int64
	rowHash []byte
	hash    []byte
}

// recordOf returns a row as a record of its own.
func recordOf(l *layout, row []engine.Value) record {
	r := record{table: l.table}
	for i, name := range l.names {
		r.add(name, row[i].Any())
	}
	return r
}

// add adds a column of the table.
func (r *record) add(name string, value any) {
	switch name {
	case rowHashColumn:
		r.rowHash, _ = value.([]byte)
	case hashColumn:
		r.hash, _ = value.([]byte)
	default:
		if name == "seq" {
			r.seq, _ = value.(int64)
		}
		r.row = append(r.row, column{name, value})
	}
}

// scanRecord scans a whole row of a table.
func scanRecord(table string) func(engine.Results) (record, error) {
	return func(rows engine.Results) (record, error) {
		r := record{table: table}
		names, err := rows.Columns()
		if err != nil {
			return r, err
		}
		values, err := scanValues(rows, len(names))
		if err != nil {
			return r, err
		}
		for i, name := range names {
			r.add(name, values[i])
		}
		return r, nil
	}
}

// scanValues scans a row of that many columns.
func scanValues(rows engine.Results, columns int) ([]any, error) {
	values, dest := make([]any, columns), make([]any, columns)
	for i := range values {
		dest[i] = &values[i]
	}
	return values, rows.Scan(dest...)
}

// name identifies the record without saying whose it is.
func (r *record) name() string {
	name := fmt.Sprintf("record %d (%s", r.seq, r.table)
	for _, c := range r.row {
		if c.value != nil && (c.name == "check_id" || c.name == "patient_id" || c.name == "follow_up_id" || c.name == "version") {
			name += fmt.Sprintf(", %s %v", c.name, c.value)
		}
	}
	return name + ")"
}

// value returns a column of the record, or nil.
func (r *record) value(column string) any {
	for _, c := range r.row {
		if c.name == column {
			return c.value
		}
	}
	return nil
}
