package sqlite_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"neurocheck/internal/store"
	"neurocheck/internal/store/engine"
	"neurocheck/internal/store/sqlite"
	"neurocheck/internal/store/storetest"
	"neurocheck/internal/store/storetest/fixture"
)

// ready accepts a log as it is.
func ready(context.Context, *sqlite.Log) error { return nil }

var emptyFile fixture.Template

// newFile returns the function that opens an empty log.
func newFile(t *testing.T) storetest.Open {
	t.Helper()
	path := emptyFile.Copy(t, func(path string) error {
		return sqlite.Create(t.Context(), path, func(context.Context, engine.Querier) (engine.End, error) { return engine.End{}, nil }, func(*sqlite.Log) error { return nil })
	})
	return func(ctx context.Context) (engine.Engine, error) { return sqlite.Open(ctx, path, ready) }
}

func TestSuite(t *testing.T) { storetest.Run(t, newFile) }

// A server may go away before a commit, and then each act runs again: it leads to the same
// record, and to the same answer. The tests of the long form are of imports, copies and
// verifications, in which the server does not go away.
func TestSuiteOnAServerThatGoesAway(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Open {
		open := newFile(t)
		return func(ctx context.Context) (engine.Engine, error) {
			db, err := open(ctx)
			return &leaving{Engine: db}, err
		}
	}, "StaysOfAFile", "Copies", "VerifyWhileOthersWrite", "ACopyOfALogOfTheFirstVersion", "ACopyThatIsInterrupted", "HeadsNotedEarlier")
}

// leaving is an engine that goes away before every second commit of one act.
type leaving struct {
	engine.Engine
	writes atomic.Int64
}

var errAway = errors.New("the server is away")

func (l *leaving) Write(ctx context.Context, r engine.Rules, do func(engine.Tx) (engine.End, error)) (engine.Outcome, error) {
	if r == engine.Unchecked || l.writes.Add(1)%2 == 0 {
		return l.Engine.Write(ctx, r, do)
	}
	return l.Engine.Write(ctx, r, func(t engine.Tx) (end engine.End, err error) {
		if end, err = do(t); err == nil {
			err = errAway
		}
		return end, err
	})
}

func (l *leaving) Cause(err error) engine.Cause {
	if errors.Is(err, errAway) {
		return engine.CauseAway
	}
	return l.Engine.Cause(err)
}

// openedFile makes a log with a ward and its staff.
func openedFile(t *testing.T) (*store.Store, *sqlite.Log) {
	t.Helper()
	log := must(newFile(t)(t.Context()))(t).(*sqlite.Log)
	s := store.New(log)
	t.Cleanup(func() { ok(t, s.Close()) })
	setUp(t, s)
	return s, log
}
