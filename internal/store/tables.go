package store

import (
	"context"
	"errors"
	"slices"

	"neurocheck/internal/store/engine"
)

// recordTables are the tables of the record: the chain runs over all of them.
var recordTables = []string{
	"ward", "staff", "credential", "seat", "settings",
	"patient", "patient_link", "stay",
	checkTable, reevaluationTable,
	"follow_up", "follow_up_item",
	"report", "intervention", "attribution", "schedule_order",
	"feed_message", "feed_difference", "patient_alike",
	"audit_event",
}

// Two of the record tables, which verification also grades.
const (
	checkTable        = "neuro_check"
	reevaluationTable = "reevaluation"
)

// layout is the columns of one record table in the order of the table. It is read
// from the log, because a later migration may have added columns.
type layout struct {
	table   string
	names   []string
	encoded []int // indexes of the columns of the canonical encoding, in its order
	labels  []string

	seq, rowHash, hash int            // indexes into names
	index              map[string]int // of each name
}

// layoutOf reads the columns of a record table.
func layoutOf(ctx context.Context, q engine.Querier, table string) (*layout, error) {
	rows, err := q.Query(ctx, `SELECT * FROM `+table+` LIMIT 0`)
	if err != nil {
		return nil, err
	}
	names, err := rows.Columns()
	if err = errors.Join(err, rows.Close(), rows.Err()); err != nil {
		return nil, err
	}
	return newLayout(table, names), nil
}

func newLayout(table string, names []string) *layout {
	l := &layout{
		table: table, names: names, encoded: encodingOrder(names),
		seq: slices.Index(names, "seq"), rowHash: slices.Index(names, rowHashColumn), hash: slices.Index(names, hashColumn),
		index: make(map[string]int, len(names)),
	}
	l.labels = labelsOf(names, l.encoded)
	for i, name := range names {
		l.index[name] = i
	}
	return l
}

// unchained returns the layout without the hash of the chain, of which the row hash knows
// nothing.
func (l *layout) unchained() *layout {
	return newLayout(l.table, slices.DeleteFunc(slices.Clone(l.names), func(name string) bool { return name == hashColumn }))
}

// at returns the index of a column, or -1.
func (l *layout) at(column string) int {
	if i, ok := l.index[column]; ok {
		return i
	}
	return -1
}

// encode appends the canonical encoding of a row to dst.
func (l *layout) encode(dst []byte, row []engine.Value) []byte {
	dst = append(append(dst, l.table...), '\n')
	for n, i := range l.encoded {
		v := &row[i]
		if len(v.Text) == 1 { // most of them
			dst = append(append(dst, l.labels[n]...), '1', ':', v.Text[0], '\n')
		} else if v.Kind != engine.Null {
			dst = appendBatchValue(dst, l.labels[n], v)
		}
	}
	return dst
}
