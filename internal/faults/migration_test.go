package faults

import (
	"bufio"
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/pressly/goose/v3"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
	"neurocheck/schema"
)

// oldLog is a log as the first version left it, with a ward in it.
func oldLog(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log.db")
	ok(t, os.WriteFile(path, nil, 0o600))
	db := must(sql.Open("sqlite3", path))(t)
	defer db.Close()
	db.SetMaxOpenConns(1)
	must(db.Exec(fmt.Sprintf("PRAGMA application_id = %d", schema.ApplicationID)))(t)
	const first = "0001_record.sql"
	migrations := fstest.MapFS{first: {Data: must(fs.ReadFile(schema.SQLite, "sqlite/"+first))(t)}}
	provider := must(goose.NewProvider(goose.DialectSQLite3, db, migrations))(t)
	must(provider.Up(t.Context()))(t)

	before := make([]byte, 32)
	record := func(seq int, table string, columns ...string) {
		t.Helper()
		text := table + "\n"
		names, values := "", ""
		for _, c := range append([]string{fmt.Sprintf("seq=%d", seq), fmt.Sprintf("at=%d", begun.UnixMilli()), "at_offset=60", "author=Sam Lee"}, columns...) {
			name, value, _ := strings.Cut(c, "=")
			text += fmt.Sprintf("%s=%d:%s\n", name, len(value), value)
			names += name + ", "
			values += "'" + value + "', "
		}
		sum := sha256.Sum256(append(before, text...))
		before = sum[:]
		must(db.Exec(fmt.Sprintf("INSERT INTO %s (%shash) VALUES (%sx'%x')", table, names, values, sum)))(t)
		must(db.Exec(fmt.Sprintf("UPDATE chain SET seq = %d, hash = x'%x'", seq, sum)))(t)
	}
	record(1, "ward", "name=Haematology 4", "zone=Europe/Lisbon")
	record(2, "staff", "name=Sam Lee", "role=nurse", "active=1")
	return path
}

// wholeOldLog wants an old log to be whole, and of the newest version.
func wholeOldLog(t *testing.T, path string) {
	t.Helper()
	s := must(store.Open(t.Context(), path))(t)
	defer s.Close()
	whole(t, s)
	if w := must(s.Ward(t.Context()))(t); w.Name != "Haematology 4" {
		t.Errorf("the ward is %+v", w)
	}
	must(admit(t.Context(), s, "0042317"))(t)
	whole(t, s)
}

// A process that brings an old log up to date is killed at a random moment, again
// and again; the next one brings it up to date all the same.
func TestKilledWhileMigrating(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 8))
	cut := 0
	for range Times(15, 500) {
		path := oldLog(t)
		for range 1 + random.IntN(3) {
			cmd := another(t, "open", path, "killed")
			out := bufio.NewReader(must(cmd.StdoutPipe())(t))
			ok(t, cmd.Start())
			must(out.ReadString('\n'))(t)
			moment := time.NewTimer(time.Duration(random.Int64N(int64(25 * time.Millisecond))))
			<-moment.C
			ok(t, cmd.Process.Kill())
			if said := string(must(io.ReadAll(out))(t)); said == "" {
				cut++
			}
			_ = cmd.Wait() // killed, or done before that
		}
		wholeOldLog(t, path)
	}
	t.Logf("%d migrations were cut short", cut)
	if cut == 0 {
		t.Error("none was cut short, so nothing was shown")
	}
}

// Several processes open an old log at a time: one brings it up to date, the
// others wait for it.
func TestMigratedByOneOfMany(t *testing.T) {
	for range Times(2, 50) {
		path := oldLog(t)
		var group sync.WaitGroup
		for range 8 {
			cmd := another(t, "open", path, "one of many")
			group.Go(func() {
				if said, err := cmd.CombinedOutput(); err != nil {
					t.Errorf("%v: %s", err, said)
				}
			})
		}
		group.Wait()
		wholeOldLog(t, path)
	}
}

// A migration that fails in its second half leaves the log as it was.
func TestAMigrationThatFailsHalfWay(t *testing.T) {
	path := oldLog(t)
	db := must(sql.Open("sqlite3", path))(t)
	must(db.Exec("CREATE TABLE follow_up_item (in_the_way)"))(t) // the last table of the second migration
	before := rows(t, path)
	s, err := store.Open(t.Context(), path)
	if err == nil {
		s.Close()
		t.Fatal("it was opened")
	}
	refused(t, err, ward.KindUnavailable, "could not be brought up to date; it is as it was")
	if rows(t, path) != before {
		t.Error("the log was changed")
	}
	must(db.Exec("DROP TABLE follow_up_item"))(t)
	ok(t, db.Close())
	wholeOldLog(t, path)
}

func newerAndHang(ctx context.Context, path, _ string, in io.Reader, out io.Writer) error {
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)"); err != nil {
		return err
	}
	return hang(in, out)
}

func foreignAndHang(ctx context.Context, path, _ string, in io.Reader, out io.Writer) error {
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	for _, statement := range []string{"PRAGMA journal_mode = WAL", "CREATE TABLE other (a)", "INSERT INTO other VALUES (1)"} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return hang(in, out)
}

// What is not for this program to open is refused and stays as it is to the last
// byte, also where its last pages are still in its write-ahead log.
func TestWhatIsNotOursIsLeftAlone(t *testing.T) {
	for name, c := range map[string]struct{ job, says string }{
		"a newer version":   {"newer", "was written by a newer neurocheck (log version 999"},
		"another program's": {"foreign", "belongs to another program"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "log.db")
			if c.job == "newer" {
				ok(t, must(setUp(t.Context(), path))(t).Close())
			}
			hung(t, c.job, path)
			before := inFolder(t, dirOf(path))
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
			now := inFolder(t, dirOf(path))
			delete(before, "log.db-shm") // an index of the write-ahead log, which every reader makes anew
			delete(now, "log.db-shm")
			same(t, before, now)
		})
	}
}
