package pack_test

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"neurocheck/internal/pack"
)

const insertThree = `INSERT INTO t (n, a, b) VALUES (?1, ?2, ?3)`

// unpacked inserts rows of three values in one step.
func unpacked(t testing.TB, db *sql.DB, rows ...[]any) (n int, err error) {
	t.Helper()
	var all []byte
	for _, row := range rows {
		if all, err = pack.Append(all, row); err != nil {
			t.Fatal(err)
		}
	}
	err = db.QueryRow(`SELECT unpack(?1, ?2)`, insertThree, all).Scan(&n)
	return n, err
}

// The rows that Append encoded are the rows that the table has then.
func TestRowsAreInsertedAsTheyAre(t *testing.T) {
	db := open(t)
	value := rapid.OneOf(
		rapid.Map(rapid.Int64(), func(n int64) any { return n }),
		rapid.Map(rapid.String(), func(s string) any { return s }),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) any { return append([]byte{}, b...) }),
		rapid.Just[any](nil),
		rapid.Just[any](strings.Repeat("long", 50_000)),
	)
	rapid.Check(t, func(rt *rapid.T) {
		exec(t, db, `DROP TABLE IF EXISTS t`)
		exec(t, db, `CREATE TABLE t (n INTEGER PRIMARY KEY, a, b)`)
		want := rapid.SliceOfN(rapid.SliceOfN(value, 2, 2), 0, 20).Draw(rt, "rows")
		for i := range want {
			want[i] = append([]any{int64(i)}, want[i]...)
		}
		if n, err := unpacked(t, db, want...); err != nil || n != len(want) {
			rt.Fatal(n, err)
		}
		rows := pack.Read(packed(t, db, `SELECT pack(n, a, b) FROM t`), 3)
		var got [][]any
		for rows.Next() {
			r := rows.Row()
			got = append(got, []any{r[0].Any(), r[1].Any(), r[2].Any()})
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			rt.Errorf("(-in +out)\n%s", diff)
		}
	})
}

// A row that contradicts another one fails with SQLite's own error, and a row that a trigger
// passes over shows in the number.
func TestRowsThatAreNotInserted(t *testing.T) {
	db := open(t)
	exec(t, db, `CREATE TABLE t (n INTEGER PRIMARY KEY, a UNIQUE, b)`)
	if n, err := unpacked(t, db, []any{int64(1), "x", nil}, []any{int64(2), "x", nil}); err == nil || !strings.Contains(err.Error(), "UNIQUE constraint failed: t.a") {
		t.Error(n, err)
	}
	exec(t, db, `DELETE FROM t`)
	exec(t, db, `CREATE TRIGGER over BEFORE INSERT ON t WHEN new.a = 'y' BEGIN SELECT RAISE(IGNORE); END`)
	if n, err := unpacked(t, db, []any{int64(3), "x", nil}, []any{int64(4), "y", nil}, []any{int64(5), "z", nil}); n != 1 || err != nil {
		t.Error(n, err)
	}
}

// Values that are no rows, and statements that are none, are errors.
func TestRowsThatAreNone(t *testing.T) {
	db := open(t)
	exec(t, db, `CREATE TABLE t (n INTEGER PRIMARY KEY, a, b)`)
	for _, rows := range []string{"x", "\x05\x05", "\x03\xff\xff\xff\xff", "\x01\x01", "\x03\x02\x00\x00\x00x"} {
		var n int
		if err := db.QueryRow(`SELECT unpack(?1, ?2)`, insertThree, []byte(rows)).Scan(&n); err == nil {
			t.Errorf("%q: %d rows", rows, n)
		}
	}
	var n int
	if err := db.QueryRow(`SELECT unpack('no statement', x'05')`).Scan(&n); err == nil {
		t.Error("no statement was run")
	}
	if _, err := pack.Append(nil, []any{1.5}); err == nil {
		t.Error("a value of another type was taken")
	}
}
