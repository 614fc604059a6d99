package postgres

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// Write runs do in a transaction that holds the lock of the record. Writers of this process
// that come meanwhile join it, and all get their answers after the commit. If one of them is
// refused, do runs again for the others.
func (l *Log) Write(ctx context.Context, r engine.Rules, do func(engine.Tx) (engine.End, error)) (out engine.Outcome, err error) {
	for {
		if out, err = l.write(ctx, r, do); !errors.Is(err, errTogether) {
			return out, err
		}
	}
}

func (l *Log) write(ctx context.Context, r engine.Rules, do func(engine.Tx) (engine.End, error)) (engine.Outcome, error) {
	if l.readonly {
		return engine.Nothing, ward.Unavailable("the log is open read-only: nothing can be recorded")
	}
	g, err := l.queue.enter(ctx, l.queue.leave)
	if err != nil {
		return engine.Nothing, err
	}
	if g != nil && r == engine.Unchecked { // many rows are a transaction of their own
		g.commit()
		g = nil
	}
	answer, err := l.join(ctx, g, r, do)
	if err != nil {
		return engine.Nothing, err
	}
	out := <-answer
	return out.outcome, out.err
}

// join runs do in the open transaction of the group, or in a new one, and passes the turn
// on. The answer comes with the commit.
func (l *Log) join(ctx context.Context, g *group, r engine.Rules, do func(engine.Tx) (engine.End, error)) (answer <-chan answer, err error) {
	defer func() { l.queue.leave(g) }() // also if do panics
	defer func() {
		if err != nil { // without an error the server may not have been asked yet: see commit
			l.heard(err)
		}
	}()
	if err = ctx.Err(); err == nil && g == nil {
		g, err = l.begin(ctx, r)
	}
	if err != nil {
		return nil, err
	}
	defer func() {
		if g.ended {
			g = nil
		}
	}()
	return g.run(ctx, do)
}

// mostWrites is the number of writes that one commit saves at the most.
const mostWrites = 256

// group is a transaction of several writes. The writer that has the turn owns it.
type group struct {
	l     *Log
	conn  *pgxpool.Conn
	rules engine.Rules
	recordEnd

	queued     statements    // that were not sent yet
	sent       bool          // something was sent for the write that runs
	written    bool          // a statement of the write that runs was sent
	careful    bool          // each write is sent by itself, with a savepoint: see together
	savepoint  bool          // there is one
	changed    bool          // the transaction changes something
	waiting    []chan answer // of the writes that ended well
	committing bool          // its last statements are on their way, with the commit
	ended      bool          // it was rolled back or committed
	rows       map[*engine.Statement]*bulkStatement
	copies     []*copying
}

// answer is the outcome of a write.
type answer struct {
	outcome engine.Outcome
	err     error
}

// begin begins a transaction, and takes the lock of the record, for which writers of all
// processes wait. Both are sent with the first query.
func (l *Log) begin(ctx context.Context, r engine.Rules) (*group, error) {
	conn, err := l.forWriting(ctx, r)
	if err != nil {
		return nil, err
	}
	l.connections.writes(conn.Conn(), true)
	g := &group{l: l, conn: conn, rules: r, careful: l.careful > 0}
	g.queued.add(beginAll, nil)
	g.queued.add(lockHead, nil)
	if r == engine.Checked {
		return g, nil
	}
	if _, err := g.send(ctx, nil); err != nil { // rows are copied without a query before them
		g.rollback()
		return nil, err
	}
	return g, nil
}

// fewWrites is the number of writes for which the writer has no connection of its own.
const fewWrites = 3

// forWriting returns the connection for a write of the writer that has the turn: for the first
// ones that of a reader, if nothing uses it, because to connect takes as long as a whole short
// command.
func (l *Log) forWriting(ctx context.Context, r engine.Rules) (*pgxpool.Conn, error) {
	if r == engine.Checked && l.begun < fewWrites {
		l.begun++
		if conn := idle(ctx, l.pool); conn != nil {
			return conn, nil
		}
	}
	return l.writer.Acquire(context.WithValue(ctx, rulesKey{}, r))
}

// The statements that no write of the record is.
var (
	beginAll         = &engine.Statement{Query: `BEGIN`}
	lockHead         = &engine.Statement{Query: `SELECT seq, hash FROM chain WHERE id = 1 FOR UPDATE`}
	setSavepoint     = &engine.Statement{Query: `SAVEPOINT w`}
	releaseSavepoint = &engine.Statement{Query: `RELEASE SAVEPOINT w`}
	commitAll        = &engine.Statement{Query: `COMMIT`}
	// flushLog makes a commit wait for the standby as that of a record does. A write that
	// changed nothing may answer for an earlier one, of which the commit was interrupted while
	// it waited.
	flushLog = &engine.Statement{Query: `SELECT pg_logical_emit_message(true, 'neurocheck', 'read')`}
)

func (g *group) unsent() bool { return g != nil && g.queued.len() > 0 }

func (g *group) full() bool {
	return g != nil && (len(g.waiting) >= mostWrites || g.rules == engine.Unchecked)
}

