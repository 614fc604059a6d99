package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"time"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// begin runs do in one write transaction. do gets the end of the record, and returns the new
// one, which is the same if it appends nothing.
//
// If a server went away, begin runs do again until it has an answer: a commit of which the
// outcome is unknown may be saved. So do may run several times, and only the last one counts.
// A write of many rows runs once. reads, if there are any, read as do will: see [askAhead].
func (s *Store) begin(ctx context.Context, r engine.Rules, reads []func(context.Context, reader), do func(engine.Tx, chainEnd) (chainEnd, error)) error {
	for wait := newPatience(); ; {
		before, after, out, err := s.attempt(ctx, r, reads, do)
		if err == nil || s.db.Cause(err) != engine.CauseAway {
			return err
		}
		if out == engine.Unknown && after.seq > before.seq {
			saved, unknown := s.settle(ctx, after)
			if unknown != nil {
				return ward.Unavailable("the server went away while it saved, and whether it did is not known: look before you enter anything twice")
			}
			if saved {
				return nil
			}
		}
		if r == engine.Unchecked || !wait.more(ctx) {
			return err
		}
	}
}

// SetPatience sets the longest time of a write, for tests that hold the log: a writer waits
// for seconds else. Zero is the patience of the engine.
func (s *Store) SetPatience(most time.Duration) { s.patience.Store(int64(most)) }

// attempt runs do once, and returns the end of the record before and after it.
func (s *Store) attempt(ctx context.Context, r engine.Rules, reads []func(context.Context, reader), do func(engine.Tx, chainEnd) (chainEnd, error)) (before, after chainEnd, out engine.Outcome, err error) {
	if most := time.Duration(s.patience.Load()); most > 0 {
		brief, cancel := context.WithTimeout(ctx, most)
		defer cancel()
		ctx = brief
	}
	noted := true
	out, err = s.db.Write(ctx, r, func(t engine.Tx) (end engine.End, err error) {
		if err := s.ahead(ctx, t, reads...); err != nil {
			return end, err
		}
		if before.seq, before.hash, err = t.Head(ctx); errors.Is(err, sql.ErrNoRows) {
			err = ward.NotFound("the log has no chain")
		}
		if err != nil {
			return end, err
		}
		if after, err = do(t, before); err != nil {
			return end, err
		}
		if noted = after.seq > before.seq || !s.unmarked.Load(); !noted {
			return end, nil // the mark stays missing until the audit says so
		}
		return s.markOf(ctx, t, after)
	})
	if err == nil && noted {
		s.unmarked.Store(false)
	}
	return before, after, out, err
}

// ahead is [askAhead] at the begin of a transaction.
func (s *Store) ahead(ctx context.Context, t engine.Tx, reads ...func(context.Context, reader)) error {
	return askAhead(ctx, t, reader{q: s.db.Pool(), tables: s.tables}, reads...)
}

// settle finds out whether a commit of which the outcome is unknown was saved: whether the
// record has its last hash. It asks until it has an answer, or ctx ends. It asks by a write,
// so that the answer is as safe as the record itself.
func (s *Store) settle(ctx context.Context, end chainEnd) (saved bool, err error) {
	for wait := newPatience(); ; {
		_, err = s.db.Write(ctx, engine.Checked, func(t engine.Tx) (none engine.End, err error) {
			there, err := recordAt(ctx, t, end.seq)
			if ward.KindOf(err) == ward.KindUnavailable {
				err = nil // it is missing
			}
			saved = bytes.Equal(there.hash, end.hash)
			return none, err
		})
		if err == nil || s.db.Cause(err) != engine.CauseAway || !wait.pause(ctx) {
			return saved, err
		}
	}
}

// patience is the waiting for a server that went away.
type patience struct {
	began time.Time
	step  time.Duration
}

// mostPatience is the time after which a write gives up that was certainly not saved.
const mostPatience = time.Minute

func newPatience() *patience { return &patience{time.Now(), time.Millisecond} }

// pause waits before the next try, a little longer each time. It returns false if ctx ends.
func (p *patience) pause(ctx context.Context) bool {
	defer func() { p.step = min(2*p.step, time.Second) }()
	select {
	case <-ctx.Done():
		return false
	case <-time.After(p.step):
		return true
	}
}

// more is pause, and returns false also if it has taken too long.
func (p *patience) more(ctx context.Context) bool {
	return time.Since(p.began) < mostPatience && p.pause(ctx)
}

// Away returns the time for which the server of the log has not answered; 0 if it does, or if
// the log is in a file.
func (s *Store) Away() time.Duration {
	if remote, ok := s.db.(interface{ Away() time.Duration }); ok {
		return remote.Away()
	}
	return 0
}
