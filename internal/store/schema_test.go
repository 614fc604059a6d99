package store

import (
	"database/sql"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pressly/goose/v3"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/ward"
	"neurocheck/schema"
)

func TestEveryTableIsStrict(t *testing.T) {
	s := fresh(t)
	loose := must(engine.All(t.Context(), s.db.Pool(), engine.Scan[string], `
		SELECT name FROM pragma_table_list
		WHERE schema = 'main' AND type = 'table' AND NOT strict AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name <> 'goose_db_version'`))(t)
	if len(loose) > 0 {
		t.Errorf("not strict: %v", loose)
	}
}

func TestEveryRecordTableIsChained(t *testing.T) {
	s := fresh(t)
	chained := must(engine.All(t.Context(), s.db.Pool(), engine.Scan[string], `
		SELECT l.name FROM pragma_table_list l
		WHERE l.schema = 'main' AND EXISTS (SELECT 1 FROM pragma_table_info(l.name) i WHERE i.name = 'row_hash')`))(t)
	slices.Sort(chained)
	if want := slices.Sorted(slices.Values(recordTables)); !slices.Equal(chained, want) {
		t.Errorf("the tables with a row_hash are %v; Verify walks %v", chained, want)
	}
	for _, table := range recordTables {
		l := must(layoutOf(t.Context(), s.db.Pool(), table))(t)
		if want := []string{"seq", "at", "at_offset", "author", "request_id"}; !slices.Equal(l.names[:len(want)], want) {
			t.Errorf("%s begins with %v", table, l.names[:len(want)])
		}
	}
}

// This uses the store's own connection, which has recursive triggers.
func TestTheRecordIsAppendOnly(t *testing.T) {
	s := must(Open(t.Context(), sampleLog(t)))(t)
	defer s.Close()
	for _, table := range append(slices.Clone(recordTables), "request") {
		column, key := "author = 'x'", "seq"
		if table == "request" {
			column, key = "content = zeroblob(32)", "first_seq"
		}
		for _, statement := range []string{
			"UPDATE " + table + " SET " + column,
			"UPDATE OR REPLACE " + table + " SET " + key + " = " + key + " + 1000",
			"DELETE FROM " + table,
			"INSERT OR REPLACE INTO " + table + " SELECT * FROM " + table,
			"REPLACE INTO " + table + " SELECT * FROM " + table + " LIMIT 1",
		} {
			if err := executed(t, s, statement); err == nil || !strings.Contains(err.Error(), "append-only") {
				t.Errorf("%s: %v", statement, err)
			}
		}
	}
	for statement, says := range map[string]string{
		"DELETE FROM chain":                                                    "append-only",
		"UPDATE chain SET seq = seq - 1":                                       "only grows",
		"UPDATE chain SET hash = zeroblob(32)":                                 "only grows",
		"INSERT OR REPLACE INTO chain SELECT id, seq + 1, hash FROM chain":     "append-only",
		"INSERT INTO chain (id, seq, hash) VALUES (2, 0, zeroblob(32))":        "CHECK constraint failed",
		"UPDATE chain SET seq = seq + 1, hash = x'00'":                         "CHECK constraint failed",
		"DELETE FROM chain_count":                                              "append-only",
		"UPDATE chain_count SET records = records - 1":                         "only grows",
		"INSERT INTO follow_up_open (follow_up_id, patient_id) VALUES (-9, 1)": "FOREIGN KEY constraint failed",
		"INSERT INTO request VALUES ('a', x'00', 1, 1)":                        "CHECK constraint failed",
	} {
		if err := executed(t, s, statement); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", statement, err)
		}
	}
	whole(t, s)
}

// The reference tables have the words of the program, each table is referred to, and
// every column of text with a limited vocabulary refers to one.
func TestTheDatabaseHasTheWordsOfTheProgram(t *testing.T) {
	s := fresh(t)
	if misfit := must(wordsDiffer(t.Context(), s.db.Pool()))(t); misfit != "" {
		t.Error(misfit)
	}
	parents := must(engine.All(t.Context(), s.db.Pool(), engine.Scan[string], `
		SELECT DISTINCT k."table"
		FROM pragma_table_list l, pragma_foreign_key_list(l.name) k
		WHERE k."to" = 'code'`))(t)
	var tables []string
	for _, v := range vocabularies() {
		tables = append(tables, v.table)
		if len(v.words) == 0 {
			t.Errorf("no word for %s", v.table)
		}
	}
	slices.Sort(parents)
	slices.Sort(tables)
	if !slices.Equal(parents, tables) {
		t.Errorf("columns refer to the reference tables %v; the program has words for %v", parents, tables)
	}
}

