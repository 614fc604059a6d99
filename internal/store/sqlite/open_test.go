package sqlite_test

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/store/sqlite"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/ward"
	"neurocheck/schema"
)

func TestPragmasHoldOnEveryConnection(t *testing.T) {
	_, log := openedFile(t)
	for name, pool := range map[string]*sql.DB{"writer": log.Writer(), "reader": log.Reader()} {
		now := pool.Stats() // the log itself holds one connection: see hold
		for i := range now.MaxOpenConnections - now.InUse {
			conn := must(pool.Conn(t.Context()))(t) // kept until the end, so that each is another one
			defer conn.Close()
			for _, p := range sqlite.Pragmas() {
				var got string
				ok(t, conn.QueryRowContext(t.Context(), "PRAGMA "+p.Name()).Scan(&got))
				if got != p.ReadBack() {
					t.Errorf("%s connection %d: %s is %s, not %s", name, i+1, p.Name(), got, p.ReadBack())
				}
			}
			if only := number(t, conn, "PRAGMA query_only"); (only == 1) != (name == "reader") {
				t.Errorf("%s connection %d: query_only is %d", name, i+1, only)
			}
		}
	}
}

// The driver ignores an option that it does not know, so a misspelt one must be found.
func TestAConnectionWithoutAPragmaIsRefused(t *testing.T) {
	s := fresh(t)
	for _, p := range sqlite.Pragmas() {
		t.Run(p.Name(), func(t *testing.T) {
			if p.Name() == "journal_mode" || p.Name() == "busy_timeout" {
				t.Skip("the file, or the driver, brings it by itself")
			}
			misspelt := strings.Replace(sqlite.DSN(s.Path(), sqlite.ModeWrite), p.Option(), p.Option()+"s", 1)
			conn, err := sqlite.Connect(t.Context(), misspelt, sqlite.ModeWrite)
			if err == nil {
				conn.Close()
				t.Fatal("it was opened all the same")
			}
			if !strings.Contains(err.Error(), p.Name()) {
				t.Errorf("the error does not name it: %v", err)
			}
		})
	}
}

func TestReadersCannotWrite(t *testing.T) {
	s, log := openedFile(t)
	must(s.Board(t.Context()))(t)
	if _, err := log.Reader().ExecContext(t.Context(), `UPDATE chain SET seq = seq + 1`); err == nil {
		t.Error("a reader wrote")
	}
}

func TestOnlyTheOwnerReadsTheLog(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "deeper")
	path := filepath.Join(dir, "log.db")
	setUp(t, reopened(t, path))
	for name, want := range map[string]fs.FileMode{
		filepath.Dir(dir): 0o700 | fs.ModeDir,
		dir:               0o700 | fs.ModeDir,
		path:              0o600,
		path + "-wal":     0o600,
		path + "-shm":     0o600,
		path + "-queue":   0o600,
	} {
		if info := must(os.Stat(name))(t); info.Mode() != want {
			t.Errorf("%s has the mode %v, not %v", filepath.Base(name), info.Mode(), want)
		}
	}
	if left := must(filepath.Glob(filepath.Join(dir, ".neurocheck-*")))(t); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestPathsOfEveryKind(t *testing.T) {
	for _, name := range []string{"a log.db", "a#b.db", "a?mode=memory.db", "50%.db", "%23.db", "üñí 山田.db", "a&b=c;d.db", "'quoted'.db", "-dash"} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), name)
			path := filepath.Join(dir, name)
			s := reopened(t, path)
			setUp(t, s)
			ok(t, s.Close())
			if n := len(must(os.ReadDir(dir))(t)); n != 2 { // the log and its queue
				t.Errorf("%d files in the folder of the log, not 2", n)
			}
			again := must(store.Open(t.Context(), path))(t)
			defer again.Close()
			if again.Path() != path || len(must(again.Staff(t.Context()))(t)) != 4 {
				t.Error("what was recorded is not there")
			}
		})
	}
}

func TestARelativePath(t *testing.T) {
	t.Chdir(t.TempDir())
	s := reopened(t, "log.db")
	t.Chdir(t.TempDir())
	setUp(t, s) // the path is that of the time of opening
}

