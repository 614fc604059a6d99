package postgres

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"neurocheck/internal/store/engine"
)

// runner is a connection, a pool or a transaction.
type runner interface {
	Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
}

// querier runs queries.
type querier struct{ q runner }

// Query runs a query.
func (q querier) Query(ctx context.Context, query string, args ...any) (engine.Results, error) {
	rows, err := q.q.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return &results{Rows: rows}, nil
}

// Records reads whole rows in one batch.
func (q querier) Records(ctx context.Context, from engine.Rows, args ...any) (engine.Records, error) {
	rows, err := q.q.Query(ctx, selection(&from), args...)
	if err != nil {
		return nil, err
	}
	return gather(rows, len(from.Columns))
}

// results are the rows of a query. after, if it is set, ends the batch that they are part of.
type results struct {
	pgx.Rows
	after func() error
}

// Columns returns the names of the columns.
func (r *results) Columns() (names []string, err error) {
	for _, f := range r.FieldDescriptions() {
		names = append(names, f.Name)
	}
	return names, r.Err()
}

// Close ends the query. Err has its error.
func (r *results) Close() error {
	r.Rows.Close()
	if after := r.after; after != nil {
		r.after = nil
		return after()
	}
	return nil
}

// selection returns the query for whole rows.
func selection(from *engine.Rows) string {
	if from.Where != "" {
		return "SELECT " + strings.Join(from.Columns, ", ") + " FROM " + from.Table + " WHERE " + from.Where + " ORDER BY seq"
	}
	return "SELECT r." + strings.Join(from.Columns, ", r.") + " FROM " + from.Table + " r " + from.Rest
}

// batch is rows that were read, with all their texts in one string: memory for each text of
// its own would cost more than reading it.
type batch struct {
	cells []cell
	texts string
	row   []engine.Value
	next  int
}

// cell is a value: an integer itself, or the place of a text.
type cell struct {
	kind   engine.Kind
	number int64 // of a text, its beginning
	length int32
}

// rawRows are rows as the server sent them.
type rawRows interface {
	Next() bool
	RawValues() [][]byte
	FieldDescriptions() []pgconn.FieldDescription
	Err() error
}

// gather reads rows to their end.
func gather(rows rawRows, columns int) (*batch, error) {
	if live, ok := rows.(pgx.Rows); ok {
		defer live.Close()
	}
	b := &batch{row: make([]engine.Value, columns)}
	var texts strings.Builder
	for rows.Next() {
		fields := rows.FieldDescriptions()
		for i, raw := range rows.RawValues() {
			c := cell{kind: engine.Null}
			switch {
			case raw == nil:
			case fields[i].DataTypeOID == pgtype.Int8OID && fields[i].Format == pgtype.BinaryFormatCode:
				c.kind, c.number = engine.Integer, int64(binary.BigEndian.Uint64(raw))
			case fields[i].DataTypeOID == pgtype.TextOID, fields[i].DataTypeOID == pgtype.ByteaOID && fields[i].Format == pgtype.BinaryFormatCode:
				c.kind = engine.Text
				if fields[i].DataTypeOID == pgtype.ByteaOID {
					c.kind = engine.Blob
				}
				c.number, c.length = int64(texts.Len()), int32(len(raw))
				texts.Write(raw)
			default:
				return nil, fmt.Errorf("the column %s has the type %d", fields[i].Name, fields[i].DataTypeOID)
			}
			b.cells = append(b.cells, c)
		}
	}
	b.texts = texts.String()
	return b, rows.Err()
}

// Next goes on to the next row.
func (b *batch) Next() bool {
	if b.next >= len(b.cells) {
		return false
	}
	for i := range b.row {
		c := &b.cells[b.next+i]
		v := engine.Value{Kind: c.kind}
		if c.kind == engine.Integer {
			v.Whole = c.number
		} else if c.kind != engine.Null {
			v.Text = b.texts[c.number : c.number+int64(c.length)]
		}
		b.row[i] = v
	}
	b.next += len(b.row)
	return true
}

// Row returns the values of the row.
func (b *batch) Row() []engine.Value { return b.row }

// pooled reads on the connections of the pool, and notes whether the server answers.
type pooled struct{ l *Log }

// Query runs a query.
func (p pooled) Query(ctx context.Context, query string, args ...any) (engine.Results, error) {
	rows, err := p.l.pool.Query(ctx, query, args...)
	if err == nil {
		err = rows.Err()
	}
	p.l.heard(err)
	if err != nil {
		rows.Close()
		return nil, err
	}
	return &results{Rows: rows}, nil
}

// Records reads whole rows in one batch.
func (p pooled) Records(ctx context.Context, from engine.Rows, args ...any) (engine.Records, error) {
	rows, err := p.l.pool.Query(ctx, selection(&from), args...)
	var b *batch
	if err == nil {
		b, err = gather(rows, len(from.Columns))
	}
	p.l.heard(err)
	if err != nil {
		return nil, err
	}
	return b, nil
}
