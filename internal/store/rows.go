package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"

	"neurocheck/internal/pack"
)

// packedQuery is a query that returns all its rows in one value: see package pack.
type packedQuery struct {
	conn    *sql.Conn
	text    string
	columns int
}

// packedRecords returns a query for whole records of a table; where selects them, in
// the order of their numbers.
func packedRecords(conn *sql.Conn, l *layout, where string) packedQuery {
	// Without an ORDER BY the rows come in the order of the key of the table, which is
	// their number; with one, SQLite takes as long again as for the packing.
	return packedQuery{conn, `SELECT pack(` + l.list + `) FROM ` + l.table + ` WHERE ` + where, len(l.names)}
}

func (q *packedQuery) read(ctx context.Context, args ...any) (*pack.Rows, error) {
	var packed sql.NullString
	err := q.conn.QueryRowContext(ctx, q.text, args...).Scan(&packed)
	return pack.Read(packed.String, q.columns), err
}

// eachRecord calls yield for whole records of a table, r, which the rest of the
// query selects and orders: its WHERE, ORDER BY and LIMIT, and joins if it needs any.
// It stops with an [unreadable] error at a record that does not fit its row hash, so
// that a damaged record is never taken for a true one. The row is yield's own only
// until it returns.
func eachRecord(ctx context.Context, q querier, l *layout, rest string, args []any, yield func(row []pack.Value) error) (err error) {
	list, err := all(ctx, q, func(rows *sql.Rows) (packed sql.NullString, err error) {
		err = rows.Scan(&packed)
		return packed, err
	}, `SELECT pack(`+l.list+`) FROM (SELECT `+l.ofR+` FROM `+l.table+` r `+rest+`)`, args...)
	if err != nil {
		return err
	}
	var text []byte
	for _, packed := range list {
		rows := pack.Read(packed.String, len(l.names))
		for rows.Next() {
			text = l.encode(text[:0], rows.Row)
			if own := sha256.Sum256(text); string(own[:]) != rows.Row[l.rowHash].Text {
				r := recordOf(l, rows.Row)
				return unreadable{r.name(), errors.New("it does not fit its hash")}
			}
			if err := yield(rows.Row); err != nil {
				return err
			}
		}
	}
	return nil
}

// record is one row of any record table.
type record struct {
	table   string
	row     []column // without the hashes
	seq     int64
	rowHash []byte
	hash    []byte
}

// recordOf returns a packed row as a record of its own.
func recordOf(l *layout, row []pack.Value) record {
	r := record{table: l.table}
	for i, name := range l.names {
		r.add(name, driverValue(&row[i]))
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
func scanRecord(table string) func(*sql.Rows) (record, error) {
	return func(rows *sql.Rows) (record, error) {
		r := record{table: table}
		names, err := rows.Columns()
		if err != nil {
			return r, err
		}
		values := make([]any, len(names))
		dest := make([]any, len(names))
		for i := range values {
			dest[i] = &values[i]
		}
		if err := rows.Scan(dest...); err != nil {
			return r, err
		}
		for i, name := range names {
			r.add(name, values[i])
		}
		return r, nil
	}
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
