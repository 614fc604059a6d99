package sqlite_test

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/store/sqlite"
	"neurocheck/internal/store/storetest"
	"neurocheck/internal/ward"
)

// The constant saves each open from making a new log to compare with.
func TestTheDigestOfTheObjects(t *testing.T) {
	list := must(sqlite.FreshObjects(t.Context(), sqlite.NewestVersion()))(t)
	if got := sqlite.DigestOf(list); got != sqlite.NewestObjects {
		t.Errorf("the objects of a new log have changed: sqlite.NewestObjects is %s", got)
	}
}

func TestEachMissingObjectIsNamed(t *testing.T) {
	list := must(sqlite.FreshObjects(t.Context(), sqlite.NewestVersion()))(t)
	for i := range list {
		if said, named := sqlite.Missing(list, i); said != "the "+named+" is missing" {
			t.Errorf("without the %s: %q", named, said)
		}
	}
	if len(list) < 150 {
		t.Errorf("a log has %d objects", len(list))
	}
}

// hidden are objects that a person can put into a closed log with the sqlite3 shell, and
// the words that name each.
var hiddenObjects = map[string]struct{ script, named string }{
	"a trigger with the name of a table": {
		"CREATE TRIGGER goose_db_version BEFORE INSERT ON neuro_check BEGIN SELECT RAISE(IGNORE); END;",
		"the trigger goose_db_version is none of the log's"},
	"a trigger with SQLite's prefix": {
		"CREATE TRIGGER x BEFORE INSERT ON neuro_check BEGIN SELECT RAISE(IGNORE); END; PRAGMA writable_schema = on; UPDATE sqlite_schema SET name = 'sqlite_x', sql = replace(sql, 'TRIGGER x', 'TRIGGER sqlite_x') WHERE name = 'x';",
		"the trigger sqlite_x is none of the log's"},
	"a trigger on goose's table": {
		"CREATE TRIGGER x AFTER INSERT ON goose_db_version BEGIN DELETE FROM goose_db_version; END;",
		"the trigger x is none of the log's"},
	"a trigger of ours on another table": {
		"DROP TRIGGER ward_no_update; CREATE TRIGGER ward_no_update BEFORE UPDATE ON draft BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;",
		"the trigger ward_no_update is not as the program made it"},
	"a trigger that never ends": {
		"CREATE TRIGGER x BEFORE INSERT ON audit_event BEGIN SELECT count(*) FROM (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n); END;",
		"the trigger x is none of the log's"},
	"a view that never ends for goose's table": {
		"ALTER TABLE goose_db_version RENAME TO g; CREATE VIEW goose_db_version AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS version_id, 1 AS is_applied, i AS id FROM n;",
		"the table goose_db_version is missing"},
	"another goose table": {
		"ALTER TABLE goose_db_version ADD COLUMN x TEXT;",
		"the table goose_db_version is not as the program made it"},
	"a unique index": {
		"CREATE UNIQUE INDEX x ON audit_event (author);",
		"the index x is none of the log's"},
	"an index of ours that is partial": {
		"DROP INDEX neuro_check_of_patient; CREATE INDEX neuro_check_of_patient ON neuro_check (patient_id) WHERE seq < 3;",
		"the index neuro_check_of_patient is not as the program made it"},
	"a trigger fewer": {
		"DROP TRIGGER neuro_check_no_delete;",
		"the trigger neuro_check_no_delete is missing"},
}

func TestAHiddenObjectIsNamedAndRefused(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("sqlite3"); err != nil {
		t.Skip("no sqlite3 on this machine to hide an object with")
	}
	full := fullLog(t)
	for name, c := range hiddenObjects {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := copied(t, full)
			shell := exec.CommandContext(t.Context(), "sqlite3", "-bail", path)
			shell.Stdin = strings.NewReader(c.script)
			if out, err := shell.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
			defer stop()
			_, err := store.Open(ctx, path)
			refused(t, err, ward.KindUnavailable, "was altered by another program: "+c.named)
			if ward.TroubleOf(err) != ward.LogDamaged {
				t.Errorf("the trouble is %v", ward.TroubleOf(err))
			}
			s := must(store.OpenReadOnly(ctx, path))(t)
			defer s.Close()
			refused(t, s.Trouble(), ward.KindUnavailable, c.named)
			if v := must(s.Verify(ctx))(t); v.Misfit != c.named {
				t.Errorf("Verify says %q", v.Misfit)
			}
		})
	}
}

