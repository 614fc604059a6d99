package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"neurocheck/internal/ward"
)

// column is a named value of a row: int64, string, []byte or nil.
type column struct {
	name  string
	value any
}

// tx is one write transaction: one author, one time, one range of the chain.
type tx struct {
	sql     flushed
	inserts *inserter
	sig     ward.Signature
	seq     int64  // of the last record
	request string // ID of the request, until the first record has it
	tables  *layouts
	site    *ward.Site
	known   []ward.Staff // the staff, once it was read
}

// reader returns a reader inside the transaction.
func (w *tx) reader() reader { return reader{q: w.sql, tables: w.tables} }

// checks is the setting of SQLite for the rows that a transaction writes.
type checks bool

const (
	checked checks = true
	// unchecked is for many rows: the CHECKs and foreign keys of a row of fifty columns
	// take several times as long as its insert. The caller validates the rows itself,
	// which is stricter. SQLite still checks types and unique keys, and verify compares
	// the words with the reference tables.
	unchecked checks = false
)

// write runs do in one transaction. The records that do appends are on disk when
// write returns nil; otherwise there are none.
func (s *Store) write(ctx context.Context, sig ward.Signature, do func(*tx) error) error {
	_, err := s.act(ctx, sig, Request{}, checked, do)
	return err
}

// writeMany is write for many rows that the caller has validated.
func (s *Store) writeMany(ctx context.Context, sig ward.Signature, do func(*tx) error) error {
	_, err := s.act(ctx, sig, Request{}, unchecked, do)
	return err
}

// act runs do in one transaction, unless an earlier act has done the same request.
func (s *Store) act(ctx context.Context, sig ward.Signature, request Request, c checks, do func(*tx) error) (done Done, err error) {
	if sig.By == "" || sig.At.IsZero() {
		return done, ward.Invalid("author", "nothing is recorded without an author and a time")
	}
	if err := request.validate(); err != nil {
		return done, err
	}
	var late map[string]map[string]bool
	err = s.begin(ctx, c, func(conn *sql.Conn, t *sql.Tx) (err error) {
		if done, err = request.find(ctx, t); err != nil || done.Before {
			return err
		}
		var last int64
		var hash []byte
		row := t.QueryRowContext(ctx, `SELECT seq, hash FROM chain WHERE id = 1`)
		if err := row.Scan(&last, &hash); err != nil {
			return err
		}
		inserts := newInserter(ctx, conn, hash)
		defer func() { err = errors.Join(err, inserts.close()) }()
		site, err := s.rules(ctx, t)
		if err != nil {
			return err
		}
		sig.Request = "" // the records have it in a column of its own
		w := &tx{sql: flushed{t, inserts}, sig: sig, inserts: inserts, seq: last, request: request.ID, tables: s.tables, site: site}
		if err := w.signsAs(ctx); err != nil {
			return err
		}
		if err := do(w); err != nil {
			return err
		}
		recorded := w.seq
		if recorded > last || request.ID == "" {
			if late, err = s.appendLate(ctx, w); err != nil {
				return err
			}
		}
		if err := inserts.flush(ctx); err != nil || w.seq == last {
			return err
		}
		if err := s.markMissing(ctx, w); err != nil {
			return err
		}
		done = Done{First: last + 1, Last: recorded}
		return w.extendChain(ctx, request, done)
	})
	if err == nil {
		for path, seen := range late {
			dropLate(path, seen)
		}
	}
	return done, explain(s.path, err)
}

// extendChain moves the end of the chain to the last record, and updates the
// tables that count the records.
func (w *tx) extendChain(ctx context.Context, request Request, done Done) error {
	if err := w.changeOne(ctx, `UPDATE chain SET seq = $1, hash = $2 WHERE id = 1`, w.seq, w.inserts.hash); err != nil {
		return err
	}
	if err := w.addCounts(ctx, w.inserts.added); err != nil {
		return err
	}
	return request.keep(ctx, w, done)
}

