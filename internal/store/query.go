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

// querier runs queries: a pool, a connection, or a transaction.
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
			return nil, asUnreadable(err)
		}
		list = append(list, v)
	}
	return list, rows.Err()
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

func scanText(rows *sql.Rows) (s string, err error) {
	err = rows.Scan(&s)
	return s, err
}

func scanNumber(rows *sql.Rows) (n int64, err error) {
	err = rows.Scan(&n)
	return n, err
}

// unreadable is the error of a row that does not hold what the program wrote: the
// file is damaged. which names the record as far as possible, and nothing of its
// content.
type unreadable struct {
	which string
	error
}

func (u unreadable) Unwrap() error { return u.error }

// asUnreadable makes err the error of an unreadable row, unless the read was
// cancelled.
func asUnreadable(err error) error {
	if _, ok := errors.AsType[unreadable](err); ok || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return unreadable{"one of its records", err}
}

// missingPatient is the error of a record about a patient who is not in the log.
func missingPatient(id int64) error {
	return unreadable{fmt.Sprintf("patient %d", id), errors.New("there is a record about a patient who is not in the log")}
}

// numbered turns PostgreSQL's $1 into SQLite's ?1: the driver binds $1 by the
// order of its first use, which misbinds a parameter that is used out of order.
// No query here holds another dollar sign.
func numbered(query string) string { return strings.ReplaceAll(query, "$", "?") }

// toMillis returns a time as the record has it, nil and nil for no time.
func toMillis(t time.Time) (ms, offset any) {
	if t.IsZero() {
		return nil, nil
	}
	_, seconds := t.Zone()
	return t.UnixMilli(), int64(seconds / 60)
}

// fromMillis is the inverse of toMillis.
func fromMillis(ms, offset sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return ward.FromRecord(ms.Int64, int(offset.Int64))
}

// millis returns a length of time as a number of milliseconds in SQL.
func millis(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// text returns a text as the record has it: NULL if it is empty.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func boolInt(b bool) any {
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

// firstOf returns the first of some problems as an error, or nil.
func firstOf(problems []*ward.Error) error {
	if len(problems) == 0 {
		return nil
	}
	return problems[0]
}
