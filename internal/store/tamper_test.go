package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/ward"
)

// attack runs SQL on a closed log, as a person would who wants to change the record. Neither
// CHECKs nor foreign keys hold it up.
func attack(t *testing.T, path, script string) {
	t.Helper()
	plainSQL(t, path, "PRAGMA synchronous = off; PRAGMA ignore_check_constraints = on; PRAGMA foreign_keys = off;", "BEGIN;\n"+script+"\nCOMMIT;")
}

// victim is a sample log, and the facts that an attacker can find out about it.
type victim struct {
	path     string
	log      *Store // a copy that is open: see under
	triggers []object
	indexes  []string
	columns  map[string][]string // by table
	types    map[string]string   // by table.column
	seqs     map[string][]int64  // by table
	last     int64
}

// object is a trigger of the log.
type object struct{ name, table, made string }

func newVictim(t *testing.T) *victim {
	t.Helper()
	v := &victim{path: sampleLog(t), columns: map[string][]string{}, types: map[string]string{}, seqs: map[string][]int64{}}
	pool := fixture.Plain(t, v.path)
	defer pool.Close()
	read := func(query string) []string {
		return must(engine.All(t.Context(), plain{db: pool}, engine.Scan[string], query))(t)
	}
	v.triggers = must(engine.All(t.Context(), plain{db: pool}, func(rows engine.Results) (o object, err error) {
		err = rows.Scan(&o.name, &o.table, &o.made)
		return o, err
	}, `SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = 'trigger'`))(t)
	v.indexes = read(`SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL`)
	for _, table := range recordTables {
		for _, c := range read(`SELECT name || ' ' || type FROM pragma_table_info('` + table + `')`) {
			name, kind, _ := strings.Cut(c, " ")
			v.columns[table] = append(v.columns[table], name)
			v.types[table+"."+name] = kind
		}
		for _, s := range read(`SELECT seq FROM ` + table + ` ORDER BY seq`) {
			var n int64
			must(fmt.Sscan(s, &n))(t)
			v.seqs[table] = append(v.seqs[table], n)
			v.last = max(v.last, n)
		}
		if len(v.seqs[table]) == 0 {
			t.Fatalf("the sample log has no record in %s, so nothing there can be attacked", table)
		}
	}
	v.log = must(Open(t.Context(), copied(t, v.path)))(t)
	t.Cleanup(func() { ok(t, v.log.Close()) })
	return v
}

func (v *victim) tableOf(seq int64) string {
	for table, seqs := range v.seqs {
		if slices.Contains(seqs, seq) {
			return table
		}
	}
	return ""
}

// disarmed returns a script that drops the triggers of the tables that another one names, and
// then runs that.
func (v *victim) disarmed(script string) string {
	for _, trigger := range v.triggers {
		if strings.Contains(script, trigger.table) {
			script = "DROP TRIGGER " + trigger.name + ";\n" + script
		}
	}
	return script
}

// hidden is disarmed, and the triggers are there again afterwards, so that the log opens as if
// nothing were amiss.
func (v *victim) hidden(script string) string {
	all := v.disarmed(script)
	for _, trigger := range v.triggers {
		if strings.Contains(script, trigger.table) {
			all += trigger.made + ";\n"
		}
	}
	return all
}

// finds attacks the log, and wants the verification of the chain, which every other part of a
// verification comes after, to name that misfit behind so many records that fit.
func (v *victim) finds(t *testing.T, name, script, misfit string, whole int64) {
	t.Run(name, func(t *testing.T) {
		v.says(t, v.under(t, v.disarmed(script), chainVerdict), script, misfit, whole)
	})
}

// findsByAll is finds by the whole verification.
func (v *victim) findsByAll(t *testing.T, name, script, misfit string, whole int64) {
	t.Run(name, func(t *testing.T) {
		v.says(t, v.under(t, v.hidden(script), wholeVerdict), script, misfit, whole)
	})
}

// findsInFile is findsByAll in a copy of the log that is closed and opened again. It takes many
// times as long as finds, so most attacks are undone instead.
func (v *victim) findsInFile(t *testing.T, name, script, misfit string, whole int64) {
	t.Run(name+" in a file", func(t *testing.T) {
		t.Parallel()
		path := copied(t, v.path)
		attack(t, path, v.hidden(script))
		v.says(t, v.verify(t, path), script, misfit, whole)
	})
}

