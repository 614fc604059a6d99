// Package pack reads many rows from SQLite in one step. It adds an aggregate function
// to SQLite,
//
//	SELECT pack(seq, name, note) FROM patient WHERE seq BETWEEN 1 AND 1000
//
// which returns the values of all rows as one blob, and [Rows] decodes it: if each row
// comes through the driver by itself, it costs several times as much, mostly for passing
// each value. Exports and verify, which read a whole log, use it; all else reads row by
// row.
//
// Start with [Everywhere], then [Read]. The function is C, in pack.c; the rest of this
// package works without cgo.
package pack

import "math"

// Kind is the storage class of a value in SQLite.
type Kind byte

// The kinds of values, numbered as SQLite numbers them.
const (
	Integer Kind = 1 + iota
	Real
	Text
	Blob
	Null
)

// Value is one value of a row. Its zero value is not a value of SQLite.
type Value struct {
	Kind  Kind
	Whole int64  // of an Integer; of another kind it means nothing
	Text  string // of a Text or a Blob, a part of all that was packed; of another kind empty
	real  float64
}

// Float returns the number of a Real.
func (v *Value) Float() float64 { return v.real }

// Rows decodes the rows of one call of pack. Start with [Read].
type Rows struct {
	Row []Value // the one that Next has read, until it reads the next one

	packed string
	at     int
}

// Read reads the value that pack returned for rows of that many columns: empty if there
// were no rows.
func Read(packed string, columns int) *Rows {
	return &Rows{Row: make([]Value, columns), packed: packed}
}

// Next reads the next row into Row, or returns false if there is none.
func (r *Rows) Next() bool {
	if r.at == len(r.packed) {
		return false
	}
	at := r.at
	for i := range r.Row {
		v := &r.Row[i]
		kind := Kind(r.packed[at])
		at++
		v.Kind, v.Text = kind, ""
		switch kind {
		case Integer:
			v.Whole = int64(eight(r.packed[at:]))
			at += 8
		case Real:
			v.real = math.Float64frombits(eight(r.packed[at:]))
			at += 8
		case Text, Blob:
			from := at + 4
			at = from + int(four(r.packed[at:]))
			v.Text = r.packed[from:at]
		}
	}
	r.at = at
	return true
}

func four(s string) uint32 {
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

func eight(s string) uint64 { return uint64(four(s)) | uint64(four(s[4:]))<<32 }