// The log is altered while it is open: the next save notices.
func TestAnObjectThatAppearsWhileTheLogIsOpen(t *testing.T) {
	t.Parallel()
	for name, c := range hiddenObjects {
		if strings.Contains(c.script, "writable_schema") || strings.Contains(c.script, "goose") {
			continue // for the shell alone
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := opened(t)
			p := admit(t, s)
			save(t, s, checkOf(p, "a", 10, 0))
			n := lastSeq(t, s)
			plainSQL(t, s.Path(), c.script)
			ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
			defer stop()
			_, err := s.SaveCheck(ctx, nurse(3*time.Hour), checkOf(p, "b", 9, 2*time.Hour))
			refused(t, err, ward.KindUnavailable, "was altered by another program: "+c.named)
			if lastSeq(t, s) != n {
				t.Error("something was recorded")
			}
		})
	}
}

// A save that a trigger swallows is an error, also if nothing else notices the trigger.
func TestAnInsertThatChangesNothingIsAnError(t *testing.T) {
	t.Parallel()
	for _, table := range []string{"neuro_check", "audit_event", "check_now", "chain_count", "patient_count", "request", "chain"} {
		s, log := openedFile(t)
		p := admit(t, s)
		n := lastSeq(t, s)
		how := "BEFORE INSERT ON "
		if table == "chain" {
			how = "BEFORE UPDATE ON "
		}
		plainSQL(t, s.Path(), "CREATE TRIGGER x "+how+table+" BEGIN SELECT RAISE(IGNORE); END")
		ok(t, log.AcceptObjects(t.Context())) // as if it had been there
		var err error
		if table == "audit_event" {
			err = s.Note(t.Context(), nurse(0), ward.AuditEvent{Event: ward.ReadPatient})
		} else {
			_, err = s.SaveCheck(t.Context(), storetest.WithRequest(nurse(time.Hour), "one"), checkOf(p, "a", 8, 0))
		}
		refused(t, err, ward.KindUnavailable, "was not taken by the log, so nothing was saved")
		if lastSeq(t, s) != n {
			t.Errorf("%s: something was recorded", table)
		}
		plainSQL(t, s.Path(), "DROP TRIGGER x")
		whole(t, s)
	}
}

// A statement that never ends is interrupted with its context.
func TestAStatementThatNeverEndsIsInterrupted(t *testing.T) {
	t.Parallel()
	s, log := openedFile(t)
	plainSQL(t, s.Path(), hiddenObjects["a trigger that never ends"].script)
	ok(t, log.AcceptObjects(t.Context()))
	ctx, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer stop()
	began := time.Now()
	if err := s.Note(ctx, nurse(0), ward.AuditEvent{Event: ward.ReadPatient}); err == nil {
		t.Error("it was recorded")
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it went on for %v", took)
	}
	plainSQL(t, s.Path(), "DROP TRIGGER x")
	ok(t, s.Note(t.Context(), nurse(0), ward.AuditEvent{Event: ward.ReadPatient})) // the connection goes on
	whole(t, s)
}

// Every connection has the guards, also one that only looks at a file.
func TestEveryAccessIsGuarded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	s := reopened(t, path)
	setUp(t, s)
	for mode := sqlite.ModeProbe; mode <= sqlite.ModeWrite; mode++ {
		pool := sqlite.NewPool(path, mode, 1)
		for _, query := range []string{"SELECT guarded()", "PRAGMA cell_size_check", "SELECT trusted_schema = 0 FROM pragma_trusted_schema"} {
			if number(t, pool, query) != 1 {
				t.Errorf("access %d: %s is off", mode, query)
			}
		}
		ok(t, pool.Close())
	}
}
