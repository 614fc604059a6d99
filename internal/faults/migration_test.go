package faults

import (
	"bufio"
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"neurocheck/internal/backup"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
	"neurocheck/schema"
)

// There is one migration so far. So these tests make the next version of the program: this
// test binary with testdata/0002_made_up.sql among the migrations. It migrates logs of the
// present version.
func TestMigration(t *testing.T) {
	t.Parallel()
	v := newVersions(t)
	t.Run("killed", v.killed)
	t.Run("one of many", v.oneOfMany)
	t.Run("fails half way", v.failsHalfWay)
	t.Run("read only", v.readOnly)
	t.Run("restored", v.restored)
}

// versions holds the contents of a log of the present version.
type versions struct {
	records int64
	head    string
	opening time.Duration // how long the next version takes to open the log
}

func newVersions(t *testing.T) *versions {
	t.Helper()
	v := &versions{}
	s := opened(t, killedLog(t))
	c := must(s.Contents(t.Context()))(t)
	v.records, v.head = c.Records, c.Head

	cmd := nextVersion(t, "open", killedLog(t), "timed")
	out := bufio.NewReader(must(cmd.StdoutPipe())(t))
	ok(t, cmd.Start())
	must(out.ReadString('\n'))(t)
	began := time.Now()
	if said := must(out.ReadString('\n'))(t); said != "open\n" {
		t.Fatalf("it said %q", said)
	}
	v.opening = time.Since(began)
	ok(t, cmd.Wait())
	return v
}

// nextVersion prepares a process of the next version.
func nextVersion(t *testing.T, do, path, name string) *exec.Cmd {
	t.Helper()
	cmd := another(t, do, path, name)
	cmd.Env = append(cmd.Env, next+"=yes")
	return cmd
}

// next is the environment variable of a process of the next version.
const next = "NEUROCHECK_FAULTS_NEXT"

//go:embed testdata/0002_made_up.sql
var madeUp []byte

// becomeNextVersion adds the made-up migration to those of this process.
func becomeNextVersion() {
	first, err := fs.ReadFile(schema.SQLite, "sqlite/0001_record.sql")
	if err != nil {
		panic(err) // it is embedded
	}
	schema.SQLite = fstest.MapFS{
		"sqlite/0001_record.sql":  {Data: first},
		"sqlite/0002_made_up.sql": {Data: madeUp},
	}
}

// run runs a job of the next version to its end, and returns its output.
func run(t *testing.T, do, path, name string) (said string, err error) {
	t.Helper()
	out, err := nextVersion(t, do, path, name).CombinedOutput()
	return string(out), err
}

// migrated fails the test unless a log is whole, of the next version, and has every
// record of before.
func (v *versions) migrated(t *testing.T, path string) {
	t.Helper()
	if said, err := run(t, "verify", path, v.head); err != nil {
		t.Errorf("%v: %s", err, said)
	}
	_, err := store.Open(t.Context(), path)
	refused(t, err, ward.KindUnavailable, "was written by a newer neurocheck (log version 2, this one knows 1)")
}

