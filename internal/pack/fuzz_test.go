package pack_test

import (
	"database/sql"
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"neurocheck/internal/pack"
)

// Values that the bytes of the fuzzer describe come back as they were: packed in one
// group, in several at once, and behind a row at which the query fails. Run it under the
// address sanitizer, which .ci/run does, because the function writes to memory of its own:
//
//	go test -asan -fuzz FuzzPack -fuzzminimizetime 10x -fuzztime 100000x ./internal/pack
func FuzzPack(f *testing.F) {
	for _, seed := range []string{
		"", "\x00", "\x01n", "\x02\x00\x01\x02\x03\x04\x05\x06\x07\x08", "\x01\x02\x03abc\x03\x00\x04",
		"\x03\x03\xff" + strings.Repeat("z", 300), "\x02" + strings.Repeat("\x05\x02\xff", 60),
	} {
		f.Add([]byte(seed))
	}
	if err := pack.Everywhere(); err != nil {
		f.Fatal(err)
	}
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1) // so that each call uses the connection that failed before
	exec(f, db, `CREATE TABLE t (n INTEGER PRIMARY KEY, a, b, c)`)
	f.Fuzz(func(t *testing.T, in []byte) {
		rows, columns := drawn(in)
		exec(t, db, `DELETE FROM t`)
		for _, row := range rows {
			exec(t, db, `INSERT INTO t (a, b, c) VALUES (?, ?, ?)`, append(row[:len(row):len(row)], nil, nil, nil)[:3]...)
		}
		names := strings.Join([]string{"a", "b", "c"}[:columns], ", ")

		same(t, rows, read(packed(t, db, `SELECT pack(`+names+`) FROM t`), columns))
		same(t, rows, grouped(t, db, names, columns))

		var b []byte
		err := db.QueryRow(`SELECT pack(` + names + `, CASE WHEN n = (SELECT max(n) FROM t) THEN abs(-9223372036854775807 - 1) END) FROM t`).Scan(&b)
		if (err != nil) != (len(rows) > 0) {
			t.Errorf("a query that fails at the last of %d rows says %v", len(rows), err)
		}
	})
}

// drawn returns the rows that the bytes describe, and the number of their columns. The
// first byte is the number of columns. A value begins with its kind.
func drawn(in []byte) (rows [][]any, columns int) {
	next := func(n int) []byte {
		b := make([]byte, n)
		in = in[copy(b, in):]
		return b
	}
	columns = 1 + int(next(1)[0])%3
	for len(in) > 0 && len(rows) < 50 {
		row := make([]any, columns)
		for i := range row {
			row[i] = drawnValue(next)
		}
		rows = append(rows, row)
	}
	return rows, columns
}

func drawnValue(next func(n int) []byte) any {
	switch kind := next(1)[0] % 6; kind {
	case 0:
		return int64(binary.LittleEndian.Uint64(next(8)))
	case 1:
		return math.Float64frombits(binary.LittleEndian.Uint64(next(8)))
	case 2, 3: // 3 is long, so that memory is asked for again
		text := string(next(int(next(1)[0])))
		if kind == 3 {
			text = strings.Repeat(text, 40)
		}
		return text
	case 4:
		return next(int(next(1)[0]))
	}
	return nil
}

// read returns the values of rows that pack returned.
func read(packed string, columns int) (got [][]any) {
	rows := pack.Read(packed, columns)
	for rows.Next() {
		row := make([]any, columns)
		for i := range row {
			row[i] = rows.Row()[i].Any()
		}
		got = append(got, row)
	}
	return got
}

// grouped packs each row by itself: SQLite then has a new aggregate for each.
func grouped(t *testing.T, db *sql.DB, names string, columns int) (got [][]any) {
	t.Helper()
	groups, err := db.Query(`SELECT pack(` + names + `) FROM t GROUP BY n ORDER BY n`)
	if err != nil {
		t.Fatal(err)
	}
	defer groups.Close()
	for groups.Next() {
		var b []byte
		if err := groups.Scan(&b); err != nil {
			t.Fatal(err)
		}
		got = append(got, read(string(b), columns)...)
	}
	if err := groups.Err(); err != nil {
		t.Fatal(err)
	}
	return got
}

// same compares rows. SQLite has no NaN: it keeps NULL in its place.
func same(t *testing.T, want, got [][]any) {
	t.Helper()
	noNaN := cmpopts.AcyclicTransformer("NaN", func(row []any) []any {
		out := append([]any{}, row...)
		for i, v := range out {
			if f, ok := v.(float64); ok && math.IsNaN(f) {
				out[i] = nil
			}
		}
		return out
	})
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), noNaN); diff != "" {
		t.Errorf("(-in +out)\n%s", diff)
	}
}
