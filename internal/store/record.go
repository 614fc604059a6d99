package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// column is a named value of a row: int64, string, []byte or nil.
type column struct {
	name  string
	value any
}

// tx is one write transaction: one author, one time, one stretch of the chain.
type tx struct {
	sql     settled
	inserts *inserter
	sig     ward.Signature
	seq     int64 // of the last record
}

// write runs do in one transaction. What do records is on disk when write
// returns nil; otherwise nothing is.
func (s *Store) write(ctx context.Context, sig ward.Signature, do func(*tx) error) error {
	if sig.By == "" || sig.At.IsZero() {
		return ward.Invalid("author", "nothing is recorded without an author and a time")
	}
	err := s.begin(ctx, func(conn *sql.Conn, t *sql.Tx) (err error) {
		var last int64
		var hash []byte
		row := t.QueryRowContext(ctx, `SELECT seq, hash FROM chain WHERE id = 1`)
		if err := row.Scan(&last, &hash); err != nil {
			return err
		}
		inserts := newInserter(conn, hash)
		defer func() { err = errors.Join(err, inserts.close()) }()
		w := &tx{sql: settled{t, inserts}, sig: sig, inserts: inserts, seq: last}
		if err := w.stillHere(ctx); err != nil {
			return err
		}
		if err := do(w); err != nil {
			return err
		}
		if err := inserts.settle(ctx); err != nil || w.seq == last {
			return err
		}
		return w.exec(ctx, `UPDATE chain SET seq = $1, hash = $2 WHERE id = 1`, w.seq, inserts.hash)
	})
	return explain(s.path, err)
}

// begin waits for this writer's turn and runs do in one transaction. It takes the
// turn before the connection: whoever held the connection while waiting for the
// turn would keep those from going on who have theirs.
func (s *Store) begin(ctx context.Context, do func(*sql.Conn, *sql.Tx) error) error {
	if s.ReadOnly() {
		return ward.Conflict("the log is open read-only: nothing can be recorded")
	}
	place, err := waitTurn(ctx, s.queue)
	if err != nil {
		return err
	}
	defer place.end()
	conn, err := s.writer.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() // it goes back to the pool
	// A transaction that ends with ctx would end behind the back of what runs in it,
	// and take the connection with it.
	t, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return err
	}
	defer t.Rollback() // does nothing after a commit
	if err := do(conn, t); err != nil {
		return err
	}
	seq, hash, err := headOf(ctx, t)
	if err != nil {
		return err
	}
	if err := s.sameFile(nothingSaved); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := t.Commit(); err != nil {
		return err
	}
	place.note(s.opened, seq, hash)
	return s.sameFile(nothingSaved) // what went into a file that is gone is not saved
}

// append adds a record to the chain: the row of table with these columns, in the
// order of the table, behind seq, time and author. It returns its number. A
// column whose value is the function ownSeq gets that number itself.
func (w *tx) append(ctx context.Context, table string, columns ...column) (seq int64, err error) {
	return w.appendRow(ctx, table, func(dst []column) []column { return append(dst, columns...) })
}

// appendRow is [tx.append] for columns that are worked out when they are needed,
// while the transaction goes on: what row uses must not change any more.
func (w *tx) appendRow(ctx context.Context, table string, row func(dst []column) []column) (seq int64, err error) {
	w.seq++
	seq, sig := w.seq, w.sig
	return seq, w.inserts.record(ctx, table, func(dst []column) []column {
		at, offset := moment(sig.At)
		dst = append(dst, column{"seq", seq}, column{"at", at}, column{"at_offset", offset}, column{"author", sig.By})
		dst = row(dst)
		for i := range dst {
			if dst[i].value == ownSeq {
				dst[i].value = seq
			}
		}
		return dst
	})
}

// ownSeq stands for the number that the record is about to get: the identity of
// a patient or a follow-up is the number of its first record.
var ownSeq any = new(int)

// appendValue appends a column in the canonical encoding. A number that is no
// integer stands in no record that was ever written: it comes from a damaged
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

func (w *tx) exec(ctx context.Context, query string, args ...any) error {
	_, err := w.sql.ExecContext(ctx, numbered(query), args...)
	return err
}

// querier is what a read needs: a pool, or a transaction that writes.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// all reads a query to its end and closes it, one value a row.
func all[T any](ctx context.Context, q querier, scan func(*sql.Rows) (T, error), query string, args ...any) (_ []T, err error) {
	rows, err := q.QueryContext(ctx, numbered(query), args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var list []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, unread(err)
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// unreadable is a row of the log that does not hold what the program wrote: the
// file is damaged. which says the record as far as it can be told, and nothing of
// what is in it.
type unreadable struct {
	which string
	error
}

func (u unreadable) Unwrap() error { return u.error }

// unread makes err one of an unreadable row, unless the reading was called off.
func unread(err error) error {
	if _, ok := errors.AsType[unreadable](err); ok || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return unreadable{"one of its records", err}
}

// missingPatient is the error of a record about a patient who is not in the log.
func missingPatient(id int64) error {
	return unreadable{fmt.Sprintf("patient %d", id), errors.New("there is a record about a patient who is not in the log")}
}

// one reads the first row of a query, or answers with a not-found error.
func one[T any](ctx context.Context, q querier, missing string, scan func(*sql.Rows) (T, error), query string, args ...any) (v T, err error) {
	list, err := all(ctx, q, scan, query, args...)
	if err != nil {
		return v, err
	}
	if len(list) == 0 {
		return v, ward.NotFound(missing)
	}
	return list[0], nil
}

// numbered turns PostgreSQL's $1 into SQLite's ?1: the driver binds $1 by the
// order of its first use, which misbinds a parameter that is used out of order.
// No query here holds another dollar sign.
func numbered(query string) string { return strings.ReplaceAll(query, "$", "?") }

// moment returns a time as the record keeps it, nil and nil for no time.
func moment(t time.Time) (ms, offset any) {
	if t.IsZero() {
		return nil, nil
	}
	_, seconds := t.Zone()
	return t.UnixMilli(), int64(seconds / 60)
}

func fromMoment(ms, offset sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return ward.FromRecord(ms.Int64, int(offset.Int64))
}

// text returns a text as the record keeps it: nothing where there is none.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func truth(b bool) any {
	if b {
		return int64(1)
	}
	return int64(0)
}

func points(p icans.Points) any {
	if n, ok := p.Value(); ok {
		return int64(n)
	}
	return nil
}

func fromPoints(n sql.NullInt64) icans.Points {
	if !n.Valid {
		return 0
	}
	return icans.Scored(int(n.Int64))
}

// joined returns problems as one error: the first of them.
func joined(problems []*ward.Error) error {
	if len(problems) == 0 {
		return nil
	}
	return problems[0]
}
