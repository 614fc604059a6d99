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

// appendValue appends a column in the canonical encoding; NULL appends nothing. The
// program never writes a number with a fraction: such a value comes from a damaged
// file, and makes a hash that does not fit.
func appendValue(dst []byte, name string, value any) []byte {
	switch v := value.(type) {
	case nil:
		return dst
	case int64:
		return appendInteger(dst, name, v)
	case float64:
		return appendText(dst, name, strconv.FormatFloat(v, 'g', -1, 64))
	case string:
		return appendText(dst, name, v)
	case []byte:
		return appendText(dst, name, v)
	default:
		panic(fmt.Sprintf("column %s holds a %T", name, v)) // a mistake in this package
	}
}

func appendText[T string | []byte](dst []byte, name string, text T) []byte {
	dst = append(dst, name...)
	dst = append(dst, '=')
	dst = strconv.AppendInt(dst, int64(len(text)), 10)
	dst = append(dst, ':')
	dst = append(dst, text...)
	return append(dst, '\n')
}

func appendInteger(dst []byte, name string, n int64) []byte {
	if 0 <= n && n < 10 { // most of them
		dst = append(dst, name...)
		return append(dst, '=', '1', ':', byte('0'+n), '\n')
	}
	var digits [32]byte
	return appendText(dst, name, strconv.AppendInt(digits[:0], n, 10))
}

// appendBatchValue is [appendValue] of a value that was read in a batch.
func appendBatchValue(dst []byte, name string, v *engine.Value) []byte {
	switch v.Kind {
	case engine.Integer:
		return appendInteger(dst, name, v.Whole)
	case engine.Text, engine.Blob:
		return appendText(dst, name, v.Text)
	}
	return appendValue(dst, name, v.Any())
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