func (v *victim) says(t *testing.T, verdict Verdict, script, misfit string, whole int64) {
	t.Helper()
	if !strings.HasPrefix(verdict.Misfit, misfit) || verdict.Records != whole {
		t.Errorf("Verify says %q behind %d records, not %q behind %d\n%s", verdict.Misfit, verdict.Records, misfit, whole, script)
	}
}

func (v *victim) verify(t *testing.T, path string) Verdict {
	t.Helper()
	s := looked(t, path)
	defer s.Close()
	return must(s.Verify(t.Context()))(t)
}

// under verifies the log in the middle of an attack, in one transaction that is undone
// afterwards.
func (v *victim) under(t *testing.T, script string, verify func(context.Context, *Store) (Verdict, error)) (verdict Verdict) {
	t.Helper()
	undone := errors.New("undone")
	_, err := v.log.db.Write(t.Context(), engine.Unchecked, func(w engine.Tx) (end engine.End, err error) {
		if _, err = w.Exec(t.Context(), script); err == nil {
			verdict, err = verify(t.Context(), New(attacked{v.log.db, w}))
		}
		return end, cmp.Or(err, undone)
	})
	if !errors.Is(err, undone) {
		t.Fatalf("the attack failed: %v\n%s", err, script)
	}
	return verdict
}

func wholeVerdict(ctx context.Context, s *Store) (Verdict, error) {
	return s.VerifyWith(ctx, Verification{OneProcessor: true})
}

// chainVerdict verifies the chain alone.
func chainVerdict(ctx context.Context, s *Store) (v Verdict, err error) {
	err = s.onSnapshots(ctx, 1, func(readers []engine.Querier, ends []chainEnd) error {
		chain := newChainVerifier(ends[0], Verification{})
		chain.run(ctx, readers[0])
		return chain.verdict(ctx, readers[0], &v)
	})
	return v, err
}

// attacked is a log of which all is read in the transaction of an attack.
type attacked struct {
	engine.Engine
	tx engine.Tx
}

func (a attacked) Pool() engine.Querier { return a.tx }

func (a attacked) Snapshots(_ context.Context, _ int, do func([]engine.Querier) error) error {
	return do([]engine.Querier{a.tx})
}

// looked opens a log, read-only if it was altered: it is not opened otherwise.
func looked(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path)
	if ward.TroubleOf(err) == ward.LogDamaged {
		s, err = OpenReadOnly(t.Context(), path)
	}
	ok(t, err)
	return s
}

func TestTheWholeRecordVerifies(t *testing.T) {
	v := newVictim(t)
	verdict := v.verify(t, v.path)
	if verdict.Misfit != "" || verdict.Records != v.last || len(verdict.Head) != 64 {
		t.Errorf("%+v, for %d records", verdict, v.last)
	}
}

func TestAlteredRecordsAreFound(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	for _, table := range recordTables {
		n := v.seqs[table][len(v.seqs[table])-1]
		misfit := fmt.Sprintf("record %d (%s", n, table)
		for _, column := range v.columns[table] {
			value := "coalesce(" + column + ", 0) + 1000"
			switch v.types[table+"."+column] {
			case "TEXT":
				value = "coalesce(" + column + ", '') || 'x'"
			case "BLOB":
				value = "zeroblob(32)"
			}
			if column == "seq" {
				continue // that is another record's place: see below
			}
			v.finds(t, table+"."+column, fmt.Sprintf("UPDATE %s SET %s = %s WHERE seq = %d;", table, column, value, n), misfit, n-1)
		}
	}
	// Findings by words that the record allows.
	n := v.seqs["neuro_check"][1]
	misfit := fmt.Sprintf("record %d (neuro_check, check_id check-b, version 1, patient_id ", n)
	for name, set := range map[string]string{
		"a better score":                "ice_year = 1, score = 10, grade_low = 0, grade_high = 0",
		"a graver finding":              "seizure = 'brief'",
		"normal to not assessed":        "seizure = NULL",
		"another flag":                  "flag = 'none', flag_reasons = NULL",
		"an empty text instead of none": "note = ''",
		"the author":                    "author = 'Dr Ana Reis'",
		"the time, by a millisecond":    "performed_at = performed_at + 1",
		"the offset of the wall clock":  "performed_offset = 0",
		"two columns changing places":   "author = recorded_by || 'x', recorded_by = author",
		"another record's hash":         "hash = (SELECT hash FROM chain)",
	} {
		v.findsInFile(t, name, fmt.Sprintf("UPDATE neuro_check SET %s WHERE seq = %d;", set, n), misfit, n-1)
	}
}