// verifyLog opens a log and returns an error unless it is whole, has a record with the
// given hash, and takes new records.
func verifyLog(ctx context.Context, path, head string, _ io.Reader, _ io.Writer) (err error) {
	s, err := store.Open(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	w, err := s.Ward(ctx)
	if err == nil && w.Name != "Haematology 4" {
		err = fmt.Errorf("the ward is %+v", w)
	}
	if err == nil {
		err = verifyFrom(ctx, s, head)
	}
	if err != nil {
		return err
	}
	p, err := admit(ctx, s, "new")
	if err != nil {
		return err
	}
	if _, err := s.SaveCheck(ctx, nurse(0), checkOf(p, "new", 8, 0)); err != nil {
		return err
	}
	return verifyFrom(ctx, s, head)
}

func verifyFrom(ctx context.Context, s *store.Store, head string) error {
	v, err := s.VerifyWith(ctx, store.Verification{Heads: []string{head}})
	switch {
	case err != nil:
		return err
	case v.Misfit != "":
		return errors.New("the record is not whole: " + v.Misfit)
	case !v.Noted[0].Found():
		return errors.New("the records of before are not in it")
	}
	return nil
}

// killed kills a process that migrates the log, at a random moment, again and again;
// the next process migrates it all the same.
func (v *versions) killed(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 8))
	cut, done := 0, 0
	for range Times(4, 500) {
		path := killedLog(t)
		for range 1 + random.IntN(3) {
			cmd := nextVersion(t, "open", path, "killed")
			out := bufio.NewReader(must(cmd.StdoutPipe())(t))
			ok(t, cmd.Start())
			must(out.ReadString('\n'))(t)
			moment := time.NewTimer(time.Duration(random.Int64N(int64(v.opening + v.opening/4))))
			<-moment.C
			ok(t, cmd.Process.Kill())
			if said := string(must(io.ReadAll(out))(t)); said == "" {
				cut++
			} else {
				done++
			}
			_ = cmd.Wait() // killed, or done before that
		}
		v.migrated(t, path)
	}
	t.Logf("%d migrations were cut short, %d were not; one takes %v", cut, done, v.opening)
	if cut == 0 {
		t.Error("none was cut short, so nothing was shown")
	}
}

// oneOfMany opens the log in several processes at a time: one migrates it, the others
// wait for it.
func (v *versions) oneOfMany(t *testing.T) {
	for range Times(2, 50) {
		path := killedLog(t)
		var group sync.WaitGroup
		for range 8 {
			cmd := nextVersion(t, "open", path, "one of many")
			group.Go(func() {
				if said, err := cmd.CombinedOutput(); err != nil {
					t.Errorf("%v: %s", err, said)
				}
			})
		}
		group.Wait()
		v.migrated(t, path)
	}
}

// failsHalfWay lets the last statement of the migration fail: the log is as it was.
func (v *versions) failsHalfWay(t *testing.T) {
	path := killedLog(t)
	db := must(sql.Open("sqlite3", path))(t)
	must(db.Exec("INSERT INTO draft (author, kind, subject, check_id, revision, started_at, content) VALUES ('a', 'made_up_last', '1', 'x', 1, 1, ''), ('a', 'made_up_last', '2', 'x', 1, 1, '')"))(t)
	before := rows(t, path)
	said, err := run(t, "open", path, "fails")
	if want := fmt.Sprintf("(kind %d)", ward.KindUnavailable); err == nil || !strings.Contains(said, "could not be brought up to date; it is as it was") || !strings.Contains(said, want) {
		t.Errorf("%v: %s", err, said)
	}
	if rows(t, path) != before {
		t.Error("the log was changed")
	}
	must(db.Exec("DELETE FROM draft WHERE kind = 'made_up_last'"))(t)
	ok(t, db.Close())
	whole(t, opened(t, path)) // the present version still reads it
	v.migrated(t, path)
}

// readOnly opens the log with the next version without the right to write: it is
// refused and stays as it was to the last byte.
func (v *versions) readOnly(t *testing.T) {
	path := killedLog(t)
	before := filesIn(t, filepath.Dir(path))
	said, err := run(t, "look", path, "reader")
	if err == nil || !strings.Contains(said, "the log is of an older version; open it once without --read-only") {
		t.Errorf("%v: %s", err, said)
	}
	now := filesIn(t, filepath.Dir(path))
	delete(now, "log.db-shm") // an index of the write-ahead log, which every reader makes anew
	same(t, before, now)
}

func lookAtLog(ctx context.Context, path, _ string, _ io.Reader, _ io.Writer) error {
	s, err := store.OpenReadOnly(ctx, path)
	if err != nil {
		return err
	}
	return s.Close()
}

// restored restores a backup of the present version with the next one.
func (v *versions) restored(t *testing.T) {
	old := opened(t, killedLog(t))
	copied := filepath.Join(t.TempDir(), "backup.db")
	must(backup.Write(t.Context(), old, copied, backup.Options{}))(t)
	before := must(os.ReadFile(copied))(t)
	path := filepath.Join(t.TempDir(), "log.db")
	said, err := run(t, "restore", path, copied)
	if want := fmt.Sprintln(v.records, v.head); err != nil || said != want {
		t.Errorf("%v: %q, not %q", err, said, want)
	}
	if string(must(os.ReadFile(copied))(t)) != string(before) {
		t.Error("the backup was changed")
	}
	v.migrated(t, path)
}

