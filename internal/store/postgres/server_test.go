package postgres_test

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"

	"neurocheck/internal/store/postgres"
	"neurocheck/internal/store/storetest/pgserver"
)

// shared is the server of the tests of this package. It is started by the first that needs
// it.
var shared struct {
	sync.Once
	*pgserver.Server
	err  error
	open openLogs
}

func TestMain(m *testing.M) {
	result := m.Run()
	if shared.Server != nil {
		if err := errors.Join(shared.open.close(), shared.Close()); err != nil {
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

// newWard returns the name of an empty ward on the shared server, which is that of the test
// until it ends.
func newWard(t testing.TB) string {
	t.Helper()
	return server(t).Ward(t, func(address string) error {
		made, err := postgres.MakeWard(t.Context(), address)
		if err == nil && !made {
			err = errors.New("the ward was there")
		}
		return err
	})
}

// openLogs are logs that are left open for the next test of their ward.
type openLogs struct {
	mu     sync.Mutex
	byWard map[string]*postgres.Log
}

// leave leaves the log of a ward open, unless another one is.
func (o *openLogs) leave(ward string, log *postgres.Log) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.byWard[ward] != nil {
		return false
	}
	if o.byWard == nil {
		o.byWard = make(map[string]*postgres.Log)
	}
	o.byWard[ward] = log
	return true
}

// take returns the log of a ward that was left open, or nil.
func (o *openLogs) take(ward string) *postgres.Log {
	o.mu.Lock()
	defer o.mu.Unlock()
	log := o.byWard[ward]
	delete(o.byWard, ward)
	return log
}

func (o *openLogs) close() (err error) {
	for _, log := range o.byWard {
		err = errors.Join(err, log.Close())
	}
	return err
}