func TestDeletedRecordsAreFound(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	for _, table := range recordTables {
		seqs := v.seqs[table]
		for _, n := range []int64{seqs[0], seqs[len(seqs)-1]} {
			v.finds(t, fmt.Sprintf("%s %d", table, n), fmt.Sprintf("DELETE FROM %s WHERE seq = %d;", table, n), fmt.Sprintf("record %d is missing", n), n-1)
		}
		v.finds(t, "all of "+table, "DELETE FROM "+table+";", fmt.Sprintf("record %d is missing", seqs[0]), seqs[0]-1)
	}
	v.findsInFile(t, "the first", fmt.Sprintf("DELETE FROM %s WHERE seq = 1;", v.tableOf(1)), "record 1 is missing; record 2 (", 0)
	v.findsInFile(t, "the last", fmt.Sprintf("DELETE FROM %s WHERE seq = %d;", v.tableOf(v.last), v.last), fmt.Sprintf("record %d is missing: the record ends before its chain does", v.last), v.last-1)
	v.findsInFile(t, "the last, and the chain set back by a number",
		fmt.Sprintf("DELETE FROM %s WHERE seq = %d; UPDATE chain SET seq = seq - 1;", v.tableOf(v.last), v.last),
		fmt.Sprintf("record %d is not the one that the chain ends with", v.last-1), v.last-1)
}

// An attacker who sets the end of the chain and the counts back as they once were
// makes a shorter record that fits. Only a head noted elsewhere tells; CHAIN.md says so.
func TestARecordCutOffWithItsChainShowsByItsHead(t *testing.T) {
	v := newVictim(t)
	noted := v.verify(t, v.path)
	path := copied(t, v.path)
	table, before := v.tableOf(v.last), v.tableOf(v.last-1)
	attack(t, path, v.hidden(fmt.Sprintf("DELETE FROM %s WHERE seq = %d; UPDATE chain SET seq = %d, hash = (SELECT hash FROM %s WHERE seq = %d); UPDATE chain_count SET records = records - 1 WHERE table_name = '%s';\n",
		table, v.last, v.last-1, before, v.last-1, table)))
	verdict := v.verify(t, path)
	if verdict.Misfit != "" {
		t.Errorf("Verify says %q: CHAIN.md can promise more than it does", verdict.Misfit)
	}
	if verdict.Head == noted.Head {
		t.Error("the head is the same")
	}
}

func TestReorderedRecordsAreFound(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	type finds func(t *testing.T, name, script, misfit string, whole int64)
	swap := func(finds finds, a, b int64) {
		ta, tb := v.tableOf(a), v.tableOf(b)
		finds(t, fmt.Sprintf("%d and %d", a, b), fmt.Sprintf(
			"UPDATE %s SET seq = -1 WHERE seq = %d; UPDATE %s SET seq = %d WHERE seq = %d; UPDATE %s SET seq = %d WHERE seq = -1;", ta, a, tb, a, b, ta, b),
			fmt.Sprintf("record %d (%s", a, tb), a-1)
	}
	for a := range v.last - 1 {
		swap(v.finds, a+1, a+2)
	}
	swap(v.findsInFile, 1, v.last)
	for _, table := range recordTables {
		if seqs := v.seqs[table]; len(seqs) > 1 && seqs[1] != seqs[0]+1 {
			swap(v.finds, seqs[0], seqs[1])
		}
	}
}

// insert copies a record of a table under another number, made different enough
// to be let in.
func (v *victim) insert(table string, as int64) string {
	values := slices.Clone(v.columns[table])
	for i, column := range values {
		switch column {
		case "seq":
			values[i] = fmt.Sprint(as)
		case "version":
			values[i] = "version + 1000"
		case "follow_up_id", "attribution_id", "link_id":
			values[i] += " + 1000"
		}
	}
	return fmt.Sprintf("INSERT INTO %s SELECT %s FROM %s WHERE seq = %d;", table, strings.Join(values, ", "), table, v.seqs[table][0])
}

