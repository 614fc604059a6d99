package engine

import "strings"

// Kind is the kind of a value.
type Kind byte

// The kinds of values.
const (
	Integer Kind = 1 + iota
	Real
	Text
	Blob
	Null
)

// Value is one value of a row. Its zero value is none that a database has.
type Value struct {
	Kind  Kind
	Whole int64   // of an Integer that came without its digits; see [Value.Number]
	Text  string  // of a Text or a Blob, and the digits of an Integer if it came with them
	Float float64 // of a Real; of another kind it means nothing
}

// Any returns the value as the driver of the database would: int64, float64, string,
// []byte or nil.
func (v *Value) Any() any {
	switch v.Kind {
	case Integer:
		return v.Number()
	case Real:
		return v.Float
	case Text:
		return v.Text
	case Blob:
		return []byte(v.Text)
	}
	return nil
}

// Number returns the number of an Integer; of another kind it means nothing.
func (v *Value) Number() (n int64) {
	if v.Text == "" {
		return v.Whole
	}
	digits := strings.TrimPrefix(v.Text, "-")
	for i := range len(digits) {
		n = 10*n + int64(digits[i]-'0')
	}
	if len(digits) < len(v.Text) {
		return -n // also the smallest, which is its own negative
	}
	return n
}
