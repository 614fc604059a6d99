package pgserver

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// wards are the wards that [Server.Ward] has made. One that no test has is emptied for the
// next test, because to make a ward takes far longer, and the server has its tables at hand.
type wards struct {
	sync.Mutex
	made int
	free []string
	conn *pgx.Conn // the owner's, which empties all wards: psql takes longer than the emptying
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
		_, err := w.conn.Exec(context.Background(), "CALL public.empty_"+name+"()")
		return name, err
	}
	w.made++
	name = fmt.Sprintf("ward%d", w.made)
	if err := makeWard(s.Address(Owner, name)); err != nil {
		return "", err
	}
	if w.conn == nil {
		if w.conn, err = pgx.Connect(context.Background(), fmt.Sprintf("host=%s port=%s user=%s dbname=hospital", s.folder, s.port(), Owner)); err != nil {
			return "", err
		}
	}
	_, err = w.conn.Exec(context.Background(), strings.ReplaceAll(emptying, "WARD", name))
	return name, err
}

// close closes the connection that empties wards.
func (w *wards) close() {
	w.Lock()
	defer w.Unlock()
	if w.conn != nil {
		_ = w.conn.Close(context.Background()) // the server ends next, or has ended before
		w.conn = nil
	}
}

// emptying makes the procedure that empties a ward, of which the tables are then as those of a
// new ward. The reference tables, in which no test writes, stay as they are: those that begin
// with a code. The statements are spelled out, so that their plans are kept.
const emptying = `
	DO $do$
	DECLARE
		statements text;
	BEGIN
		SELECT string_agg('DELETE FROM WARD.' || c.relname || ';', ' ') INTO statements
		FROM pg_class c
		WHERE c.relnamespace = 'WARD'::regnamespace AND c.relkind = 'r' AND c.relname NOT IN ('goose_db_version', 'chain')
			AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'code' AND a.attnum = 1);
		EXECUTE 'CREATE PROCEDURE public.empty_WARD() LANGUAGE plpgsql SET session_replication_role = replica AS $$ BEGIN '
			|| statements || ' UPDATE WARD.chain SET seq = 0, hash = decode(repeat(''00'', 32), ''hex''); END $$';
	END $do$`
