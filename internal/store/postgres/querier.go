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

// ask runs a query on a connection. One that this process runs for the first time takes one
// round trip, and is not prepared: a command runs most of its queries once. The next time it
// is prepared, in two, and from then on it costs the server least.
func (l *Log) ask(ctx context.Context, conn *pgx.Conn, query string, args ...any) (pgx.Rows, error) {
	if _, again := l.asked.LoadOrStore(query, true); again {
		return conn.Query(ctx, query, args...)
	}
	var parameters pgx.ExtendedQueryBuilder
	if err := parameters.Build(conn.TypeMap(), nil, args); err != nil {
		return nil, err
	}
	answer := conn.PgConn().ExecParams(ctx, query, parameters.ParamValues, nil, parameters.ParamFormats, []int16{pgtype.BinaryFormatCode})
	return pgx.RowsFromResultReader(conn.TypeMap(), answer), nil
}

// querier runs queries on a connection of a log.
type querier struct {
	l    *Log
	conn *pgx.Conn
}

// Query runs a query.
func (q querier) Query(ctx context.Context, query string, args ...any) (engine.Results, error) {
	rows, err := q.l.ask(ctx, q.conn, query, args...)
	if err != nil {
		return nil, err
	}
	return &results{Rows: rows}, nil
}

// Records reads whole rows in one batch.
func (q querier) Records(ctx context.Context, from engine.Rows, args ...any) (engine.Records, error) {
	if from.Passing { // an export asks for one part of a table after the other
		rows, err := q.conn.Query(ctx, selection(&from), append([]any{digits}, args...)...)
		if err != nil {
			return nil, err
		}
		return &passing{rows: rows, row: make([]engine.Value, len(from.Columns))}, nil
	}
	rows, err := q.l.ask(ctx, q.conn, selection(&from), args...)
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

// Columns returns the names of the columns. A query that failed has none, and its error comes
// with its end.
func (r *results) Columns() (names []string, err error) {
	for _, f := range r.FieldDescriptions() {
		names = append(names, f.Name)
	}
	if len(names) == 0 {
		r.Rows.Close()
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
		return "SELECT " + strings.Join(from.Columns, ", ") + " FROM " + from.Table + " r WHERE " + from.Where + " ORDER BY seq"
	}
	return "SELECT r." + strings.Join(from.Columns, ", r.") + " FROM " + from.Table + " r " + from.Rest
}

// batch is rows that were read: in few large pieces of memory, because some for each row or
// text would cost more than reading it.
type batch struct {
	kinds  []columnKind
	chunks []*strings.Builder // of whole rows: of each value its length and its bytes
	rest   string             // of the chunk that Row is in
	row    []engine.Value
}

// columnKind says how the values of a column are read.
type columnKind byte

const (
	wholeColumn columnKind = iota
	textColumn
	blobColumn
)

const (
	fullChunk  = 256 << 10
	nullLength = ^uint32(0) // of NULL
)

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
	for rows.Next() {
		if b.kinds == nil {
			var err error
			if b.kinds, err = kindsOf(rows.FieldDescriptions(), pgtype.BinaryFormatCode); err != nil {
				return nil, err
			}
		}
		b.add(rows.RawValues())
	}
	return b, rows.Err()
}

// kindsOf returns the kinds of the columns of a table of the record, of which the integers
// have that format.
func kindsOf(fields []pgconn.FieldDescription, integers int16) (kinds []columnKind, err error) {
	for i := range fields {
		format := fields[i].Format
		switch of := fields[i].DataTypeOID; {
		case of == pgtype.Int8OID && format == integers:
			kinds = append(kinds, wholeColumn)
		case of == pgtype.TextOID:
			kinds = append(kinds, textColumn)
		case of == pgtype.ByteaOID && format == pgtype.BinaryFormatCode:
			kinds = append(kinds, blobColumn)
		default:
			return nil, fmt.Errorf("the column %s has the type %d", fields[i].Name, of)
		}
	}
	return kinds, nil
}