func TestInsertedRecordsAreFound(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	for _, table := range recordTables {
		n := v.last + 1
		v.finds(t, table+" at the end", v.insert(table, n), fmt.Sprintf("record %d (%s) is outside the chain", n, table), v.last)
		v.finds(t, table+" far behind the end", v.insert(table, 1<<40), fmt.Sprintf("record %d (%s) is outside the chain", int64(1)<<40, table), v.last)
		v.finds(t, table+" before the first", v.insert(table, 0), fmt.Sprintf("record 0 (%s) is outside the chain", table), v.last)
		v.finds(t, table+" under a negative number", v.insert(table, -5), fmt.Sprintf("record -5 (%s) is outside the chain", table), v.last)
		v.finds(t, table+" at the end, with the chain", v.insert(table, n)+"UPDATE chain SET seq = seq + 1;", fmt.Sprintf("record %d (%s", n, table), v.last)
		if table != "ward" { // the first of the tables, so that the true record is read first
			used := v.seqs["ward"][0]
			v.finds(t, table+" under a used number", v.insert(table, used), fmt.Sprintf("record %d (%s", used, table), used)
		}
	}
}

func TestAChangedEndOfTheChainIsFound(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	v.finds(t, "longer", "UPDATE chain SET seq = seq + 1;", fmt.Sprintf("record %d is missing", v.last+1), v.last)
	v.finds(t, "shorter", "UPDATE chain SET seq = seq - 1;", fmt.Sprintf("record %d is not the one", v.last-1), v.last-1)
	v.finds(t, "negative", "UPDATE chain SET seq = -1;", "record ", 0)
	v.finds(t, "another hash", "UPDATE chain SET hash = zeroblob(32);", fmt.Sprintf("record %d is not the one", v.last), v.last)
	v.findsByAll(t, "deleted", "DELETE FROM chain;", "the end of the chain is missing", 0)
	v.findsByAll(t, "twice", "INSERT INTO chain SELECT 2, seq, hash FROM chain;", "the end of the chain is missing", 0)
}

// That each missing trigger and index is named is shown by EachMissingObjectIsNamed, in package
// sqlite. A missing table is more: every part of a verification reads tables.
func TestChangedTablesAreFound(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	trigger, index := v.triggers[0].name, v.indexes[0]
	v.triggers = nil // this test is about the triggers
	v.findsByAll(t, trigger, "DROP TRIGGER "+trigger+";", "the trigger "+trigger+" is missing", v.last)
	v.findsByAll(t, index, "DROP INDEX "+index+";", "the index "+index+" is missing", v.last)
	v.findsInFile(t, "a weaker trigger", "DROP TRIGGER ward_no_update; CREATE TRIGGER ward_no_update BEFORE UPDATE ON ward BEGIN SELECT 1; END;",
		"the trigger ward_no_update is not as the program made it", v.last)
	v.findsInFile(t, "another trigger", "CREATE TRIGGER goose_step AFTER INSERT ON neuro_check BEGIN DELETE FROM follow_up_open; END;",
		"the trigger goose_step is none of the log's", v.last)
	v.findsInFile(t, "another table", "CREATE TABLE sqlitelike (a);", "the table sqlitelike is none of the log's", 0)
	v.findsInFile(t, "a view", "CREATE VIEW v AS SELECT 1;", "the view v is none of the log's", v.last)
	v.findsInFile(t, "another column", "ALTER TABLE staff ADD COLUMN pin TEXT;", "the table staff is not as the program made it", 0)
	v.findsByAll(t, "a column by another name", "ALTER TABLE draft RENAME COLUMN content TO words;", "the table draft is not as the program made it", 0)
	for _, table := range recordTables {
		v.findsByAll(t, "without "+table, "DROP TABLE "+table+";", "the table "+table+" is missing", 0)
	}
}