// run runs one write of the group.
func (g *group) run(ctx context.Context, do func(engine.Tx) (engine.End, error)) (_ <-chan answer, err error) {
	whole := false
	defer func() {
		if !whole {
			g.undo()
		}
	}()
	g.sent, g.written = false, false
	g.l.careful = max(0, g.l.careful-1)
	g.queued.start()
	if len(g.waiting) > 0 && g.careful {
		if g.savepoint {
			g.queued.add(releaseSavepoint, nil)
		}
		g.queued.add(setSavepoint, nil)
	}
	t := &tx{g: g}
	last, err := do(t)
	if err == nil {
		err = ctx.Err()
	}
	// Else the write is sent together with what the next one asks, or with the commit.
	if err == nil && (g.careful && (len(g.waiting) > 0 || g.l.queue.others()) || g.rules == engine.Unchecked) {
		err = t.flush()
	}
	if err != nil {
		return nil, err
	}
	whole, g.savepoint = true, g.careful && len(g.waiting) > 0
	if last.Seq > 0 {
		g.seq = last.Seq
		g.hash, _ = hex.DecodeString(last.Hash)
	}
	wait := make(chan answer, 1)
	g.waiting = append(g.waiting, wait)
	return wait, nil
}

// undo takes back the write that runs. If the server has something of it, that is to its
// savepoint, or the whole group if it has none or the connection is lost: then the other
// writes were not saved either, and are tried again.
func (g *group) undo() {
	lost := g.conn.Conn().IsClosed()
	g.queued.cut()
	if len(g.waiting) > 0 && !lost {
		if !g.sent || !g.written && g.conn.Conn().PgConn().TxStatus() == 'T' {
			return
		}
		if g.careful {
			if _, err := g.conn.Exec(context.Background(), `ROLLBACK TO SAVEPOINT w`); err == nil {
				g.savepoint = true
				return
			}
		}
	}
	g.rollback()
	switch {
	case lost:
		g.tell(answer{engine.Nothing, errLost})
	case len(g.waiting) > 0:
		g.l.careful = 2 * mostWrites
		g.tell(answer{engine.Nothing, errTogether})
	}
}

// rollback ends the transaction, if it began, without saving anything.
func (g *group) rollback() {
	g.ended = true
	if of := g.conn.Conn(); !of.IsClosed() && of.PgConn().TxStatus() != 'I' {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		_, _ = g.conn.Exec(ctx, `ROLLBACK`)
	}
	g.release() // which closes a connection that is still in a transaction
}

func (g *group) release() {
	g.l.connections.writes(g.conn.Conn(), false)
	g.conn.Release()
}

// tell answers all writes of the group.
func (g *group) tell(a answer) {
	for _, wait := range g.waiting {
		wait <- a
	}
	g.waiting = nil
}

// commit commits the group. It has no deadline: the driver would cancel a commit that waits
// for its standby, which then is on this server alone, and lost with it.
func (g *group) commit() {
	if g == nil {
		return
	}
	g.ended, g.committing = true, true
	if !g.changed && !g.queued.writes() {
		g.queued.add(flushLog, nil)
	}
	g.queued.add(commitAll, nil)
	data := g.conn.Conn().PgConn().CustomData()
	delete(data, warned)
	_, err := g.send(context.Background(), nil)
	if err == nil && data[warned] != nil {
		err = errNotOnStandby
	}
	g.l.heard(err)
	if err == nil {
		g.release()
		g.l.committed(g.seq)
		g.tell(answer{engine.Saved, nil})
		return
	}
	a := answer{engine.Unknown, fmt.Errorf("%w: %w", errLost, err)}
	if refused(err) || errors.Is(err, errTogether) {
		a = answer{engine.Nothing, err}
		g.rollback()
	} else {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		_ = g.conn.Conn().Close(ctx)
		cancel()
		g.release()
	}
	g.tell(a)
}

// refused reports whether the server refused a statement before the commit, so that it
// saved nothing. Of every other error the outcome is unknown, and never that nothing was
// saved: in each trial of a failover some of these commits were there.
func refused(err error) bool {
	if errors.Is(err, engine.ErrInsertedNothing) || errors.Is(err, errRolledBack) {
		return true
	}
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Severity == "ERROR" && cause(err) != engine.CauseAway
}

// together reports whether a statement that the server refuses may be that of another write.
// Then none of the group is saved; each is tried again, and sent by itself, so that the one
// that is refused learns it alone.
func (g *group) together() bool {
	if len(g.waiting) == 0 || len(g.waiting) == 1 && g.committing || g.careful {
		return false
	}
	g.l.careful = 2 * mostWrites
	return true
}

// errTogether is the error of writes that were sent together, one of which was refused.
var errTogether = errors.New("the server refused one of several writes that were sent together")

// errNotOnStandby is the error of a commit that an administrator interrupted while it waited
// for its standby: it is on this server alone, and is lost with it.
var errNotOnStandby = errors.New("the commit was interrupted while it waited for the standby server")

// errRolledBack is the error of a commit of a transaction in which a statement had failed.
var errRolledBack = errors.New("the transaction was rolled back, because a statement in it failed")
