package faults

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"neurocheck/internal/backup"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
	"neurocheck/schema"
)

// There is one migration so far. So these tests make the next version of the program:
// this test binary, built with testdata/0002_made_up.sql among the migrations. It
// migrates logs of the present version.
func TestMigration(t *testing.T) {
	v := newVersions(t)
	t.Run("killed", v.killed)
	t.Run("one of many", v.oneOfMany)
	t.Run("fails half way", v.failsHalfWay)
	t.Run("read only", v.readOnly)
	t.Run("restored", v.restored)
}

// versions holds a log of the present version and the next version of the program.
type versions struct {
	next    string            // path of the test binary
	log     map[string]string // the files of the log, by name
	records int64
	head    string
	opening time.Duration // how long the next version takes to open the log
}

func newVersions(t *testing.T) *versions {
	t.Helper()
	v := &versions{next: nextVersion(t)}
	path := killedLog(t)
	v.log = filesIn(t, filepath.Dir(path))
	s := opened(t, path)
	c := must(s.Contents(t.Context()))(t)
	v.records, v.head = c.Records, c.Head

	cmd := processOf(t, v.next, "open", v.put(t), "timed")
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

// nextVersion builds the test binary of the next version.
func nextVersion(t *testing.T) (path string) {
	t.Helper()
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("building the next version needs the go command")
	}
	dir := t.TempDir()
	replaced := map[string]string{
		must(filepath.Abs("../../schema/sqlite/0002_made_up.sql"))(t): must(filepath.Abs("testdata/0002_made_up.sql"))(t),
	}
	overlay := filepath.Join(dir, "overlay.json")
	ok(t, os.WriteFile(overlay, must(json.Marshal(map[string]any{"Replace": replaced}))(t), 0o600))
	path = filepath.Join(dir, "next.test")
	args := []string{"test", "-c", "-overlay", overlay, "-o", path}
	if info, _ := debug.ReadBuildInfo(); info != nil {
		for _, s := range info.Settings {
			if s.Key == "-race" && s.Value == "true" { // then SQLite is compiled already
				args = append(args, "-race")
			}
		}
	}
	if out, err := exec.CommandContext(t.Context(), tool, append(args, ".")...).CombinedOutput(); err != nil {
		t.Fatalf("building the next version: %v\n%s", err, out)
	}
	return path
}

// put writes a log of the present version into a new folder. Half of its records are in
// its write-ahead log.
func (v *versions) put(t *testing.T) (path string) {
	t.Helper()
	dir := t.TempDir()
	for name, content := range v.log {
		if !strings.HasSuffix(name, "-shm") { // SQLite makes it from the write-ahead log
			ok(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
		}
	}
	return filepath.Join(dir, "log.db")
}

// run runs a job of the next version to its end, and returns its output.
func (v *versions) run(t *testing.T, do, path, name string) (said string, err error) {
	t.Helper()
	out, err := processOf(t, v.next, do, path, name).CombinedOutput()
	return string(out), err
}

// migrated fails the test unless a log is whole, of the next version, and has every
// record of before.
func (v *versions) migrated(t *testing.T, path string) {
	t.Helper()
	if said, err := v.run(t, "verify", path, v.head); err != nil {
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
	for range Times(15, 500) {
		path := v.put(t)
		for range 1 + random.IntN(3) {
			cmd := processOf(t, v.next, "open", path, "killed")
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
		path := v.put(t)
		var group sync.WaitGroup
		for range 8 {
			cmd := processOf(t, v.next, "open", path, "one of many")
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
	path := v.put(t)
	db := must(sql.Open("sqlite3", path))(t)
	must(db.Exec("INSERT INTO draft (author, kind, subject, check_id, revision, started_at, content) VALUES ('a', 'made_up_last', '1', 'x', 1, 1, ''), ('a', 'made_up_last', '2', 'x', 1, 1, '')"))(t)
	before := rows(t, path)
	said, err := v.run(t, "open", path, "fails")
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
	path := v.put(t)
	before := filesIn(t, filepath.Dir(path))
	said, err := v.run(t, "look", path, "reader")
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
	old := opened(t, v.put(t))
	copied := filepath.Join(t.TempDir(), "backup.db")
	must(backup.Write(t.Context(), old, copied, backup.Options{}))(t)
	before := must(os.ReadFile(copied))(t)
	path := filepath.Join(t.TempDir(), "log.db")
	said, err := v.run(t, "restore", path, copied)
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
