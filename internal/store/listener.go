package store

import (
	"context"
	"database/sql"
	"time"

	"neurocheck/internal/store/engine"
)

// Turn is the turn of one process to listen for the messages of feeds.
type Turn = engine.Turn

// ListenAlone takes the turn to listen, until it ends or the process does. It returns
// [ward.KindConflict] if another process has it.
func (s *Store) ListenAlone() (Turn, error) {
	if l, ok := s.db.(engine.Listener); ok {
		return l.ListenAlone()
	}
	return noTurn{}, nil
}

// noTurn is the turn on an engine that has none.
type noTurn struct{}

func (noTurn) Heard(time.Time) {}
func (noTurn) End()            {}

// Listening returns the state of the listener. Heard is the time of the last message that it
// noted or that is in the log, whichever came later: messages that are ignored are in neither
// the record nor the inbox.
func (s *Store) Listening(ctx context.Context) (state engine.Listening, err error) {
	if l, ok := s.db.(engine.Listener); ok {
		if state, err = l.Listening(ctx); err != nil {
			return state, s.explain(err)
		}
	}
	for _, query := range []string{
		`SELECT at FROM feed_message WHERE version = 1 ORDER BY seq DESC LIMIT 1`,
		`SELECT received_at FROM intake_inbox ORDER BY id DESC LIMIT 1`,
	} {
		times, err := engine.All(ctx, s.db.Pool(), engine.Scan[sql.NullInt64], query)
		if err != nil {
			return state, s.explain(err)
		}
		if len(times) > 0 && time.UnixMilli(times[0].Int64).After(state.Heard) {
			state.Heard = time.UnixMilli(times[0].Int64)
		}
	}
	return state, nil
}
