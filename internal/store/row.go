package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// layouts are the layouts of the record tables of one log, each read when it is first
// needed, and the patients whose checks in force were compared.
type layouts struct {
	mu      sync.Mutex
	byTable map[string]*layout
	columns map[string][]string // of all tables, on a server: see engine.Catalogue
	agreed  sync.Map            // by patient: see currentChecksAgree
}

func (t *layouts) of(ctx context.Context, q engine.Querier, table string) (*layout, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if l := t.byTable[table]; l != nil {
		return l, nil
	}
	if notes, ok := q.(*asking); ok {
		q = notes.real
	}
	l, err := t.read(ctx, q, table)
	if err != nil {
		return nil, err
	}
	if t.byTable == nil {
		t.byTable = make(map[string]*layout)
	}
	t.byTable[table] = l
	return l, nil
}

func (t *layouts) read(ctx context.Context, q engine.Querier, table string) (_ *layout, err error) {
	if server, ok := q.(engine.Catalogue); ok && t.columns == nil {
		if t.columns, err = server.Columns(ctx, recordTables); err != nil {
			return nil, err
		}
	}
	if names := t.columns[table]; len(names) > 0 {
		return newLayout(table, names), nil
	}
	return layoutOf(ctx, q, table)
}

// reader reads records: from the pool, a snapshot, or inside a transaction.
type reader struct {
	q      engine.Querier
	tables *layouts
	seen   map[string]int // if it is not nil, the records read of each table are counted here
	inside bool           // a write transaction that has appended records, which the log has not counted yet
}

// counting returns a reader that counts the records it reads.
func (in reader) counting() reader {
	in.seen = make(map[string]int)
	return in
}

// allRead returns an error unless the reader has read as many records of each table
// about the patients as the log has: damage can hide a row.
func (in reader) allRead(ctx context.Context, of patients, tables ...string) error {
	if in.inside {
		return nil
	}
	total, err := patientCounts(ctx, in.q, of)
	if err != nil {
		return err
	}
	for _, table := range tables {
		if err := hidden(total, table, in.seen[table]); err != nil {
			return err
		}
	}
	return nil
}

// row is one record as it was read. It keeps the first error of its columns.
type row struct {
	l      *layout
	values []engine.Value
	err    error

	asked []place // the columns in the order in which they were asked for in an earlier row
	next  int     // the next of them
}

// place is a column, and its index.
type place struct {
	column string
	at     int
}

// records reads the records of a table, r, that the rest of a query selects and
// orders. A record that does not fit its row hash is an error: see [eachRecord].
func records[T any](ctx context.Context, in reader, table string, decode func(*row) T, rest string, args ...any) ([]T, error) {
	return recordsFrom(ctx, in, table, decode, engine.Rows{Rest: rest}, args)
}

// recordsAt reads the records of a table with the numbers that a query selects, in the order
// of the record. It sorts the numbers, and not the rows.
func recordsAt[T any](ctx context.Context, in reader, table string, decode func(*row) T, numbers string, args ...any) ([]T, error) {
	return recordsFrom(ctx, in, table, decode, engine.Rows{Where: `r.seq IN (` + numbers + `)`}, args)
}

func recordsFrom[T any](ctx context.Context, in reader, table string, decode func(*row) T, from engine.Rows, args []any) ([]T, error) {
	l, err := in.tables.of(ctx, in.q, table)
	if err != nil {
		return nil, err
	}
	var list []T
	r := row{l: l}
	err = eachRecord(ctx, in.q, l, from, args, func(values []engine.Value) error {
		r.take(values)
		if len(list) == cap(list) {
			list = slices.Grow(list, max(len(list), 16)) // append would copy each value of a long list five times
		}
		list = append(list, decode(&r))
		if in.seen != nil {
			in.seen[table]++
		}
		if r.err != nil {
			record := recordOf(l, values)
			return engine.Unreadable(record.name(), r.err)
		}
		return nil
	})
	return list, err
}

