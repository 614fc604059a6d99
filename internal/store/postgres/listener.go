package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// turn is a connection that holds the lock of the listener. The name of its application has
// the time of the last message, because every login of the server may read that.
type turn struct{ conn *pgx.Conn }

const (
	listenerName = "neurocheck listener "
	listenerKey  = `hashtextextended('neurocheck listener of ' || $1, 0)`
)

// ListenAlone implements [engine.Listener]. The server holds the lock for a connection of
// its own.
func (l *Log) ListenAlone() (engine.Turn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, l.config.ConnConfig)
	if err != nil {
		return nil, l.explain(err)
	}
	t := &turn{conn}
	var alone bool
	err = conn.QueryRow(ctx, `SELECT pg_try_advisory_lock(`+listenerKey+`)`, l.ward).Scan(&alone)
	if err == nil && !alone {
		err = ward.Conflict("another listener takes messages into this ward already")
	}
	if err == nil {
		err = t.name(ctx, "")
	}
	if err != nil {
		t.End()
		return nil, l.explain(err)
	}
	return t, nil
}

func (t *turn) name(ctx context.Context, text string) error {
	_, err := t.conn.Exec(ctx, `SELECT set_config('application_name', $1, false)`, listenerName+text)
	return err
}

// Heard implements [engine.Turn].
func (t *turn) Heard(at time.Time) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = t.name(ctx, at.UTC().Format(time.RFC3339Nano))
}

// End implements [engine.Turn].
func (t *turn) End() { _ = t.conn.Close(context.Background()) }

// Listening implements [engine.Listener].
func (l *Log) Listening(ctx context.Context) (engine.Listening, error) {
	state := engine.Listening{Known: true}
	rows, err := l.pool.Query(ctx, `
		SELECT coalesce(a.application_name, '')
		FROM pg_locks k
		LEFT JOIN pg_stat_activity a ON a.pid = k.pid
		WHERE k.locktype = 'advisory' AND k.objsubid = 1 AND k.granted
		    AND (k.classid::bigint << 32 | k.objid::bigint) = `+listenerKey+`
		    AND k.database = (SELECT oid FROM pg_database WHERE datname = current_database())`, l.ward)
	if err != nil {
		return state, l.explain(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(names) == 0 {
		return state, l.explain(err)
	}
	state.Listens = true
	if text, ok := strings.CutPrefix(names[0], listenerName); ok {
		state.Heard, _ = time.Parse(time.RFC3339, text) // zero before the first message
	}
	return state, nil
}