func TestAFileThatIsNoLogIsRefusedAndNotChanged(t *testing.T) {
	ours := fmt.Sprintf("PRAGMA application_id = %d", schema.ApplicationID)
	full := fullLog(t)
	for name, c := range map[string]struct {
		make func(t *testing.T, path string)
		says string
	}{
		"another program's": {func(t *testing.T, path string) {
			touch(t, path, "")
			plainSQL(t, path, "CREATE TABLE other (a)", "INSERT INTO other VALUES (1)")
		}, "belongs to another program"},
		"another program's, with a write-ahead log": {func(t *testing.T, path string) {
			touch(t, path, "")
			plainSQL(t, path, "PRAGMA journal_mode = WAL", "CREATE TABLE other (a)", "PRAGMA application_id = 7")
		}, "belongs to another program"},
		"zero bytes": {func(t *testing.T, path string) { touch(t, path, "") }, "is empty"},
		"one byte":   {func(t *testing.T, path string) { touch(t, path, "x") }, "belongs to another program"},
		"text":       {func(t *testing.T, path string) { touch(t, path, strings.Repeat("mrn,name\n", 999)) }, "is damaged or is no database"},
		"a folder":   {func(t *testing.T, path string) { ok(t, os.Mkdir(path, 0o700)) }, "is not a file"},
		"a newer version": {func(t *testing.T, path string) {
			touch(t, path, string(must(os.ReadFile(full))(t)))
			plainSQL(t, path, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)")
		}, "written by a newer neurocheck (log version 999"},
		"without a migration": {func(t *testing.T, path string) {
			touch(t, path, string(must(os.ReadFile(full))(t)))
			plainSQL(t, path, "DELETE FROM goose_db_version WHERE version_id > 0")
		}, "the list of migrations cannot be read; keep the file as it is, and go on with the newest daily copy"},
		"half made": {func(t *testing.T, path string) {
			touch(t, path, "")
			plainSQL(t, path, ours, fmt.Sprintf("PRAGMA user_version = %d", schema.FirstVersion()), "CREATE TABLE ward (seq INTEGER PRIMARY KEY)")
		}, "never finished"},
		"cut off": {func(t *testing.T, path string) {
			touch(t, path, string(must(os.ReadFile(full))(t)[:9000]))
		}, "is damaged or is no database"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, "file.db")
			c.make(t, path)
			before := inFolder(t, dir)
			for which, open := range map[string]func(context.Context, string) (*store.Store, error){"Open": store.Open, "Create": store.Create} {
				s, err := open(t.Context(), path)
				if err == nil {
					s.Close()
					t.Errorf("%s opened it", which)
				}
				refused(t, err, ward.KindUnavailable, c.says)
			}
			if got := inFolder(t, dir); got != before {
				t.Error("the file, or another in its folder, was changed")
			}
		})
	}
}

func TestOpenWithoutAFile(t *testing.T) {
	dir := t.TempDir()
	_, err := store.Open(t.Context(), filepath.Join(dir, "log.db"))
	refused(t, err, ward.KindNotFound, "there is no log at")
	if left := inFolder(t, dir); left != "" {
		t.Errorf("something was made: %s", left)
	}
}

func TestCreateInAFile(t *testing.T) {
	dir := t.TempDir()
	touch(t, filepath.Join(dir, "file"), "x")
	_, err := store.Create(t.Context(), filepath.Join(dir, "file", "log.db"))
	refused(t, err, ward.KindUnavailable, "cannot make the folder")
}

// The log of another program's lock is shown as a copy, or not written, once SQLite has waited
// for it.
func TestALockedLogSaysSo(t *testing.T) {
	sqlite.WaitInSQLite(t, 200*time.Millisecond)
	t.Run("to be opened", func(t *testing.T) {
		path := fullLog(t)
		other := fixture.Plain(t, path)
		defer other.Close()
		for _, statement := range []string{"PRAGMA locking_mode = EXCLUSIVE", "BEGIN EXCLUSIVE"} {
			must(other.ExecContext(t.Context(), statement))(t)
		}
		s := must(store.Open(t.Context(), path))(t)
		defer s.Close()
		const says = "another program holds "
		refused(t, s.Trouble(), ward.KindUnavailable, says+path+" locked")
		if ward.TroubleOf(s.Trouble()) != ward.LogLocked || len(must(s.Board(t.Context()))(t)) == 0 {
			t.Errorf("%v: the patients are not shown", s.Trouble())
		}
		refused(t, s.Note(t.Context(), nurse(0), ward.AuditEvent{Event: ward.ReadPatient}), ward.KindUnavailable, "another program held the log when it was opened")
	})
	t.Run("to be written", func(t *testing.T) {
		s := opened(t)
		other := fixture.Plain(t, s.Path())
		defer other.Close()
		must(other.ExecContext(t.Context(), "BEGIN IMMEDIATE"))(t)
		_, _, err := s.Admit(t.Context(), nurse(0), ada(), ward.Stay{AdmittedAt: after(0)})
		refused(t, err, ward.KindUnavailable, "another program holds "+s.Path()+" locked")
		must(other.ExecContext(t.Context(), "ROLLBACK"))(t)
		admit(t, s) // the same store goes on
		whole(t, s)
	})
}

func TestARemovedOrReplacedFileIsFound(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, path string){
		"removed":  func(t *testing.T, path string) { ok(t, os.Remove(path)) },
		"replaced": func(t *testing.T, path string) { ok(t, os.Rename(fullLog(t), path)) },
		"moved":    func(t *testing.T, path string) { ok(t, os.Rename(path, path+".old")) },
	} {
		t.Run(name, func(t *testing.T) {
			s := opened(t)
			p := admit(t, s)
			n := lastSeq(t, s)
			damage(t, s.Path())
			const says = "was removed or replaced while it was open; nothing was saved"
			_, err := s.SaveCheck(t.Context(), nurse(time.Hour), checkOf(p, "a", 10, time.Hour))
			refused(t, err, ward.KindUnavailable, says)
			refused(t, s.KeepDraft(t.Context(), store.Draft{PatientID: p.ID, Author: "Sam Lee", CheckID: "a", Revision: 1, Content: "x"}), ward.KindUnavailable, says)
			if now := lastSeq(t, s); now != n {
				t.Error("something was recorded all the same")
			}
		})
	}
}

// A link in the folder of the user may lead to a disk on the network.
func TestALinkIsFollowed(t *testing.T) {
	link := filepath.Join(t.TempDir(), "link.db")
	ok(t, os.Symlink(fullLog(t), link))
	s := must(store.Open(t.Context(), link))(t)
	defer s.Close()
	whole(t, s)
}