// restoreLog restores the backup of that name, and writes the number and the hash of
// its last record.
func restoreLog(ctx context.Context, path, name string, _ io.Reader, out io.Writer) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	c, err := backup.Restore(ctx, file, path, backup.RestoreOptions{Name: "the backup"})
	if err != nil {
		return err
	}
	fmt.Fprintln(out, c.Records, c.Head)
	return nil
}

func newerAndHang(ctx context.Context, path, _ string, in io.Reader, out io.Writer) error {
	return changeAndHang(ctx, path, in, out, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)")
}

func foreignAndHang(ctx context.Context, path, _ string, in io.Reader, out io.Writer) error {
	return changeAndHang(ctx, path, in, out, "PRAGMA journal_mode = WAL", "CREATE TABLE other (a)", "INSERT INTO other VALUES (1)")
}

// unreleasedAndHang makes a log as a program from before the first release did: with
// other first migrations, and without their fingerprint.
func unreleasedAndHang(ctx context.Context, path, _ string, in io.Reader, out io.Writer) error {
	return changeAndHang(ctx, path, in, out,
		"PRAGMA journal_mode = WAL",
		fmt.Sprintf("PRAGMA application_id = %d", schema.ApplicationID),
		"CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL)",
		"INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1), (1, 1), (2, 1), (3, 1), (4, 1)",
		"CREATE TABLE chain (id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, hash BLOB NOT NULL)",
		"INSERT INTO chain VALUES (1, 0, zeroblob(32))",
		"PRAGMA wal_checkpoint",
		"CREATE TABLE ward (seq INTEGER PRIMARY KEY)")
}

// changedAndHang gives a log of this version the fingerprint of another one.
func changedAndHang(ctx context.Context, path, _ string, in io.Reader, out io.Writer) error {
	return changeAndHang(ctx, path, in, out, fmt.Sprintf("PRAGMA user_version = %d", schema.FirstVersion()-1))
}

func changeAndHang(ctx context.Context, path string, in io.Reader, out io.Writer, statements ...string) error {
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return waitForKill(in, out)
}

// A file that this program must not open is refused and stays as it is to the last
// byte, even if its last pages are still in its write-ahead log.
func TestAFileOfAnotherProgramIsNotChanged(t *testing.T) {
	t.Parallel()
	const unreleased = "was made by a neurocheck from before the first release, which this one cannot read: export its checks with that program, and import them into a new log"
	for name, c := range map[string]struct {
		job  string
		ours bool // the file was a log of this version before
		says string
	}{
		"a newer version":         {"newer", true, "was written by a newer neurocheck (log version 999"},
		"another program's":       {"foreign", false, "belongs to another program"},
		"an unreleased version":   {"unreleased", false, unreleased},
		"another first migration": {"changed", true, unreleased},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "log.db")
			if c.ours {
				ok(t, must(setUp(t.Context(), path))(t).Close())
			}
			runAndKill(t, c.job, path)
			before := filesIn(t, filepath.Dir(path))
			if before["log.db-wal"] == "" {
				t.Fatal("there is no write-ahead log, so nothing is shown")
			}
			for which, open := range map[string]func(context.Context, string) (*store.Store, error){"Open": store.Open, "Create": store.Create, "OpenReadOnly": store.OpenReadOnly} {
				s, err := open(t.Context(), path)
				if err == nil {
					s.Close()
					t.Errorf("%s opened it", which)
				}
				refused(t, err, ward.KindUnavailable, c.says)
			}
			now := filesIn(t, filepath.Dir(path))
			delete(before, "log.db-shm") // an index of the write-ahead log, which every reader makes anew
			delete(now, "log.db-shm")
			same(t, before, now)
		})
	}
}