// record reads the first record of a query, or returns a not-found error.
func firstRecord[T any](ctx context.Context, in reader, missing, table string, decode func(*row) T, rest string, args ...any) (v T, err error) {
	list, err := records(ctx, in, table, decode, rest, args...)
	if err != nil {
		return v, err
	}
	if len(list) == 0 {
		return v, ward.NotFound(missing)
	}
	return list[0], nil
}

// take makes the row that of the values.
func (r *row) take(values []engine.Value) { r.values, r.next = values, 0 }

func (r *row) value(column string) *engine.Value {
	i := r.index(column)
	if i < 0 {
		r.fail(column, "is missing")
		return &engine.Value{}
	}
	return &r.values[i]
}

// index returns the index of a column, or -1. Every row is asked for the same columns in the
// same order, but for those of an empty field, so most need not be looked up.
func (r *row) index(column string) int {
	n := r.next
	r.next++
	if n < len(r.asked) && r.asked[n].column == column {
		return r.asked[n].at
	}
	at := r.l.at(column)
	if n < len(r.asked) {
		r.asked[n] = place{column, at}
	} else {
		r.asked = append(r.asked, place{column, at})
	}
	return at
}

func (r *row) fail(column, problem string) {
	if r.err == nil {
		r.err = errors.New(column + " " + problem)
	}
}

func (r *row) text(column string) string { return cut(r.value(column).Text) }

// mostText is the greatest length of a text that is read, in bytes: twice that of the
// longest note that can be recorded. A longer one comes from another program, and takes
// seconds to measure for a page.
const mostText = 8 << 10

// cut shortens a text that is too long.
func cut(text string) string {
	if len(text) <= mostText {
		return text
	}
	return strings.ToValidUTF8(text[:mostText], "") + "…"
}

// number returns an integer, 0 for NULL.
func (r *row) number(column string) int64 {
	if v := r.value(column); v.Kind == engine.Integer {
		return v.Whole
	}
	return 0
}

func (r *row) flag(column string) bool   { return r.number(column) != 0 }
func (r *row) isNull(column string) bool { return r.value(column).Kind == engine.Null }
func (r *row) signature() ward.Signature {
	return ward.Signature{By: r.text("author"), At: r.at("at", "at_offset")}
}
func (r *row) time(prefix string) time.Time { return r.at(prefix+"_at", prefix+"_offset") }

func (r *row) at(ms, offset string) time.Time {
	if r.isNull(ms) {
		return time.Time{}
	}
	return ward.FromRecord(r.number(ms), int(r.number(offset)))
}

func (r *row) points(column string) icans.Points {
	if r.isNull(column) {
		return 0
	}
	return icans.Scored(int(r.number(column)))
}

// recorded returns the time and the name that a file gave, else those of the row.
func (r *row) recorded() ward.Signature {
	return ward.Signature{By: r.text("recorded_by"), At: r.time("recorded")}
}

func (r *row) set(field *icans.Field, x *icans.Findings, column string) {
	code := cell(r.value(column))
	if err := field.Set(x, code); err != nil {
		r.fail(column, "holds a word that this program does not know")
	}
}

// recordedColumns are the columns of a signature that may come from a file.
func recordedColumns(sig ward.Signature) []column {
	at, offset := toMillis(sig.At)
	return []column{{"recorded_at", at}, {"recorded_offset", offset}, {"recorded_by", sig.By}}
}

// timeColumns are the two columns of a time.
func timeColumns(prefix string, t time.Time) []column {
	at, offset := toMillis(t)
	return []column{{prefix + "_at", at}, {prefix + "_offset", offset}}
}

func missing(what string, id int64) string { return fmt.Sprintf("there is no %s %d", what, id) }

// disagrees is the error of a row of a derived table that is not as the record makes it.
func disagrees(table string, seq int64) error {
	return engine.Unreadable(fmt.Sprintf("record %d (by the table %s, which does not agree with it)", seq, table), errDisagrees)
}

var errDisagrees = ward.Unavailable("a derived table does not agree with the record")

// cell returns a value as the CSV has it, which is as the log has it.
func cell(v *engine.Value) string {
	if v.Kind == engine.Integer && v.Text == "" {
		return strconv.FormatInt(v.Whole, 10)
	}
	return v.Text
}
