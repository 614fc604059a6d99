package pack_test

import (
	"database/sql"
	"math"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	_ "github.com/mattn/go-sqlite3"
	"pgregory.net/rapid"

	"neurocheck/internal/pack"
)

func open(t testing.TB) *sql.DB {
	t.Helper()
	if err := pack.Everywhere(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", filepath.Join(t.TempDir(), "x.db")+"?_synchronous=OFF&_journal_mode=MEMORY")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func exec(t testing.TB, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.Exec(query, args...); err != nil {
		t.Fatal(err)
	}
}

func packed(t testing.TB, db *sql.DB, query string) (text string) {
	t.Helper()
	var b []byte // NULL for no rows
	if err := db.QueryRow(query).Scan(&b); err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Read returns every kind of value as it was packed, in the order of the rows.
func TestRowsComeAsTheyAre(t *testing.T) {
	db := open(t)
	value := rapid.OneOf(
		rapid.Map(rapid.Int64(), func(n int64) any { return n }),
		rapid.Map(rapid.Float64(), func(f float64) any { return f }),
		rapid.Map(rapid.String(), func(s string) any { return s }),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) any { return append([]byte{}, b...) }),
		rapid.Just[any](nil),
		rapid.Just[any](strings.Repeat("long", 50_000)),
	)
	rapid.Check(t, func(rt *rapid.T) {
		exec(t, db, `DROP TABLE IF EXISTS t`)
		exec(t, db, `CREATE TABLE t (n INTEGER PRIMARY KEY, a, b, c)`)
		want := rapid.SliceOfN(rapid.SliceOfN(value, 3, 3), 0, 20).Draw(rt, "rows")
		for _, row := range want {
			exec(t, db, `INSERT INTO t (a, b, c) VALUES (?, ?, ?)`, row...)
		}
		rows := pack.Read(packed(t, db, `SELECT pack(a, b, c) FROM t`), 3)
		var got [][]any
		for rows.Next() {
			var row []any
			for i := range rows.Row() {
				row = append(row, rows.Row()[i].Any())
			}
			got = append(got, row)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.EquateNaNs()); diff != "" {
			rt.Errorf("(-in +out)\n%s", diff)
		}
	})
}

func TestNumbersAtTheirLimits(t *testing.T) {
	db := open(t)
	rows := pack.Read(packed(t, db, `SELECT pack(9223372036854775807, -9223372036854775807 - 1, 1e308, -0.0)`), 4)
	if !rows.Next() {
		t.Fatal("no row")
	}
	r := rows.Row()
	if r[0].Whole != math.MaxInt64 || r[1].Whole != math.MinInt64 || r[2].Float != 1e308 || r[3].Float != 0 {
		t.Errorf("%+v", r)
	}
	if rows.Next() {
		t.Error("two rows")
	}
}

func TestNoRows(t *testing.T) {
	if pack.Read(packed(t, open(t), `SELECT pack(1) FROM sqlite_schema WHERE false`), 1).Next() {
		t.Error("a row")
	}
}

// A query that fails half way releases the rows that it packed.
func TestAQueryThatFails(t *testing.T) {
	db := open(t)
	var b []byte
	err := db.QueryRow(`
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
		SELECT pack(CASE WHEN i < 900 THEN i ELSE abs(-9223372036854775807 - 1) END) FROM n`).Scan(&b)
	if err == nil || !strings.Contains(err.Error(), "overflow") {
		t.Errorf("%v", err)
	}
	if rows := pack.Read(packed(t, db, `SELECT pack('still there')`), 1); !rows.Next() || rows.Row()[0].Text != "still there" {
		t.Error("the connection is of no use afterwards")
	}
}

// If there is no memory for a row more, the query fails with that reason, the packed rows
// are released once, and the connection goes on. It is another process, because the limit of
// SQLite's memory is one for all connections and can only be lowered.
func TestOutOfMemory(t *testing.T) {
	const child = "NEUROCHECK_PACK_OUT_OF_MEMORY"
	if os.Getenv(child) == "" {
		cmd := osexec.Command(os.Args[0], "-test.run=^TestOutOfMemory$", "-test.v")
		cmd.Env = append(os.Environ(), child+"=yes")
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "PASS: TestOutOfMemory") {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	db := open(t)
	db.SetMaxOpenConns(1)
	ask := func(query string) error {
		var b []byte
		return db.QueryRow(query).Scan(&b)
	}
	if err := ask(`PRAGMA hard_heap_limit = 4000000`); err != nil {
		t.Fatal(err)
	}
	const rows = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) SELECT pack(randomblob(10000)) FROM n`
	for range 3 {
		if err := ask(rows); err == nil || !strings.Contains(err.Error(), "out of memory") {
			t.Fatalf("20 MB packed in 4 MB: %v", err)
		}
		if rows := pack.Read(packed(t, db, `SELECT pack('still there')`), 1); !rows.Next() || rows.Row()[0].Text != "still there" {
			t.Fatal("the connection is of no use afterwards")
		}
	}
}

// The plan of a query is made once: the value that comes in would make it another,
// and SQLite would plan anew for each.
func TestPlansDoNotDependOnValues(t *testing.T) {
	db := open(t)
	exec(t, db, `CREATE TABLE t (a TEXT COLLATE NOCASE)`)
	exec(t, db, `CREATE INDEX of_a ON t (a)`)
	plan := func(condition string, args ...any) (plan string) {
		t.Helper()
		var n int
		if err := db.QueryRow(`EXPLAIN QUERY PLAN SELECT a FROM t WHERE `+condition, args...).Scan(&n, &n, &n, &plan); err != nil {
			t.Fatal(err)
		}
		return plan
	}
	if got := plan(`a LIKE 'x%'`); !strings.HasPrefix(got, "SEARCH") {
		t.Fatalf("the plan of a known beginning is %q, so nothing is shown", got)
	}
	if got := plan(`a LIKE ?1`, "x%"); !strings.HasPrefix(got, "SCAN") {
		t.Errorf("the plan depends on the value: %s", got)
	}
}

// Every connection has the guards against a hostile file, and guarded notices if one is
// gone.
func TestConnectionsAreGuarded(t *testing.T) {
	db := open(t)
	db.SetMaxOpenConns(1)
	guarded := func() (on int) {
		t.Helper()
		if err := db.QueryRow(`SELECT guarded()`).Scan(&on); err != nil {
			t.Fatal(err)
		}
		return on
	}
	if guarded() != 1 {
		t.Error("a new connection is not guarded")
	}
	exec(t, db, `CREATE TABLE t (a)`)
	exec(t, db, `CREATE VIEW v AS SELECT a FROM t`)
	if _, err := db.Exec(`SELECT a FROM v`); err == nil {
		t.Error("a view was run")
	}
	_, _ = db.Exec(`PRAGMA writable_schema = on`)
	if _, err := db.Exec(`UPDATE sqlite_schema SET sql = sql`); err == nil {
		t.Error("the schema was written to")
	}
	if _, err := db.Exec(`SELECT zeroblob(300000000)`); err == nil {
		t.Error("a value of 300 MB was made")
	}
	exec(t, db, `PRAGMA trusted_schema = on`)
	if guarded() != 0 {
		t.Error("a connection without a guard calls itself guarded")
	}
}
