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

// newLog returns the function that opens an empty log as the program does.
func newLog(t *testing.T) storetest.Open {
	t.Helper()
	address := server(t).Address(pgserver.Program, newWard(t))
	return func(ctx context.Context) (engine.Engine, error) { return postgres.Open(ctx, address) }
}

func TestSuite(t *testing.T) { storetest.Run(t, newLog) }