// begin waits for this writer's turn and runs do in one transaction. It takes the
// turn before the connection: a writer that held the connection while it waited
// would block the one whose turn it is.
func (s *Store) begin(ctx context.Context, c checks, do func(*sql.Conn, *sql.Tx) error) (err error) {
	if s.trouble != nil {
		return s.trouble
	}
	if s.ReadOnly() {
		return ward.Unavailable("the log is open read-only: nothing can be recorded")
	}
	defer func() {
		if errors.Is(err, context.DeadlineExceeded) {
			err = tooSlow(s.path)
		}
	}()
	place, err := waitTurn(ctx, s.queue)
	if err != nil {
		return err
	}
	defer place.end()
	conn, err := s.writer.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() // returns it to the pool
	if c == unchecked {
		if err := setChecks(ctx, conn, unchecked); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, setChecks(context.WithoutCancel(ctx), conn, checked)) }()
	}
	// SQLite does not see the deadline while it waits for a lock of another process.
	if end, ok := ctx.Deadline(); ok {
		defer func() { err = errors.Join(err, waitInSQLite(context.WithoutCancel(ctx), conn, busyTimeout)) }()
		if err := waitInSQLite(ctx, conn, time.Until(end)); err != nil {
			return err
		}
	}
	// A transaction that ends with ctx would end while do still uses it, and take the
	// connection with it.
	t, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return err
	}
	defer t.Rollback() // does nothing after a commit
	if err := s.unaltered(ctx, t); err != nil {
		return err
	}
	before, _, err := headOf(ctx, t)
	if err != nil {
		return err
	}
	if err := do(conn, t); err != nil {
		return err
	}
	last, any, err := s.markOf(ctx, t)
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
	if any && (last.seq > before || !s.unmarked.Load()) {
		place.record(last)
		s.unmarked.Store(false)
	}
	return s.sameFile(nothingSaved) // a record in a file that was removed is not saved
}

// waitInSQLite sets the time for which SQLite waits for a lock on a connection.
func waitInSQLite(ctx context.Context, conn *sql.Conn, most time.Duration) error {
	_, err := conn.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", max(1, min(most, busyTimeout).Milliseconds())))
	return err
}

// setChecks sets whether SQLite checks CHECKs and foreign keys on a connection. It
// must be called outside of a transaction, in which SQLite ignores the setting of
// foreign keys. If the checks cannot be switched on again, the pool drops the
// connection.
func setChecks(ctx context.Context, conn *sql.Conn, c checks) error {
	statement := `PRAGMA foreign_keys = on; PRAGMA ignore_check_constraints = off`
	if c == unchecked {
		statement = `PRAGMA foreign_keys = off; PRAGMA ignore_check_constraints = on`
	}
	_, err := conn.ExecContext(ctx, statement)
	if err == nil {
		err = checksAre(ctx, conn, c)
	}
	if err != nil && c == checked {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // makes the pool drop the connection
	}
	return err
}

// checksAre returns an error unless the setting of the foreign keys is c.
func checksAre(ctx context.Context, conn *sql.Conn, c checks) error {
	var on bool
	if err := conn.QueryRowContext(ctx, `PRAGMA foreign_keys`).Scan(&on); err != nil {
		return err
	}
	if checks(on) != c {
		return errors.New("SQLite did not change the setting of the foreign keys")
	}
	return nil
}

// append adds a record to the chain: the row of table with these columns, after
// seq, time, author and request. It returns the number of the record. A column
// whose value is ownSeq gets that number.
func (w *tx) append(ctx context.Context, table string, columns ...column) (seq int64, err error) {
	return w.appendRow(ctx, table, func(dst []column) []column { return append(dst, columns...) })
}

// appendRow is [tx.append] for columns that are computed later, while the
// transaction goes on: row must not refer to anything that still changes.
func (w *tx) appendRow(ctx context.Context, table string, row func(dst []column) []column) (seq int64, err error) {
	w.seq++
	seq, sig, request := w.seq, w.sig, text(w.request)
	w.request = ""
	return seq, w.inserts.record(ctx, table, func(dst []column) []column {
		at, offset := toMillis(sig.At)
		dst = append(dst, column{"seq", seq}, column{"at", at}, column{"at_offset", offset}, column{"author", sig.By}, column{"request_id", request})
		dst = row(dst)
		for i := range dst {
			if dst[i].value == ownSeq {
				dst[i].value = seq
			}
		}
		return dst
	})
}

// ownSeq is the number that the record gets when it is appended: a patient, a stay
// or a follow-up is identified by the number of its first record.
var ownSeq any = new(int)

func (w *tx) exec(ctx context.Context, query string, args ...any) error {
	_, err := w.sql.ExecContext(ctx, numbered(query), args...)
	return err
}

// changeOne runs a statement that must change one row.
func (w *tx) changeOne(ctx context.Context, query string, args ...any) error {
	result, err := w.sql.ExecContext(ctx, numbered(query), args...)
	if err != nil {
		return err
	}
	if rows, err := result.RowsAffected(); err != nil || rows != 1 {
		return errors.Join(err, errInsertedNothing)
	}
	return nil
}
