package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"neurocheck/internal/store/postgres"
	"neurocheck/internal/store/storetest/pgserver"
)

// shared is the server of the tests of this package, with their wards. It is started by the
// first that needs it.
var shared struct {
	sync.Once
	*pgserver.Server
	err   error
	wards wards
}

func TestMain(m *testing.M) {
	result := m.Run()
	if shared.Server != nil {
		if err := errors.Join(shared.wards.close(context.Background()), shared.Close()); err != nil {
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

// wards are the wards of the shared server. A test returns its ward when it ends, and the
// next one gets it empty: to make a ward takes far longer than to empty it, and the server
// has its tables at hand.
type wards struct {
	mu    sync.Mutex
	free  []string
	made  int
	owner *pgx.Conn // empties them
	open  map[string]*postgres.Log
}

// leave leaves the log of a ward open, unless another one is.
func (w *wards) leave(name string, log *postgres.Log) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.open[name] != nil {
		return false
	}
	if w.open == nil {
		w.open = make(map[string]*postgres.Log)
	}
	w.open[name] = log
	return true
}

// leftOpen returns the log of a ward that was left open, or nil.
func (w *wards) leftOpen(name string) *postgres.Log {
	w.mu.Lock()
	defer w.mu.Unlock()
	log := w.open[name]
	delete(w.open, name)
	return log
}

// close closes all connections.
func (w *wards) close(ctx context.Context) (err error) {
	for _, log := range w.open {
		err = errors.Join(err, log.Close())
	}
	if w.owner != nil {
		err = errors.Join(err, w.owner.Close(ctx))
	}
	return err
}

// newWard returns the name of an empty ward on the shared server, which is that of the test
// until it ends.
func newWard(t testing.TB) string {
	t.Helper()
	s, w := server(t), &shared.wards
	w.mu.Lock()
	defer w.mu.Unlock()
	var name string
	if last := len(w.free) - 1; last >= 0 {
		name, w.free = w.free[last], w.free[:last]
	} else {
		w.made++
		name = fmt.Sprintf("w%d", w.made)
		if made := must(postgres.MakeWard(t.Context(), s.Address(pgserver.Owner, name)))(t); !made {
			t.Fatalf("the ward %s was there", name)
		}
	}
	t.Cleanup(func() {
		if t.Failed() {
			return // and may have left anything in its ward
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		ok(t, w.empty(context.Background(), s, name))
		w.free = append(w.free, name)
	})
	return name
}

// emptying makes the function that empties a ward, of which the tables are then as those of a
// new ward. The reference tables, in which no test writes, stay as they are.
const emptying = `
	CREATE OR REPLACE FUNCTION public.make_empty(ward text) RETURNS void LANGUAGE plpgsql SET session_replication_role = replica AS $$
	DECLARE
		name text;
		used boolean;
	BEGIN
		FOR name IN
			SELECT c.relname FROM pg_class c
			WHERE c.relnamespace = ward::regnamespace AND c.relkind = 'r' AND c.relname NOT IN ('goose_db_version', 'chain')
				AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'code' AND a.attnum = 1)
		LOOP
			EXECUTE format('SELECT EXISTS (SELECT FROM %I.%I)', ward, name) INTO used;
			IF used THEN
				EXECUTE format('DELETE FROM %I.%I', ward, name);
			END IF;
		END LOOP;
		EXECUTE format('UPDATE %I.chain SET seq = 0, hash = decode(repeat(''00'', 32), ''hex'')', ward);
	END $$`

// empty empties a ward to which nothing is connected any more.
func (w *wards) empty(ctx context.Context, s *pgserver.Server, name string) (err error) {
	if w.owner == nil {
		database, _, _ := strings.Cut(s.Address(pgserver.Owner, name), "&ward=")
		if w.owner, err = pgx.Connect(ctx, database); err == nil {
			_, err = w.owner.Exec(ctx, emptying)
		}
	}
	if err == nil {
		_, err = w.owner.Exec(ctx, `SELECT public.make_empty($1)`, name)
	}
	return err
}
