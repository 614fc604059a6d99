package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// Write waits for this writer's turn and runs do in one transaction. It takes the turn
// before the connection: a writer that held the connection while it waited would block the
// one whose turn it is.
func (l *Log) Write(ctx context.Context, r engine.Rules, do func(engine.Tx) (engine.End, error)) (out engine.Outcome, err error) {
	if l.trouble != nil {
		return engine.Nothing, l.refusal()
	}
	if l.ReadOnly() {
		return engine.Nothing, ward.Unavailable("the log is open read-only: nothing can be recorded")
	}
	defer func() {
		if errors.Is(err, context.DeadlineExceeded) {
			err = Locked(l.path)
		}
	}()
	place, err := waitTurn(ctx, l.queue)
	if err != nil {
		return engine.Nothing, err
	}
	defer place.end()
	conn, err := l.writer.Conn(ctx)
	if err != nil {
		return engine.Nothing, err
	}
	defer conn.Close() // returns it to the pool
	if r == engine.Unchecked {
		if err := setRules(ctx, conn, r); err != nil {
			return engine.Nothing, err
		}
		defer func() { err = errors.Join(err, setRules(context.WithoutCancel(ctx), conn, engine.Checked)) }()
	}
	// SQLite does not see the deadline while it waits for a lock of another process.
	if end, ok := ctx.Deadline(); ok {
		defer func() { err = errors.Join(err, waitInSQLite(context.WithoutCancel(ctx), conn, busyTimeout)) }()
		if err := waitInSQLite(ctx, conn, time.Until(end)); err != nil {
			return engine.Nothing, err
		}
	}
	end, out, err := l.transact(ctx, conn, r, do)
	if err != nil {
		return out, err
	}
	if end.Seq > 0 {
		place.record(end)
	}
	l.announce()
	if err := l.sameFile(nothingSaved); err != nil { // a record in a file that was removed is not saved
		return engine.Nothing, err
	}
	return engine.Saved, nil
}

// refusal returns the error of a save in a log that has a trouble. One that was opened as a
// copy has to be opened anew, because the copy never learns that the trouble has passed.
func (l *Log) refusal() error {
	if l.source == nil {
		return l.trouble
	}
	switch trouble := ward.TroubleOf(l.trouble); trouble {
	case ward.DiskFull:
		return ward.UnavailableFor(trouble, "the disk was full when the log was opened; nothing was saved: make room, leave, and open it again")
	case ward.LogLocked:
		return ward.UnavailableFor(trouble, "another program held the log when it was opened; nothing was saved: close that program, leave, and open the log again")
	}
	return l.trouble
}

// waitInSQLite sets the time for which SQLite waits for a lock on a connection.
func waitInSQLite(ctx context.Context, conn *sql.Conn, most time.Duration) error {
	_, err := conn.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", max(1, min(most, busyTimeout).Milliseconds())))
	return err
}

// transact runs do in a transaction and commits it.
func (l *Log) transact(ctx context.Context, conn *sql.Conn, r engine.Rules, do func(engine.Tx) (engine.End, error)) (end engine.End, out engine.Outcome, err error) {
	// Statements and not an sql.Tx, which starts a goroutine for each query; and a transaction
	// that ended with ctx would end while do still uses it, and take the connection with it.
	lasting := context.WithoutCancel(ctx)
	if _, err := conn.ExecContext(lasting, `BEGIN IMMEDIATE`); err != nil {
		return end, engine.Nothing, err
	}
	committed := false
	defer func() {
		if !committed {
			_, _ = conn.ExecContext(lasting, `ROLLBACK`) // fails if SQLite has done so
		}
	}()
	w := &tx{conn: conn, statements: make(map[*engine.Statement]*statement), bulk: r == engine.Unchecked}
	if err = l.unaltered(ctx, w); err == nil {
		end, err = do(w)
	}
	if err != nil {
		return end, engine.Nothing, err
	}
	if err := l.sameFile(nothingSaved); err != nil {
		return end, engine.Nothing, err
	}
	if err := ctx.Err(); err != nil {
		return end, engine.Nothing, err
	}
	if _, err := conn.ExecContext(lasting, `COMMIT`); err != nil {
		out = engine.Nothing
		if cause(err) == engine.CauseDisk { // the write-ahead log may have the commit
			out = engine.Unknown
		}
		return end, out, err
	}
	committed = true
	return end, engine.Saved, nil
}

// Watch returns a channel that gets a value after each commit of this process.
func (l *Log) Watch(ctx context.Context) <-chan struct{} {
	news := make(chan struct{}, 1)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.watchers[news] = true
	context.AfterFunc(ctx, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.watchers, news)
	})
	return news
}

func (l *Log) announce() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for news := range l.watchers {
		select {
		case news <- struct{}{}:
		default: // a value waits already
		}
	}
}

// setRules sets whether SQLite checks CHECKs and foreign keys on a connection. It
// must be called outside of a transaction, in which SQLite ignores the setting of
// foreign keys. If the checks cannot be switched on again, the pool drops the
// connection.
func setRules(ctx context.Context, conn *sql.Conn, r engine.Rules) error {
	statement := `PRAGMA foreign_keys = on; PRAGMA ignore_check_constraints = off`
	if r == engine.Unchecked {
		statement = `PRAGMA foreign_keys = off; PRAGMA ignore_check_constraints = on`
	}
	_, err := conn.ExecContext(ctx, statement)
	if err == nil {
		err = rulesAre(ctx, conn, r)
	}
	if err != nil && r == engine.Checked {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // makes the pool drop the connection
	}
	return err
}

// rulesAre returns an error unless the setting of the foreign keys is r.
func rulesAre(ctx context.Context, conn *sql.Conn, r engine.Rules) error {
	var on bool
	if err := conn.QueryRowContext(ctx, `PRAGMA foreign_keys`).Scan(&on); err != nil {
		return err
	}
	if engine.Rules(on) != r {
		return errors.New("SQLite did not change the setting of the foreign keys")
	}
	return nil
}