// add adds a row.
func (b *batch) add(values [][]byte) {
	size := 0
	for _, v := range values {
		size += 4 + len(v)
	}
	if last := len(b.chunks) - 1; last < 0 || b.chunks[last].Len()+size > b.chunks[last].Cap() {
		next := size // most queries find a row or none
		if last >= 0 {
			next = max(size, min(4*b.chunks[last].Cap(), fullChunk))
		}
		b.chunks = append(b.chunks, new(strings.Builder))
		b.chunks[last+1].Grow(next)
	}
	to := b.chunks[len(b.chunks)-1]
	var length [4]byte
	for _, v := range values {
		n := nullLength
		if v != nil {
			n = uint32(len(v))
		}
		binary.BigEndian.PutUint32(length[:], n)
		to.Write(length[:])
		to.Write(v)
	}
}

// Next goes on to the next row.
func (b *batch) Next() bool {
	for b.rest == "" {
		if len(b.chunks) == 0 {
			return false
		}
		b.rest, b.chunks = b.chunks[0].String(), b.chunks[1:]
	}
	for i := range b.row {
		length := uint32(whole(b.rest[:4]))
		if b.rest = b.rest[4:]; length == nullLength {
			b.row[i] = engine.Value{Kind: engine.Null}
			continue
		}
		raw := b.rest[:length]
		b.rest = b.rest[length:]
		switch b.kinds[i] {
		case wholeColumn:
			b.row[i] = engine.Value{Kind: engine.Integer, Whole: whole(raw)}
		case textColumn:
			b.row[i] = engine.Value{Kind: engine.Text, Text: raw}
		case blobColumn:
			b.row[i] = engine.Value{Kind: engine.Blob, Text: raw}
		}
	}
	return true
}

// whole reads an integer of at most eight bytes, the highest first.
func whole(raw string) (n int64) {
	for i := range len(raw) {
		n = n<<8 | int64(raw[i])
	}
	return n
}

// Row returns the values of the row.
func (b *batch) Row() []engine.Value { return b.row }

// Close implements [engine.Records]: all rows are in memory.
func (b *batch) Close() error { return nil }

// pooled reads on the connections of the pool, and notes whether the server answers.
type pooled struct{ l *Log }

// Query runs a query.
func (p pooled) Query(ctx context.Context, query string, args ...any) (engine.Results, error) {
	conn, err := p.l.pool.Acquire(ctx)
	if err != nil {
		return nil, p.l.ended(ctx, err)
	}
	rows, err := p.l.ask(ctx, conn.Conn(), query, args...)
	if err == nil {
		err = rows.Err()
	}
	if err = p.l.ended(ctx, err); err != nil {
		conn.Release()
		return nil, err
	}
	return &results{Rows: rows, after: func() error {
		_ = p.l.ended(ctx, rows.Err())
		conn.Release()
		return nil
	}}, nil
}

// Records reads whole rows in one batch.
func (p pooled) Records(ctx context.Context, from engine.Rows, args ...any) (engine.Records, error) {
	conn, err := p.l.pool.Acquire(ctx)
	if err != nil {
		return nil, p.l.ended(ctx, err)
	}
	defer conn.Release()
	var b *batch
	rows, err := p.l.ask(ctx, conn.Conn(), selection(&from), args...)
	if err == nil {
		b, err = gather(rows, len(from.Columns))
	}
	if err = p.l.ended(ctx, err); err != nil {
		return nil, err
	}
	return b, nil
}

// columns implements [engine.Catalogue].
func columns(ctx context.Context, q engine.Querier, tables []string) (map[string][]string, error) {
	byTable := make(map[string][]string, len(tables))
	_, err := engine.All(ctx, q, func(rows engine.Results) (none struct{}, err error) {
		var table string
		var names []string
		err = rows.Scan(&table, &names)
		byTable[table] = names
		return none, err
	}, `
		SELECT c.relname::text, ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum)
		FROM pg_class c
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY ($1)`, tables)
	return byTable, err
}

// Columns returns the columns of tables.
func (q querier) Columns(ctx context.Context, tables []string) (map[string][]string, error) {
	return columns(ctx, q, tables)
}

// Columns returns the columns of tables.
func (p pooled) Columns(ctx context.Context, tables []string) (map[string][]string, error) {
	return columns(ctx, p, tables)
}

// Columns returns the columns of tables.
func (t *tx) Columns(ctx context.Context, tables []string) (map[string][]string, error) {
	return columns(ctx, t, tables)
}

var (
	_ engine.Catalogue = querier{}
	_ engine.Catalogue = pooled{}
	_ engine.Catalogue = (*tx)(nil)
)
