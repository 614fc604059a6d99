package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"neurocheck/internal/pack"
)

// packedQuery is a query whose rows come all at once: see package pack.
type packedQuery struct {
	conn    *sql.Conn
	text    string
	columns int
}

// packedTable reads whole records of a table, and returns the names of their
// columns beside; where says which, in the order of their numbers.
func packedTable(ctx context.Context, conn *sql.Conn, table, where string) (q packedQuery, names []string, err error) {
	rows, err := conn.QueryContext(ctx, `SELECT * FROM `+table+` LIMIT 0`)
	if err != nil {
		return q, nil, err
	}
	names, err = rows.Columns()
	list := strings.Join(names, ", ")
	// Without an ORDER BY the rows come along the key of the table, which is their
	// number: to be told so costs SQLite as much again as the packing.
	return packedQuery{conn, `SELECT pack(` + list + `) FROM ` + table + ` WHERE ` + where, len(names)}, names, errors.Join(err, rows.Close())
}

func (q *packedQuery) read(ctx context.Context, args ...any) (*pack.Rows, error) {
	var packed sql.NullString
	err := q.conn.QueryRowContext(ctx, q.text, args...).Scan(&packed)
	return pack.Read(packed.String, q.columns), err
}

// appendPacked is [appendValue] of a packed value.
func appendPacked(dst []byte, name string, v *pack.Value) []byte {
	switch v.Kind {
	case pack.Integer:
		return appendInteger(dst, name, v.Whole)
	case pack.Text, pack.Blob:
		return appendText(dst, name, v.Text)
	}
	return appendValue(dst, name, plainValue(v))
}

// plainValue returns a packed value as the driver would.
func plainValue(v *pack.Value) any {
	switch v.Kind {
	case pack.Integer:
		return v.Whole
	case pack.Real:
		return v.Float()
	case pack.Text:
		return v.Text
	case pack.Blob:
		return []byte(v.Text)
	}
	return nil
}
