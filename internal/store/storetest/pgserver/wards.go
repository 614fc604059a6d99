package pgserver

import (
	"fmt"
	"sync"
	"testing"
)

// wards are the wards that [Server.Ward] has made. One that no test has is emptied for the
// next test, because to make a ward takes far longer, and the server has its tables at hand.
type wards struct {
	sync.Mutex
	made int
	free []string
}

// NewWard returns the address for the program of a ward of [Server.Ward].
func (s *Server) NewWard(t testing.TB, makeWard func(address string) error) string {
	t.Helper()
	return s.Address(Program, s.Ward(t, makeWard))
}

// Ward returns the name of an empty ward, which is that of the test until it ends. makeWard
// makes one if all are in use.
func (s *Server) Ward(t testing.TB, makeWard func(address string) error) (name string) {
	t.Helper()
	name, err := s.ward(makeWard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			return // and may have left anything in it
		}
		s.wards.Lock()
		defer s.wards.Unlock()
		s.wards.free = append(s.wards.free, name)
	})
	return name
}

func (s *Server) ward(makeWard func(address string) error) (name string, err error) {
	w := &s.wards
	w.Lock()
	defer w.Unlock()
	if last := len(w.free) - 1; last >= 0 {
		name, w.free = w.free[last], w.free[:last]
		return name, s.run("hospital", "CALL public.make_empty('"+name+"');")
	}
	if w.made == 0 {
		err = s.run("hospital", emptying)
	}
	w.made++
	name = fmt.Sprintf("ward%d", w.made)
	if err == nil {
		err = makeWard(s.Address(Owner, name))
	}
	return name, err
}

// emptying makes the procedure that empties a ward, of which the tables are then as those of a
// new ward. The reference tables, in which no test writes, stay as they are: those that begin
// with a code.
const emptying = `
	CREATE PROCEDURE public.make_empty(ward text) LANGUAGE plpgsql SET session_replication_role = replica AS $$
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
	END $$;
`