func TestChangedDerivedTablesAreFound(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	v.triggers = nil // none guards them
	other := v.seqs["patient"][2]
	v.findsInFile(t, "off the board", "UPDATE stay_now SET on_ward = 0;", "the table stay_now does not agree", v.last)
	v.findsInFile(t, "no patient", "DELETE FROM patient_now;", "the ", v.last)
	for _, c := range []struct{ name, statement, finds string }{
		{"another end", "UPDATE stay_now SET ended_at = 7;", "the table stay_now does not agree"},
		{"an old version", "UPDATE patient_now SET seq = patient_id;", "the table patient_now does not agree"},
		{"linked to nobody", "UPDATE patient_now SET survivor_id = patient_id;", "the table patient_now does not agree with the links of patient"},
		{"linked otherwise", fmt.Sprintf("UPDATE patient_now SET survivor_id = %d;", other), "the table patient_now does not agree with the links of patient"},
		{"no memory", "UPDATE patient_now SET memory = NULL;", "the table patient_now does not agree with the checks of patient"},
		{"another memory", "UPDATE patient_now SET memory = replace(memory, '\"Unexamined\":0', '\"Unexamined\":7') WHERE memory IS NOT NULL;", "the table patient_now does not agree with the checks of patient"},
		{"a memory that is none", "UPDATE patient_now SET memory = '{' WHERE memory IS NOT NULL;", "the table patient_now does not agree with the checks of patient"},
		{"a memory of a linked patient", "UPDATE patient_now SET memory = '{}' WHERE memory IS NULL;", "the table patient_now does not agree with the links of patient"},
		{"another MRN", "UPDATE patient_mrn SET folded = folded || '0';", "the table patient_mrn does not agree with the record of patient"},
		{"an MRN less", "DELETE FROM patient_mrn WHERE current = 0;", "the table patient_mrn does not agree"},
		{"a former MRN that is current", "UPDATE patient_mrn SET current = 1;", "the table patient_mrn does not agree"},
		{"the MRN of another", fmt.Sprintf("UPDATE patient_mrn SET patient_id = %d;", other), "the table patient_mrn does not agree"},
		{"one patient more", "INSERT INTO patient_now VALUES (99, 4, 99, NULL);", "the "},
		{"a check less", "DELETE FROM check_now WHERE seq = (SELECT min(seq) FROM check_now);", "the table check_now does not agree"},
		{"a withdrawn check", "INSERT INTO check_now SELECT patient_id, performed_at, recorded_at, seq, NULL FROM neuro_check WHERE status = 'withdrawn';", "the table check_now does not agree"},
		{"a check at another time", "UPDATE check_now SET performed_at = performed_at + 1;", "the table check_now does not agree"},
		{"a flag of before", "UPDATE check_now SET reevaluation = NULL;", "the table check_now does not agree"},
		{"a record less in a table", "UPDATE chain_count SET records = records + 1 WHERE table_name = 'neuro_check';", "the table chain_count does not agree"},
		{"a record less of a patient", "UPDATE patient_count SET records = 9 WHERE table_name = 'neuro_check';", "the table patient_count does not agree"},
		{"a request less", "DROP TRIGGER request_no_delete; DELETE FROM request;", "the "},
		{"a follow-up gone", "DELETE FROM follow_up_open;", "the table follow_up_open does not agree"},
		{"a follow-up of another patient", "UPDATE follow_up_open SET patient_id = patient_id + 1;", "the "},
		{"a follow-up more", "INSERT INTO follow_up_open SELECT min(seq), 1000 FROM follow_up;", "the table follow_up_open does not agree"},
	} {
		v.findsByAll(t, c.name, c.statement, c.finds, v.last)
	}
}

// A word that no CHECK lets in is found as the record that it is in, and not as
// a damaged file.
func TestAWordThatIsNotAllowedNamesItsRecord(t *testing.T) {
	v := newVictim(t)
	n := v.seqs["neuro_check"][0]
	v.findsInFile(t, "ice_year", fmt.Sprintf("UPDATE neuro_check SET ice_year = 7 WHERE seq = %d;", n), fmt.Sprintf("record %d (neuro_check", n), n-1)
}

func TestBackupOfALogThatIsNotWhole(t *testing.T) {
	v := newVictim(t)
	attack(t, v.path, v.disarmed("UPDATE neuro_check SET note = 'x' WHERE check_id = 'check-a';"))
	s := looked(t, v.path)
	defer s.Close()
	copy := filepath.Join(t.TempDir(), "copy.db")
	touch(t, copy, "")
	_, err := s.Backup(t.Context(), copy, BackupOptions{})
	refused(t, err, ward.KindUnavailable, "the copy is not whole: ")
}
