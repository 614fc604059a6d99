package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
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

// shared is the server of the tests of this package. It is started by the first that needs
// it.
var shared struct {
	sync.Once
	*pgserver.Server
	err error
}

func TestMain(m *testing.M) {
	result := m.Run()
	if shared.Server != nil {
		if err := shared.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			result = 1
		}
	}
	os.Exit(result)
}

// server returns the shared server, and skips the test if there is none.
func server(t testing.TB) *pgserver.Server {
	t.Helper()
	shared.Do(func() { shared.Server, shared.err = pgserver.New(pgserver.Options{}) })
	if errors.Is(shared.err, pgserver.ErrMissing) && os.Getenv(pgserver.Required) != "required" {
		t.Skip(shared.err)
	}
	ok(t, shared.err)
	return shared.Server
}

var wards atomic.Int64

// newWard makes an empty ward on the shared server, and returns its name.
func newWard(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("w%d", wards.Add(1))
	made := must(postgres.MakeWard(t.Context(), server(t).Address(pgserver.Owner, name)))(t)
	if !made {
		t.Fatalf("the ward %s was there", name)
	}
	return name
}

// newLog makes an empty log, and returns the function that opens it as the program does.
func newLog(t *testing.T) storetest.Open {
	t.Helper()
	address := server(t).NewWard(t, func(address string) error {
		_, err := postgres.MakeWard(t.Context(), address)
		return err
	})
	return func(ctx context.Context) (engine.Engine, error) { return postgres.Open(ctx, address) }
}

func TestSuite(t *testing.T) { storetest.Run(t, newLog) }
