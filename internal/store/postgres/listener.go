package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"neurocheck/internal/ward"
)

// ListenAlone lets one process take the messages of feeds into this ward, until release is
// called or the process ends. It returns [ward.KindConflict] if another one does. The server
// holds the lock for a connection of its own.
func (l *Log) ListenAlone() (release func(), err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, l.config.ConnConfig)
	if err != nil {
		return nil, l.explain(err)
	}
	release = func() { _ = conn.Close(context.Background()) }
	var alone bool
	err = conn.QueryRow(ctx, `SELECT pg_try_advisory_lock(hashtextextended('neurocheck listener of ' || $1, 0))`, l.ward).Scan(&alone)
	if err == nil && !alone {
		err = ward.Conflict("another listener takes messages into this ward already")
	}
	if err != nil {
		release()
		return nil, l.explain(err)
	}
	return release, nil
}
