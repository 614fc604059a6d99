// Package postgres keeps a log in a schema of a PostgreSQL database, which programs on
// several machines may have open at a time. It implements [engine.Engine].
//
// Start with [Open]; the schema of a ward comes from [MakeWard]. The tables and their
// meaning are those of package store: this package connects, locks, commits, watches and
// checks the server, and runs the queries that it is given.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// Log is an open log. It is safe for use by several goroutines.
type Log struct {
	*address
	pool     *pgxpool.Pool // for reading
	asked    sync.Map      // queries that this process ran before, by their text: see ask
	writer   *pgxpool.Pool // of one connection, for the writer that has the turn: see forWriting
	readonly bool
	queue    queue
	texts    map[string]string // of statements, for the writer that has the turn: see textOf
	careful  int               // the number of next writes that are sent one by one: see together
	begun    int               // the first transactions, counted up to fewWrites

	away     atomic.Int64 // when the server was first found not to answer, in milliseconds; 0 if it answers
	watching watching

	connections connections
}

var _ engine.Engine = (*Log)(nil)

// Open opens the log in the schema of a ward: postgres://HOST/DATABASE?ward=WARD. Its errors:
//
//   - [ward.KindInvalid]: the address is refused.
//   - [ward.KindNotFound]: there is no such ward.
//   - [ward.KindUnavailable]: the server does not answer or refuses this login, its clock
//     differs from that of this machine, or the ward is of another version or has objects
//     that this program did not make.
func Open(ctx context.Context, name string) (*Log, error) { return open(ctx, name, false) }

// OpenReadOnly opens a log so that nothing can change it. A standby server will do, and
// objects that this program did not make are no reason to refuse.
func OpenReadOnly(ctx context.Context, name string) (*Log, error) { return open(ctx, name, true) }

func open(ctx context.Context, name string, readonly bool) (_ *Log, err error) {
	a, err := parseAddress(name)
	if err != nil {
		return nil, err
	}
	if a.ward == "" {
		return nil, missingWard()
	}
	if readonly {
		a.readOnly()
	}
	l := &Log{address: a, readonly: readonly}
	a.config.AfterConnect, a.config.BeforeClose = l.connected, l.connections.closes
	a.config.ConnConfig.OnPgError = foundNothing
	if l.pool, err = pgxpool.NewWithConfig(ctx, a.config); err != nil {
		return nil, a.explain(err)
	}
	if err = l.ready(ctx); err == nil {
		l.writer, err = pgxpool.NewWithConfig(context.WithoutCancel(ctx), a.forWriter())
	}
	if err != nil {
		l.pool.Close()
		return nil, a.explain(err)
	}
	return l, nil
}

// rulesKey is the key of the rules of a write in the context in which it gets its connection.
type rulesKey struct{}

// forWriter returns the configuration of the connection for writing. It is one of its own, so
// that its statements stay prepared and no reader keeps a save waiting. A second one is made
// while the first is being closed, which takes long if its server hangs. It is not asked first
// whether it is alive, which would be one more round trip of nearly every save at a seat: a
// write that finds it lost is tried again. Only a write of many rows is not.
func (a *address) forWriter() *pgxpool.Config {
	c := a.config.Copy()
	c.MaxConns = 2
	c.ShouldPing = func(ctx context.Context, p pgxpool.ShouldPingParams) bool {
		return p.IdleDuration > time.Second && ctx.Value(rulesKey{}) == engine.Unchecked
	}
	return c
}

// ready returns an error unless the ward can be used.
func (l *Log) ready(ctx context.Context) error {
	conn, err := l.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	before := time.Now()
	s, err := l.look(ctx, conn.Conn())
	here := before.Add(time.Since(before) / 2)
	switch {
	case err != nil:
		return err
	case s.mark == "":
		return ward.NotFound("there is no ward " + l.ward + " in the database of " + l.shown + "; its owner makes it: neurocheck ward make --db 'postgres://HOST/DATABASE?ward=" + l.ward + "'")
	case s.version < newestVersion():
		return ward.Unavailable(l.shown + " is of an older version; its owner brings it up to date: neurocheck ward make --db 'postgres://HOST/DATABASE?ward=" + l.ward + "'")
	}
	if err := compareClocks(here, s.at); err != nil || l.readonly {
		return err
	}
	strange, err := strangeObject(ctx, querier{l, conn.Conn()})
	if err == nil && strange != "" {
		err = ward.UnavailableFor(ward.LogDamaged, fmt.Sprintf("%s was altered by another program: %s; look at it with --read-only, and %s", l.shown, strange, recoveryHint))
	}
	return err
}

// mostApart is the greatest difference between the clocks of this machine and of the server.
const mostApart = 2 * time.Minute

// compareClocks returns an error if the clocks of this machine and of the server, which were
// read at one time, differ too much: the records of several machines are compared by their
// times.
func compareClocks(here, there time.Time) error {
	apart := here.Sub(there).Round(time.Second)
	if apart.Abs() <= mostApart {
		return nil
	}
	which := "ahead of"
	if apart < 0 {
		which = "behind"
	}
	return ward.Unavailable(fmt.Sprintf("the clock of this machine is %v %s that of the server; set them by one time server, and try again", apart.Abs(), which))
}

// Close closes all connections.
func (l *Log) Close() error {
	l.watching.end()
	l.writer.Close()
	l.pool.Close()
	return nil
}

// Address returns the address of the ward without anything that may be secret.
func (l *Log) Address() string { return l.shown }

// ReadOnly reports whether nothing can be recorded.
func (l *Log) ReadOnly() bool { return l.readonly }

// Pool returns the connections for reading.
func (l *Log) Pool() engine.Querier { return pooled{l} }

// ended returns the error of a reading, and notes by it whether the server answers. If the
// caller interrupted the reading, that is the error: its connection was closed for it, which
// the next query on it finds as if the server was gone.
func (l *Log) ended(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) && cause(err) == engine.CauseAway {
		err = ctx.Err()
	}
	l.heard(err)
	return err
}

// heard notes whether the server answers, by the error of a call. Connections that were made
// before it stopped are of no use any more.
func (l *Log) heard(err error) {
	if errors.Is(err, errTogether) {
		return // it did answer
	}
	if cause(err) != engine.CauseAway {
		if err == nil {
			l.away.Store(0)
		}
		return
	}
	l.away.CompareAndSwap(0, time.Now().UnixMilli())
	l.pool.Reset()
	l.writer.Reset()
}

// Away returns the time for which the server has not answered, 0 if it does.
func (l *Log) Away() time.Duration {
	since := l.away.Load()
	if since == 0 {
		return 0
	}
	return max(time.Since(time.UnixMilli(since)), time.Millisecond)
}

// longAway is the time without an answer after which the screens say so.
const longAway = 3 * time.Second

// Alive returns an error if the server has not answered for some time. It asks nothing
// itself.
func (l *Log) Alive() error {
	if away := l.Away(); away >= longAway {
		return ward.Unavailable(fmt.Sprintf("the server of %s has not answered for %d s; what is shown is from before", l.shown, int(away.Seconds())))
	}
	return nil
}