// A word that is not in its reference table is refused, and so is a text with another
// shape, unless the caller validates the rows.
func TestForeignWordsAreRefused(t *testing.T) {
	s := must(Open(t.Context(), sampleLog(t)))(t)
	defer s.Close()
	references := must(engine.All(t.Context(), s.db.Pool(), func(rows engine.Results) (r [2]string, err error) {
		err = rows.Scan(&r[0], &r[1])
		return r, err
	}, `
		SELECT l.name, k."from"
		FROM pragma_table_list l, pragma_foreign_key_list(l.name) k
		WHERE l.schema = 'main' AND k."to" = 'code' AND l.name <> 'intake_inbox'`))(t)
	if len(references) < 20 {
		t.Fatalf("only %d references", len(references))
	}
	for _, column := range []string{"icp", "other_cause", "uncertain_cause", "drivers", "flag_reasons"} {
		references = append(references, [2]string{checkTable, column})
	}
	for _, r := range references {
		for _, word := range []string{"", "nobody's word", "NONE"} {
			statement := changedCopy(t, s, r[0], r[1], word)
			err := executed(t, s, statement)
			if err == nil || !strings.Contains(err.Error(), "constraint failed") {
				t.Errorf("%s.%s = %q: %v", r[0], r[1], word, err)
			}
		}
	}
}

// changedCopy returns an INSERT of a copy of a row, with another word in one column.
func changedCopy(t *testing.T, s *Store, table, column, word string) string {
	t.Helper()
	l := must(layoutOf(t.Context(), s.db.Pool(), table))(t)
	values := slices.Clone(l.names)
	for i, name := range l.names {
		switch name {
		case column:
			values[i] = "'" + strings.ReplaceAll(word, "'", "''") + "'"
		case "seq", "stay_id", "report_id", "intervention_id", "link_id", "attribution_id", "follow_up_id", "message_id":
			if name == "seq" || table != checkTable && table != "follow_up_item" {
				values[i] = "5000"
			}
		case "patient_id":
			if table == "patient" {
				values[i] = "5000"
			}
		case "check_id":
			values[i] = "check_id || 'x'"
		}
	}
	return "INSERT INTO " + table + " SELECT " + strings.Join(values, ", ") + " FROM " + table + " ORDER BY seq LIMIT 1"
}

func TestVerifyNamesAWordThatTheTablesDoNotShare(t *testing.T) {
	for statement, misfit := range map[string]string{
		"INSERT INTO severity VALUES ('awful')":           "the table severity has the word awful, which this program does not know",
		"DELETE FROM outcome WHERE code = 'transferred'":  "the table outcome lacks the word transferred of this program",
		"UPDATE role SET code = 'boss' WHERE code='feed'": "the table role lacks the word feed of this program",
	} {
		path := copied(t, sampleLog(t))
		plainSQL(t, path, statement)
		s := must(Open(t.Context(), path))(t)
		if v := must(s.Verify(t.Context()))(t); v.Misfit != misfit {
			t.Errorf("%s: Verify says %q", statement, v.Misfit)
		}
		ok(t, s.Close())
	}
}

// SQLite checks nothing while many rows are written, and everything again afterwards,
// also if that failed.
func TestChecksAreOffForManyRowsOnly(t *testing.T) {
	s := must(Open(t.Context(), sampleLog(t)))(t)
	defer s.Close()
	bad := func(w *tx) error {
		if _, err := w.append(t.Context(), "audit_event", column{"event", "no such event"}, column{"patient_id", nil}, column{"about", nil}, column{"detail", nil}); err != nil {
			return err
		}
		return w.inserts.flush(t.Context())
	}
	undone := func(w *tx) error {
		if err := bad(w); err != nil {
			return err
		}
		return ward.Conflict("enough")
	}
	for range 2 {
		if err := s.write(t.Context(), nurse(0), bad); err == nil || !strings.Contains(err.Error(), "the table audit_event,") {
			t.Errorf("a word that is in no table was recorded: %v", err)
		}
		refused(t, s.writeMany(t.Context(), nurse(0), undone), ward.KindConflict, "enough")
	}
	whole(t, s)
	ok(t, s.writeMany(t.Context(), nurse(0), bad))
	v := must(s.Verify(t.Context()))(t)
	if want := fmt.Sprintf("record %d (audit_event) has a word that is not in the table audit_event_kind", v.Records); v.Misfit != want {
		t.Errorf("Verify says %q, not %q", v.Misfit, want)
	}
}

// A later version adds a column, a word and a table; the records of before keep their
// hashes, and new ones use the new column.
func TestALaterMigrationKeepsTheChain(t *testing.T) {
	for name, path := range map[string]string{"of this program": sampleLog(t), "of the first version": copied(t, "../../testdata/log-0001/ward.db")} {
		t.Run(name, func(t *testing.T) { laterMigrationKeepsTheChain(t, path) })
	}
}

