package postgres_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/store/engine"
	"neurocheck/internal/store/postgres"
	"neurocheck/internal/store/storetest"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/store/storetest/pgserver"
	"neurocheck/internal/ward"
)

// Processes that make one ward at the same time make it once.
func TestWardsAreMadeOnce(t *testing.T) {
	s := server(t)
	for n := range 3 { // a race is seen in one of ten
		schema := fmt.Sprint("at_once_", n)
		name := s.Address(pgserver.Owner, schema)
		var group sync.WaitGroup
		for range 6 {
			group.Go(func() {
				if _, err := postgres.MakeWard(t.Context(), name); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if made := must(postgres.MakeWard(t.Context(), name))(t); made {
			t.Error("it was made again")
		}
		list := must(postgres.Wards(t.Context(), s.Address(pgserver.Program, "")))(t)
		at := slices.IndexFunc(list, func(w postgres.Ward) bool { return w.Schema == schema })
		if at < 0 || !list[at].Newest || list[at].Version != 1 || list[at].Bytes == 0 {
			t.Errorf("%+v", list)
		}
		opened := must(store.Open(t.Context(), s.Address(pgserver.Program, schema)))(t)
		ok(t, opened.Close())
	}
}

// Each thing that keeps a ward from being opened has its words.
func TestOpening(t *testing.T) {
	s := server(t)
	name := newWard(t)
	script := fmt.Sprintf(`
		CREATE ROLE stranger LOGIN;
		CREATE SCHEMA unfinished;
		CREATE SCHEMA other; CREATE TABLE other.t ();
		CREATE SCHEMA unreleased; COMMENT ON SCHEMA unreleased IS 'neurocheck ward, first version 1'; GRANT USAGE ON SCHEMA unreleased TO neurocheck;
		CREATE SCHEMA newer; CREATE TABLE newer.goose_db_version (version_id bigint, is_applied boolean); INSERT INTO newer.goose_db_version VALUES (999, true);
		GRANT USAGE ON SCHEMA newer TO neurocheck; GRANT SELECT ON newer.goose_db_version TO neurocheck;
		DO $$ BEGIN EXECUTE format('COMMENT ON SCHEMA newer IS %%L', obj_description('%s'::regnamespace, 'pg_namespace')); END $$;`, name)
	ok(t, s.Execute("hospital", script))
	list := must(postgres.Wards(t.Context(), s.Address("stranger", "")))(t)
	if at := slices.IndexFunc(list, func(w postgres.Ward) bool { return w.Schema == name }); at < 0 || !list[at].Closed || list[at].Newest {
		t.Errorf("a login without rights sees %+v", list)
	}
	list = must(postgres.Wards(t.Context(), s.Address(pgserver.Program, "")))(t)
	if at := slices.IndexFunc(list, func(w postgres.Ward) bool { return w.Schema == name }); at < 0 || list[at].Closed || !list[at].Newest {
		t.Errorf("the program sees %+v", list)
	}
	open := func(address string) error {
		l, err := postgres.Open(t.Context(), address)
		if err == nil {
			l.Close()
		}
		return err
	}
	fixture.Refused(t, open(s.Address(pgserver.Program, "nowhere")), ward.KindNotFound, "neurocheck ward make")
	fixture.Refused(t, open(s.Address(pgserver.Program, "other")), ward.KindNotFound, "there is no ward other")
	fixture.Refused(t, open(s.Address(pgserver.Program, "unreleased")), ward.KindUnavailable, "never released")
	fixture.Refused(t, open(s.Address(pgserver.Program, "newer")), ward.KindUnavailable, "newer version")
	fixture.Refused(t, open(s.Address("stranger", name)), ward.KindUnavailable, "GRANT neurocheck TO")
	fixture.Refused(t, open(s.Address("missing", name)), ward.KindUnavailable, "does not let this login in")
	fixture.Refused(t, open("postgres://"+pgserver.Program+"@127.0.0.1:1/hospital?ward=w"), ward.KindUnavailable, "does not answer")
	fixture.Refused(t, open(s.Address(pgserver.Program, "")), ward.KindInvalid, "names no ward")
	_, err := postgres.MakeWard(t.Context(), s.Address(pgserver.Owner, "other"))
	fixture.Refused(t, err, ward.KindConflict, "holds other tables")
	for _, c := range []struct{ ward, words string }{
		{"forbidden", `an administrator of the server runs GRANT CREATE ON DATABASE "hospital" TO the login`},
		{name, "belongs to another login, " + pgserver.Owner + ", which makes it"},
		{"unfinished", "belongs to another login, " + pgserver.Owner},
	} {
		_, err = postgres.MakeWard(t.Context(), s.Address("stranger", c.ward))
		fixture.Refused(t, err, ward.KindUnavailable, c.words)
	}
}

// The login of the program appends to the record, and changes nothing of it. Triggers refuse
// that to the owner.
func TestTheRecordIsAppendOnly(t *testing.T) {
	s := server(t)
	name := newWard(t)
	tables := strings.Fields(must(s.Answer("hospital", fmt.Sprintf(`SELECT string_agg(relname, ' ') FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'row_hash' WHERE relnamespace = '%s'::regnamespace AND relkind = 'r'`, name)))(t))
	if len(tables) < 17 {
		t.Fatalf("tables of the record: %v", tables)
	}
	l := must(store.Open(t.Context(), s.Address(pgserver.Program, name)))(t)
	storetest.Fill(t, l)
	_, _, err := l.Admit(t.Context(), requested(10*time.Hour, "a request"), ward.Patient{MRN: "9", Name: "X", SecondID: "y", Tool: fixture.Ada().Tool}, ward.Stay{AdmittedAt: fixture.After(0)})
	ok(t, err)
	ok(t, l.Close())
	for _, table := range append(tables, "request") {
		for _, statement := range []string{"UPDATE %s SET request_id = 'x'", "DELETE FROM %s", "TRUNCATE %s CASCADE"} {
			if table == "request" {
				statement = strings.ReplaceAll(statement, "request_id", "id")
			}
			statement = fmt.Sprintf(statement, name+"."+table)
			for login, want := range map[string]string{pgserver.Program: "permission denied", pgserver.Owner: "append-only"} {
				said := must(s.SQLIn("hospital", "SET ROLE "+login+"; "+statement+";"))(t)
				if slices.Contains([]string{"seat", "feed_message", "feed_difference"}, table) && login == pgserver.Owner && !strings.HasPrefix(statement, "TRUNCATE") {
					continue // it may have no row
				}
				if !strings.Contains(said, want) {
					t.Errorf("%s: %s: %q", login, statement, said)
				}
			}
		}
	}
	said := must(s.SQLIn("hospital", fmt.Sprintf("UPDATE %[1]s.chain SET seq = 1; DELETE FROM %[1]s.chain; UPDATE %[1]s.chain_count SET records = 0;", name)))(t)
	if strings.Count(said, "ERROR") != 3 {
		t.Errorf("the chain: %s", said)
	}
}

// Objects that another program made are named, and the ward is not opened for writing.
func TestStrangeObjects(t *testing.T) {
	s := server(t)
	name := newWard(t)
	for change, c := range map[string]struct{ undo, words string }{
		"CREATE TABLE W.extra ()":                                       {"DROP TABLE W.extra", "the table extra is none of the log's"},
		"CREATE VIEW W.extra AS SELECT 1 AS one":                        {"DROP VIEW W.extra", "the view extra is none of the log's"},
		"CREATE RULE extra AS ON INSERT TO W.report DO INSTEAD NOTHING": {"DROP RULE extra ON W.report", "the rule extra is none of the log's"},
		"ALTER TABLE W.ward DISABLE TRIGGER ward_no_update":             {"ALTER TABLE W.ward ENABLE TRIGGER ward_no_update", "the trigger ward_no_update is not as the program made it"},
		"ALTER TABLE W.stay DISABLE TRIGGER ALL":                        {"ALTER TABLE W.stay ENABLE TRIGGER ALL", "the trigger stay_no_update is not as the program made it"},
		"CREATE FUNCTION W.extra() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER extra BEFORE INSERT ON W.report FOR EACH ROW EXECUTE FUNCTION W.extra()": {
			"DROP FUNCTION W.extra CASCADE", "the function extra is none of the log's"},
		"CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE OR REPLACE TRIGGER ward_no_update BEFORE UPDATE ON W.ward FOR EACH ROW EXECUTE FUNCTION public.refuse('the record is append-only')": {
			"CREATE OR REPLACE TRIGGER ward_no_update BEFORE UPDATE ON W.ward FOR EACH ROW EXECUTE FUNCTION W.refuse('the record is append-only'); DROP FUNCTION public.refuse", "the trigger ward_no_update is not as the program made it"},
		"CREATE UNIQUE INDEX extra ON W.report (author)": {"DROP INDEX W.extra", "the index extra is none of the log's"},
		"ALTER INDEX W.stay_of_patient RENAME TO other":  {"ALTER INDEX W.other RENAME TO stay_of_patient", "the index stay_of_patient is missing"},
		"ALTER TABLE W.report ENABLE ROW LEVEL SECURITY": {"ALTER TABLE W.report DISABLE ROW LEVEL SECURITY", "the table report is not as the program made it"},
	} {
		run := func(statement string) {
			t.Helper()
			ok(t, s.Execute("hospital", strings.ReplaceAll(statement, "W.", name+".")+";"))
		}
		run(change)
		_, err := postgres.Open(t.Context(), s.Address(pgserver.Program, name))
		fixture.Refused(t, err, ward.KindUnavailable, c.words)
		if l, err := postgres.OpenReadOnly(t.Context(), s.Address(pgserver.Program, name)); err != nil {
			t.Errorf("read-only: %v", err)
		} else {
			l.Close()
		}
		run(c.undo)
	}
	l := must(postgres.Open(t.Context(), s.Address(pgserver.Program, name)))(t)
	if digest := must(l.DigestOfObjects(t.Context()))(t); digest != postgres.NewestObjects {
		t.Errorf("the objects of a ward have the digest %s, so each opening reads the migrations", digest)
	}
	ok(t, l.Close())
}

// columnsQuery lists the columns of all tables of a database, in their order.
const (
	columnsOfPostgres = `
		SELECT c.relname::text || '.' || a.attname::text || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND c.relname <> 'goose_db_version'
		ORDER BY c.relname::text COLLATE "C", a.attnum`
	columnsOfSQLite = `
		SELECT t.name || '.' || c.name || CASE WHEN c."notnull" = 1 OR c.pk > 0 THEN ' NOT NULL' ELSE '' END
		FROM pragma_table_list t, pragma_table_info(t.name) c
		WHERE t.schema = 'main' AND t.type = 'table' AND t.name <> 'goose_db_version' AND t.name NOT LIKE 'sqlite%'
		ORDER BY t.name, c.cid`
	keysOfPostgres = `
		SELECT words FROM (
		SELECT c.relname::text || ' (' || array_to_string(ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u (n, i) JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.n ORDER BY u.i), ', ') || ')'
			|| CASE k.contype WHEN 'f' THEN ' refers to ' || p.relname::text ELSE '' END AS words
		FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid LEFT JOIN pg_class p ON p.oid = k.confrelid
		WHERE k.connamespace = current_schema()::regnamespace AND k.contype IN ('p', 'u', 'f') AND c.relname <> 'goose_db_version') AS keys
		ORDER BY words COLLATE "C"`
	keysOfSQLite = `
		SELECT * FROM (
			SELECT t.name || ' (' || (SELECT group_concat(c.name, ', ') FROM (SELECT name FROM pragma_table_info(t.name) WHERE pk > 0 ORDER BY pk) c) || ')' AS words
			FROM pragma_table_list t
			WHERE t.schema = 'main' AND t.type = 'table' AND t.name <> 'goose_db_version' AND t.name NOT LIKE 'sqlite%'
			UNION ALL
			SELECT t.name || ' (' || (SELECT group_concat(c.name, ', ') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno) c) || ')'
			FROM pragma_table_list t, pragma_index_list(t.name) i
			WHERE t.schema = 'main' AND t.type = 'table' AND t.name <> 'goose_db_version' AND i.origin = 'u'
			UNION ALL
			SELECT t.name || ' (' || f."from" || ') refers to ' || f."table"
			FROM pragma_table_list t, pragma_foreign_key_list(t.name) f
			WHERE t.schema = 'main' AND t.type = 'table')
		ORDER BY words`
)

// The tables on PostgreSQL are those on SQLite: columns in their order, keys, and the words
// of the reference tables.
func TestTheTablesAreThoseOfSQLite(t *testing.T) {
	there := must(postgres.Open(t.Context(), server(t).Address(pgserver.Program, newWard(t))))(t)
	defer there.Close()
	file := filepath.Join(t.TempDir(), "log.db")
	here := must(store.Create(t.Context(), file))(t)
	ok(t, here.Close())
	plain := fixture.Plain(t, file)
	defer plain.Close()
	onSQLite := func(query string) (list []string) {
		rows := must(plain.QueryContext(t.Context(), query))(t)
		defer rows.Close()
		for rows.Next() {
			var line string
			ok(t, rows.Scan(&line))
			list = append(list, line)
		}
		ok(t, rows.Err())
		return list
	}
	same := func(what, postgres, sqlite string) []string {
		t.Helper()
		got := must(engine.All(t.Context(), there.Pool(), engine.Scan[string], postgres))(t)
		want := onSQLite(sqlite)
		if !slices.Equal(got, want) || len(got) == 0 {
			t.Errorf("%s differ:\nPostgreSQL %s\nSQLite     %s", what, strings.Join(got, "; "), strings.Join(want, "; "))
		}
		return got
	}
	columns := same("columns", columnsOfPostgres, columnsOfSQLite)
	same("keys", keysOfPostgres, keysOfSQLite)
	for _, column := range columns {
		table, ok := strings.CutSuffix(column, ".code NOT NULL")
		others := slices.ContainsFunc(columns, func(c string) bool { return c != column && strings.HasPrefix(c, table+".") })
		if ok && !others { // a reference table
			query := "SELECT code FROM " + table + " ORDER BY code"
			same("the words of "+table, query, query)
		}
	}
}

// The PIN of an administrator is reset by a login that owns the ward, because each
// workstation has one that may record.
func TestTheOwnerResetsThePINOfAnAdministrator(t *testing.T) {
	name := newWard(t)
	for _, login := range []string{pgserver.Program, pgserver.Owner} {
		s := must(store.Open(t.Context(), server(t).Address(login, name)))(t)
		defer s.Close()
		if login == pgserver.Program {
			storetest.SetUp(t, s)
		}
		err := s.SetPIN(t.Context(), fixture.Login(0), "Kim Adler", ward.PIN{Digest: "d"})
		if login == pgserver.Owner {
			ok(t, err)
		} else if ward.KindOf(err) != ward.KindNotAllowed || !strings.Contains(err.Error(), "the owner of the ward") {
			t.Errorf("%s: %v", login, err)
		}
	}
}
