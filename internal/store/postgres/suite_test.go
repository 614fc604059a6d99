package postgres_test

import (
	"context"
	"testing"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/store/postgres"
	"neurocheck/internal/store/storetest"
	"neurocheck/internal/store/storetest/pgserver"
)

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// must returns a value without an error.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		ok(t, err)
		return v
	}
}

// newLog returns the function that opens an empty log as the program does. The first log of a
// ward is left open for the next test that gets the ward: a new connection reads the catalogue
// and plans each statement anew, which takes longer than most tests.
func newLog(t *testing.T) storetest.Open {
	t.Helper()
	name := newWard(t)
	address := server(t).Address(pgserver.Program, name)
	return func(ctx context.Context) (engine.Engine, error) {
		if log := shared.open.take(name); log != nil {
			return &lasting{Log: log, ward: name}, nil
		}
		log, err := postgres.Open(ctx, address)
		if err != nil {
			return nil, err
		}
		return &lasting{Log: log, ward: name}, nil
	}
}

// lasting is a log that is left open for the next test.
type lasting struct {
	*postgres.Log
	ward   string
	closed bool
}

func (l *lasting) Close() error {
	if l.closed {
		return nil
	}
	l.closed = true
	if l.Forget() && shared.open.leave(l.ward, l.Log) {
		return nil
	}
	return l.Log.Close()
}

func TestSuite(t *testing.T) { storetest.Run(t, newLog) }