func laterMigrationKeepsTheChain(t *testing.T, path string) {
	s := must(Open(t.Context(), path))(t)
	defer s.Close()
	_, before, err := s.Head(t.Context())
	ok(t, err)
	migrations := fstest.MapFS{
		"0001_record.sql": {Data: must(fs.ReadFile(schema.SQLite, "sqlite/0001_record.sql"))(t)},
		"0002_made_up.sql": {Data: []byte("-- +goose Up\n" +
			"INSERT INTO audit_event_kind (code) VALUES ('aaa');\n" +
			"ALTER TABLE audit_event ADD COLUMN aaa TEXT REFERENCES severity (code);\n")},
	}
	pool := fixture.Plain(t, s.Path())
	defer pool.Close()
	provider := must(goose.NewProvider(goose.DialectSQLite3, pool, migrations))(t)
	must(provider.Up(t.Context()))(t)
	appendInNextVersion(t, pool)
	ok(t, s.onSnapshots(t.Context(), 1, func(readers []engine.Querier, ends []chainEnd) error {
		chain := newChainVerifier(ends[0], Verification{Heads: []string{before}})
		chain.run(t.Context(), readers[0])
		v := Verdict{Noted: []Noted{{Head: before}}}
		if err := chain.verdict(t.Context(), readers[0], &v); err != nil || v.Misfit != "" || !v.Noted[0].Found() || v.Records != ends[0].seq {
			t.Errorf("%+v, %v", v, err)
		}
		return nil
	}))
}

// appendInNextVersion appends an audit event with the column of the made-up version, as its
// program would: this one refuses to write to such a log.
func appendInNextVersion(t *testing.T, pool *sql.DB) {
	t.Helper()
	ctx := t.Context()
	db := plain{db: pool}
	last := must(chainEndOf(ctx, db))(t)
	inserts := newInserter(ctx, db, last.hash)
	defer inserts.close()
	w := &tx{sql: flushed{db, inserts}, inserts: inserts, sig: nurse(0), seq: last.seq, tables: new(layouts)}
	must(w.append(ctx, "audit_event", column{"event", "aaa"}, column{"patient_id", nil}, column{"about", nil}, column{"detail", nil}, column{"aaa", "mild"}))(t)
	ok(t, inserts.flush(ctx))
	must(w.extendChain(ctx, Request{}, Done{First: w.seq, Last: w.seq}))(t)
}

func TestARequestIsDoneOnce(t *testing.T) {
	s := must(Open(t.Context(), sampleLog(t)))(t)
	defer s.Close()
	ran := 0
	event := func(w *tx) error {
		ran++
		for range 2 {
			if _, err := w.append(t.Context(), "audit_event", column{"event", "read"}, column{"patient_id", nil}, column{"about", nil}, column{"detail", nil}); err != nil {
				return err
			}
		}
		return nil
	}
	request := must(NewRequest("r", "read", "Sam Lee"))(t)
	first := must(s.act(t.Context(), nurse(0), request, engine.Checked, event))(t)
	again := must(s.act(t.Context(), nurse(1), request, engine.Checked, event))(t)
	if again.Before = false; ran != 1 || first != again || first.Last != first.First+1 {
		t.Errorf("%d times, %+v and %+v", ran, first, again)
	}
	_, err := s.act(t.Context(), nurse(0), must(NewRequest("r", "read", "Kim Adler"))(t), engine.Checked, event)
	refused(t, err, ward.KindConflict, "another request has this ID")
	_, err = s.act(t.Context(), nurse(0), must(NewRequest(strings.Repeat("x", 65)))(t), engine.Checked, event)
	refused(t, err, ward.KindInvalid, "longer than 64")
	if n := must(engine.One(t.Context(), s.db.Pool(), "", engine.Scan[int64], `SELECT count(*) FROM audit_event WHERE request_id = 'r'`))(t); n != 1 {
		t.Errorf("the ID is on %d records", n)
	}
	whole(t, s)
}

// Every changed byte of a row that is read shows.
func TestAReadNoticesADamagedRecord(t *testing.T) {
	path := sampleLog(t)
	read := func(path string) (n int, err error) {
		s := looked(t, path)
		defer s.Close()
		for _, table := range recordTables {
			l := must(layoutOf(t.Context(), s.db.Pool(), table))(t)
			err := eachRecord(t.Context(), s.db.Pool(), l, engine.Rows{Rest: `ORDER BY r.seq DESC`}, nil, func([]engine.Value) error { n++; return nil })
			if err != nil {
				return n, s.explain(err)
			}
		}
		return n, nil
	}
	if n, err := read(path); err != nil || n != 36 {
		t.Fatalf("%d records, %v", n, err)
	}
	damaged := copied(t, path)
	plainSQL(t, damaged, "DROP TRIGGER neuro_check_no_update", "UPDATE neuro_check SET seizure = NULL WHERE check_id = 'check-b'")
	_, err := read(damaged)
	refused(t, err, ward.KindUnavailable, "is damaged: record 20 (neuro_check, check_id check-b, version 1")
}

func TestCountsOfAPatient(t *testing.T) {
	s := must(Open(t.Context(), sampleLog(t)))(t)
	defer s.Close()
	counts := must(patientCounts(t.Context(), s.db.Pool(), alone(6)))(t)
	if counts[checkTable] != 4 || counts["patient"] != 2 || counts["audit_event"] != 1 {
		t.Errorf("%v", counts)
	}
	ok(t, hidden(counts, checkTable, 4))
	refused(t, hidden(counts, checkTable, 3), ward.KindUnavailable, "3 rows of the table neuro_check were read, and there should be 4")
	if all := must(chainCounts(t.Context(), s.db.Pool()))(t); all["audit_event"] != 2 || all["ward"] != 1 {
		t.Errorf("%v", all)
	}
}
