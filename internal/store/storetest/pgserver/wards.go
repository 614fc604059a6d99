package pgserver

import (
	"errors"
	"fmt"
	"sync"
	"testing"
)

// wards are the wards that [Server.NewWard] has made. One that no test has is emptied for the
// next test, because to make a ward takes far longer.
type wards struct {
	sync.Mutex
	made int
	free []string
}

// NewWard returns the address of an empty ward for the program, which is there until the test
// ends. makeWard makes one if all are in use.
func (s *Server) NewWard(t testing.TB, makeWard func(address string) error) string {
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
	return s.Address(Program, name)
}

// ward returns the name of an empty ward.
func (s *Server) ward(makeWard func(address string) error) (name string, err error) {
	w := &s.wards
	w.Lock()
	defer w.Unlock()
	if last := len(w.free) - 1; last >= 0 {
		name, w.free = w.free[last], w.free[:last]
		return name, s.run("CALL make_empty('" + name + "');")
	}
	if w.made == 0 {
		err = s.run(emptying)
	}
	w.made++
	name = fmt.Sprintf("ward%d", w.made)
	if err == nil {
		err = makeWard(s.Address(Owner, name))
	}
	return name, err
}

// run runs a script on the database of the wards.
func (s *Server) run(script string) error {
	said, err := s.SQLIn("hospital", script)
	if err == nil && said != "" {
		err = errors.New(said)
	}
	return err
}

// emptying makes the procedure that empties a ward, of which the tables are then as those of a
// new ward. The reference tables, in which no test writes, stay as they are: those that begin
// with a code.
const emptying = `
	CREATE PROCEDURE make_empty(ward text) LANGUAGE plpgsql SET session_replication_role = replica AS $$
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
