package postgres

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// connections are the open connections of a log, each with the start of the server to which it
// leads. A server that hangs, as in a virtual machine that was stopped, keeps them: its kernel
// acknowledges all data, so that no call on them would ever end.
type connections struct {
	mu      sync.Mutex
	open    map[*pgx.Conn]*connection
	primary time.Time // the start of the server that took changes last
}

type connection struct {
	server time.Time
	writes bool // the connection has a transaction that writes
}

// errClosed is the error of a connection whose login may not use the ward. The server would say
// that the tables are missing, as if the ward were damaged.
var errClosed = errors.New("the login may not use the schema of the ward")

// foundNothing ends a connection that found no table: it would find none after its login has
// got its rights back, either.
func foundNothing(_ *pgconn.PgConn, e *pgconn.PgError) (goesOn bool) {
	return !ends(e) && e.Code != "42P01"
}

// connected makes a commit wait for the disk on a connection of which the settings do not.
// Settings that wait for more than the disk stay. A connection to another primary ends those
// to the one before: it is the primary no more, and a commit that it holds is looked for on
// the new one.
func (l *Log) connected(ctx context.Context, conn *pgx.Conn) error {
	var server time.Time
	var standby, closed bool
	var set *string
	err := conn.QueryRow(ctx, `
		SELECT pg_postmaster_start_time(), pg_is_in_recovery(),
			EXISTS (SELECT FROM pg_namespace WHERE nspname = $1 AND starts_with(obj_description(oid, 'pg_namespace'), $2) AND NOT has_schema_privilege(oid, 'USAGE')),
			CASE WHEN current_setting('synchronous_commit') IN ('off', 'local') THEN set_config('synchronous_commit', 'on', false) END`, l.ward, markPrefix).Scan(&server, &standby, &closed, &set)
	if err != nil {
		return err
	}
	if closed {
		return errClosed
	}
	c := &l.connections
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open == nil {
		c.open = make(map[*pgx.Conn]*connection)
	}
	c.open[conn] = &connection{server: server}
	if !standby && !c.primary.Equal(server) {
		c.primary = server
		c.end(func(of *connection) bool { return !of.server.Equal(server) })
	}
	return nil
}

// closes forgets a connection that is about to be closed.
func (c *connections) closes(conn *pgx.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, conn)
}

// writes notes whether a connection has a transaction that writes.
func (c *connections) writes(conn *pgx.Conn, writes bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if of := c.open[conn]; of != nil {
		of.writes = writes
	}
}

// end ends the calls on connections. The caller holds mu.
func (c *connections) end(which func(*connection) bool) {
	for conn, of := range c.open {
		if which(of) {
			go conn.PgConn().Conn().Close() // over TLS it may wait for the server
		}
	}
}

// answers looks for the server by a new connection, after a query that got no answer in time:
// a lock or a long queue may have been in its way. If it does not answer, all readings are
// ended, whose callers then say so. A commit goes on: the driver would have the server cancel
// it, and one that waits for its standby would then be on the primary alone.
func (l *Log) answers(ctx context.Context) {
	conn, err := pgx.ConnectConfig(ctx, l.config.ConnConfig)
	if err == nil {
		err = l.connected(ctx, conn)
		l.connections.closes(conn)
		_ = conn.Close(ctx)
	}
	if err == nil || ctx.Err() != nil {
		return
	}
	l.heard(errors.Join(errLost, err))
	l.connections.mu.Lock()
	defer l.connections.mu.Unlock()
	l.connections.end(func(of *connection) bool { return !of.writes })
}
