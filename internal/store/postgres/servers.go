package postgres

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
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

// connected makes a commit wait for the disk on a connection of which the settings do not.
// Settings that wait for more than the disk stay. A connection to another primary ends those
// to the one before: it is the primary no more, and a commit that it holds is looked for on
// the new one.
func (l *Log) connected(ctx context.Context, conn *pgx.Conn) error {
	var server time.Time
	var standby bool
	var set *string
	err := conn.QueryRow(ctx, `
		SELECT pg_postmaster_start_time(), pg_is_in_recovery(),
			CASE WHEN current_setting('synchronous_commit') IN ('off', 'local') THEN set_config('synchronous_commit', 'on', false) END`).Scan(&server, &standby, &set)
	if err != nil {
		return err
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
