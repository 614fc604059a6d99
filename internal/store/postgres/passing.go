package postgres

import (
	"unsafe"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"neurocheck/internal/store/engine"
)

// passing is rows that are used while they come: see [engine.Rows]. An export reads the whole
// record in this way, because copying each row first would cost as much as reading it.
type passing struct {
	rows  pgx.Rows
	kinds []columnKind
	row   []engine.Value
	err   error
}

// digits asks for integers in digits, which is the form that exports and hashes need. The
// server makes them as fast as the binary form.
var digits = pgx.QueryResultFormatsByOID{pgtype.Int8OID: pgx.TextFormatCode, pgtype.ByteaOID: pgx.BinaryFormatCode}

// Next goes on to the next row.
func (p *passing) Next() bool {
	if p.err != nil || !p.rows.Next() {
		return false
	}
	if p.kinds == nil {
		if p.kinds, p.err = kindsOf(p.rows.FieldDescriptions(), pgtype.TextFormatCode); p.err != nil {
			return false
		}
	}
	for i, raw := range p.rows.RawValues() {
		v := &p.row[i]
		if raw == nil {
			v.Kind, v.Text = engine.Null, ""
			continue
		}
		// The memory is that of the connection, which uses it again for the next row.
		v.Text = unsafe.String(unsafe.SliceData(raw), len(raw))
		switch p.kinds[i] {
		case textColumn:
			v.Kind = engine.Text
		case blobColumn:
			v.Kind = engine.Blob
		case wholeColumn:
			v.Kind = engine.Integer
		}
	}
	return true
}

// Row returns the values of the row.
func (p *passing) Row() []engine.Value { return p.row }

// Close ends the reading.
func (p *passing) Close() error {
	p.rows.Close()
	if p.err != nil {
		return p.err
	}
	return p.rows.Err()
}
