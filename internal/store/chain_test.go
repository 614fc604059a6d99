package store

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/store/storetest/fixture"
)

// This follows the words of schema/CHAIN.md, without the code that makes the hashes.
func TestTheChainIsAsItsDocumentSays(t *testing.T) {
	pool := fixture.Plain(t, sampleLog(t))
	defer pool.Close()
	type row struct{ rowHash, hash, encoding []byte }
	bySeq := make(map[int64]row)
	for _, table := range documentedTables(t) {
		columns := must(engine.All(t.Context(), plain{db: pool}, engine.Scan[string], `SELECT name FROM pragma_table_info('`+table+`') ORDER BY name COLLATE BINARY`))(t)
		rows := must(pool.QueryContext(t.Context(), `SELECT `+strings.Join(columns, ", ")+` FROM `+table))(t)
		for rows.Next() {
			values := make([]any, len(columns))
			dest := make([]any, len(columns))
			for i := range values {
				dest[i] = &values[i]
			}
			ok(t, rows.Scan(dest...))
			r := row{encoding: []byte(table + "\n")}
			for i, name := range columns {
				switch value := values[i].(type) {
				case nil:
				case []byte:
					switch name {
					case "row_hash":
						r.rowHash = value
					case "hash":
						r.hash = value
					default:
						t.Fatalf("%s.%s holds bytes, which the document does not mention", table, name)
					}
				default:
					text := fmt.Sprint(value)
					r.encoding = fmt.Appendf(r.encoding, "%s=%d:%s\n", name, len(text), text)
				}
			}
			seq := values[slices.Index(columns, "seq")].(int64)
			if _, twice := bySeq[seq]; twice {
				t.Errorf("record %d is there twice", seq)
			}
			bySeq[seq] = r
		}
		ok(t, rows.Err())
		ok(t, rows.Close())
	}
	before := make([]byte, 32)
	for i, seq := range slices.Sorted(maps.Keys(bySeq)) {
		if int64(i+1) != seq {
			t.Fatalf("record %d comes after %d others", seq, i)
		}
		own := sha256.Sum256(bySeq[seq].encoding)
		sum := sha256.Sum256(append(before, own[:]...))
		if !slices.Equal(own[:], bySeq[seq].rowHash) || !slices.Equal(sum[:], bySeq[seq].hash) {
			t.Fatalf("record %d has the hashes %x and %x; by the document they are %x and %x", seq, bySeq[seq].rowHash, bySeq[seq].hash, own, sum)
		}
		before = sum[:]
	}
	var seq int64
	var head []byte
	ok(t, pool.QueryRowContext(t.Context(), `SELECT seq, hash FROM chain`).Scan(&seq, &head))
	if seq != int64(len(bySeq)) || !slices.Equal(head, before) {
		t.Errorf("the chain ends with %d, %x; by the document with %d, %x", seq, head, len(bySeq), before)
	}
}

// documentedTables returns the tables that schema/CHAIN.md names.
func documentedTables(t *testing.T) (tables []string) {
	t.Helper()
	_, list, _ := strings.Cut(string(must(os.ReadFile("../../schema/CHAIN.md"))(t)), "one of these tables:")
	list, _, _ = strings.Cut(list, "Each row has")
	for _, word := range strings.Split(list, "`") {
		if strings.Trim(word, " ,.\n") != "" {
			tables = append(tables, word)
		}
	}
	if got, want := slices.Sorted(slices.Values(tables)), slices.Sorted(slices.Values(recordTables)); !slices.Equal(got, want) {
		t.Errorf("CHAIN.md names %v; the record tables are %v", got, want)
	}
	return tables
}

// The script in schema/ says the same as the program, on the whole log and on changed
// ones.
func TestTheScriptAgrees(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3 on this machine")
	}
	path := sampleLog(t)
	s := must(Open(t.Context(), path))(t)
	verdict := must(s.Verify(t.Context()))(t)
	ok(t, s.Close())
	paths, want := []string{path}, []string{fmt.Sprintf("%d records, head %s", verdict.Records, verdict.Head)}
	v := newVictim(t)
	for _, table := range recordTables {
		seq := v.seqs[table][0]
		for _, tampered := range []string{
			fmt.Sprintf("UPDATE %s SET author = 'nobody' WHERE seq = %d;", table, seq),
			fmt.Sprintf("DELETE FROM %s WHERE seq = %d;", table, seq),
		} {
			path := copied(t, v.path)
			attack(t, path, v.disarmed(tampered))
			says := fmt.Sprintf("refused: record %d does not fit", seq)
			if seq == v.last && strings.HasPrefix(tampered, "DELETE") {
				says = fmt.Sprintf("refused: the record ends with %d, and its chain with another", seq-1)
			}
			paths, want = append(paths, path), append(want, says)
		}
	}
	said := runScript(t, python, paths)
	if len(said) != len(paths) {
		t.Fatalf("%d logs, and the script says %q", len(paths), said)
	}
	for i := range said {
		if !strings.HasPrefix(said[i], want[i]) {
			t.Errorf("the script says %q, not %q", said[i], want[i])
		}
	}
}

// runScript runs schema/verify.py on each log, all in one process, and returns the line that
// it says of each: that of a log that it does not accept begins with "refused".
func runScript(t *testing.T, python string, paths []string) []string {
	t.Helper()
	const each = `
import runpy, sys
for path in sys.argv[1:]:
    sys.argv = ["verify.py", path]
    try:
        runpy.run_path("../../schema/verify.py", run_name="__main__")
    except SystemExit as end:
        print("refused:", end.code)
`
	out, err := exec.CommandContext(t.Context(), python, append([]string{"-c", each}, paths...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}
