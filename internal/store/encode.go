package store

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"neurocheck/internal/store/engine"
)

// encodingOrder returns the indexes of the columns of the canonical encoding in its
// order, which is that of the names: a column that a later version adds never moves
// another. See schema/CHAIN.md.
func encodingOrder(names []string) []int {
	order := make([]int, 0, len(names))
	for i, name := range names {
		if name != rowHashColumn && name != hashColumn {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(names[a], names[b]) })
	return order
}

// labelsOf returns the beginnings of columns in the canonical encoding.
func labelsOf(names []string, order []int) []string {
	labels := make([]string, len(order))
	for n, i := range order {
		labels[n] = names[i] + "="
	}
	return labels
}

// appendValue appends a column in the canonical encoding; NULL appends nothing. The
// program never writes a number with a fraction: such a value comes from a damaged
// file, and makes a hash that does not fit.
func appendValue(dst []byte, label string, value any) []byte {
	switch v := value.(type) {
	case nil:
		return dst
	case int64:
		return appendInteger(dst, label, v)
	case float64:
		return appendText(dst, label, strconv.FormatFloat(v, 'g', -1, 64))
	case string:
		return appendText(dst, label, v)
	case []byte:
		return appendText(dst, label, v)
	default:
		panic(fmt.Sprintf("column %s holds a %T", strings.TrimSuffix(label, "="), v)) // a mistake in this package
	}
}

func appendText[T string | []byte](dst []byte, label string, text T) []byte {
	dst = append(dst, label...)
	switch n := len(text); {
	case n == 1: // most of them
		return append(dst, '1', ':', text[0], '\n')
	case n < 10:
		dst = append(dst, byte('0'+n), ':')
	case n < 100:
		dst = append(dst, byte('0'+n/10), byte('0'+n%10), ':')
	default:
		dst = append(strconv.AppendInt(dst, int64(n), 10), ':')
	}
	dst = append(dst, text...)
	return append(dst, '\n')
}

func appendInteger(dst []byte, label string, n int64) []byte {
	if 0 <= n && n < 10 { // most of them
		dst = append(dst, label...)
		return append(dst, '1', ':', byte('0'+n), '\n')
	}
	var digits [32]byte
	return appendText(dst, label, strconv.AppendInt(digits[:0], n, 10))
}

// appendBatchValue is [appendValue] of a value that was read in a batch.
func appendBatchValue(dst []byte, label string, v *engine.Value) []byte {
	switch {
	case v.Kind == engine.Null:
		return dst
	case v.Text != "", v.Kind == engine.Text, v.Kind == engine.Blob:
		return appendText(dst, label, v.Text)
	case v.Kind == engine.Integer:
		return appendInteger(dst, label, v.Whole)
	}
	return appendValue(dst, label, v.Any())
}

// column is a named value of a row: int64, string, []byte or nil.
type column struct {
	name  string
	value any
}

// The columns of the two hashes, which the canonical encoding leaves out.
const (
	rowHashColumn = "row_hash"
	hashColumn    = "hash"
)
