// Package pack reads and inserts many rows of SQLite in one step. It adds an aggregate
// function to SQLite,
//
//	SELECT pack(seq, name, note) FROM patient WHERE seq BETWEEN 1 AND 1000
//
// which returns the values of all rows as one blob, and [Rows] decodes it: if each row
// comes through the driver by itself, it costs several times as much, mostly for passing
// each value. Exports and verify, which read a whole log, use it; all else reads row by
// row. The function unpack is the other way round: it runs a statement for each of many rows,
// which [Append] encodes,
//
//	SELECT unpack('INSERT INTO patient (seq, name) VALUES (?1, ?2)', ?)
//
// and returns the number of rows that were inserted. An import uses it.
//
// Start with [Everywhere], then [Read] or [Append]. The functions are C, in pack.c; the rest
// of this package works without cgo.
package pack

import (
	"encoding/binary"
	"fmt"
	"math"

	"neurocheck/internal/store/engine"
)

// Rows decodes the rows of one call of pack. Start with [Read].
type Rows struct {
	row    []engine.Value
	packed string
	at     int
}

// Read reads the value that pack returned for rows of that many columns: empty if there
// were no rows.
func Read(packed string, columns int) *Rows {
	return &Rows{row: make([]engine.Value, columns), packed: packed}
}

// Row returns the row that Next has read, until it reads the next one.
func (r *Rows) Row() []engine.Value { return r.row }

// Next reads the next row, or returns false if there is none. The kinds of values have the
// numbers that SQLite gives them.
func (r *Rows) Next() bool {
	if r.at == len(r.packed) {
		return false
	}
	at := r.at
	for i := range r.row {
		v := &r.row[i]
		kind := engine.Kind(r.packed[at])
		at++
		v.Kind, v.Text = kind, ""
		switch kind {
		case engine.Integer:
			v.Whole = int64(eight(r.packed[at:]))
			at += 8
		case engine.Real:
			v.Float = math.Float64frombits(eight(r.packed[at:]))
			at += 8
		case engine.Text, engine.Blob:
			from := at + 4
			at = from + int(four(r.packed[at:]))
			v.Text = r.packed[from:at]
		}
	}
	r.at = at
	return true
}

// Close implements [engine.Records]: all rows are in memory.
func (r *Rows) Close() error { return nil }

func four(s string) uint32 {
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

func eight(s string) uint64 { return uint64(four(s)) | uint64(four(s[4:]))<<32 }

// Append appends the values of a row for the function unpack: int64, string, []byte or nil.
func Append(dst []byte, values []any) ([]byte, error) {
	for _, v := range values {
		switch v := v.(type) {
		case nil:
			dst = append(dst, byte(engine.Null))
		case int64:
			dst = binary.LittleEndian.AppendUint64(append(dst, byte(engine.Integer)), uint64(v))
		case string:
			dst = binary.LittleEndian.AppendUint32(append(dst, byte(engine.Text)), uint32(len(v)))
			dst = append(dst, v...)
		case []byte:
			dst = binary.LittleEndian.AppendUint32(append(dst, byte(engine.Blob)), uint32(len(v)))
			dst = append(dst, v...)
		default:
			return nil, fmt.Errorf("a value of a row is a %T", v)
		}
	}
	return dst, nil
}
