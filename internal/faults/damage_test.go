package faults

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "github.com/mattn/go-sqlite3"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// fillAndHang makes a ward with a few patients and their weeks, half of it in the
// write-ahead log, and keeps it open.
func fillAndHang(ctx context.Context, path, _ string, in io.Reader, out io.Writer) error {
	s, err := setUp(ctx, path)
	if err != nil {
		return err
	}
	if err := fill(ctx, s, 0); err != nil {
		return err
	}
	if err := s.Close(); err != nil { // all of it is in the file now
		return err
	}
	if s, err = store.Open(ctx, path); err != nil {
		return err
	}
	if err := fill(ctx, s, 1); err != nil { // and this in the write-ahead log
		return err
	}
	return hang(in, out)
}

func fill(ctx context.Context, s *store.Store, part int) error {
	for i := range 3 {
		p, err := admit(ctx, s, fmt.Sprintf("00%d-%d", part, i))
		if err != nil {
			return err
		}
		for k := range 8 {
			at := time.Duration(k) * 8 * time.Hour
			c := checkOf(p, fmt.Sprintf("check-%d-%d-%d", part, i, k), 10-k%4, at)
			c.Note = strings.Repeat("speaks slowly, finds the words. ", 4)
			c, err := s.SaveCheck(ctx, nurse(at), c)
			if err != nil {
				return err
			}
			if k%3 == 1 {
				if _, err := s.SaveCheck(ctx, nurse(at+time.Hour), corrected(c, 10)); err != nil {
					return err
				}
			}
		}
		if err := s.ReportSymptom(ctx, nurse(70*time.Hour), ward.Symptom{PatientID: p.ID, ToldAt: after(69 * time.Hour), ToldBy: "caregiver", Words: "cannot find words"}); err != nil {
			return err
		}
		if err := s.Intervene(ctx, nurse(70*time.Hour), ward.Intervention{PatientID: p.ID, DoneAt: after(69 * time.Hour), Kind: "dexamethasone", Detail: "10 mg"}); err != nil {
			return err
		}
		if err := s.KeepDraft(ctx, store.Draft{PatientID: p.ID, Author: "Sam Lee", CheckID: fmt.Sprint("draft-", part, i), Revision: 1, Content: "half-filled"}); err != nil {
			return err
		}
	}
	return nil
}

// hung is a log that a process made, with half of it in the write-ahead log; the
// process is killed.
func hung(t *testing.T, job, path string) {
	t.Helper()
	cmd := another(t, job, path, "hung")
	must(cmd.StdinPipe())(t)
	out := must(cmd.StdoutPipe())(t)
	cmd.Stderr = os.Stderr
	ok(t, cmd.Start())
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("it said %q: %v", line, err)
	}
	ok(t, cmd.Process.Kill())
	killed(t, cmd)
}

func hotLog(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log.db")
	hung(t, "fill", path)
	return path
}

func dirOf(path string) string { return filepath.Dir(path) }

func same(t *testing.T, before, now map[string]string) {
	t.Helper()
	if !maps.Equal(before, now) {
		t.Errorf("the file, or what lies beside it, was changed: %v before, %v now", slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(now)))
	}
}

// damages are what happens to the bytes of a file.
var damages = []struct {
	name string
	do   func(r *rand.Rand, b []byte) []byte
}{
	{"a bit flipped", func(r *rand.Rand, b []byte) []byte {
		b[r.IntN(len(b))] ^= 1 << r.IntN(8)
		return b
	}},
	{"bytes overwritten", func(r *rand.Rand, b []byte) []byte {
		for range 1 + r.IntN(64) {
			b[r.IntN(len(b))] = byte(r.Uint32())
		}
		return b
	}},
	{"a page zeroed", func(r *rand.Rand, b []byte) []byte {
		const page = 4096
		clear(b[r.IntN(len(b)/page)*page:][:page])
		return b
	}},
	{"a page of noise", func(r *rand.Rand, b []byte) []byte {
		const page = 4096
		at := b[r.IntN(len(b)/page)*page:][:page]
		for i := range at {
			at[i] = byte(r.Uint32())
		}
		return b
	}},
	{"two pages exchanged", func(r *rand.Rand, b []byte) []byte {
		const page = 4096
		one, other := b[r.IntN(len(b)/page)*page:][:page], b[r.IntN(len(b)/page)*page:][:page]
		was := bytes.Clone(one)
		copy(one, other)
		copy(other, was)
		return b
	}},
	{"cut off", func(r *rand.Rand, b []byte) []byte { return b[:r.IntN(len(b))] }},
	{"its head overwritten", func(r *rand.Rand, b []byte) []byte {
		for i := range 1 + r.IntN(100) {
			b[i] = byte(r.Uint32())
		}
		return b
	}},
}

// A log is damaged at random, the file or its write-ahead log. Then either all is
// as it was recorded, or whoever asks is told, and how to go on; nothing panics.
func TestDamagedAtRandom(t *testing.T) {
	const shards = 4
	cases := Times(60, 2000) / shards
	for shard := range shards {
		t.Run(fmt.Sprint(shard), func(t *testing.T) {
			t.Parallel()
			path := hotLog(t)
			pristine := inFolder(t, dirOf(path))
			recorded := read(t, path)
			if recorded.err != nil || recorded.misfit != "" {
				t.Fatalf("before any damage: %v %s", recorded.err, recorded.misfit)
			}
			harmless, quiet := 0, 0
			for i := range cases {
				random := rand.New(rand.NewPCG(uint64(shard), uint64(i)))
				damage := damages[random.IntN(len(damages))]
				victim := []string{path, path, path + "-wal"}[random.IntN(3)]
				name := fmt.Sprintf("case %d: %s in %s", i, damage.name, filepath.Base(victim))
				for _, file := range []string{path, path + "-wal", path + "-shm", path + "-queue"} { // in place: they stay the same files
					ok(t, os.WriteFile(file, []byte(pristine[filepath.Base(file)]), 0o600))
				}
				ok(t, os.Remove(path+"-shm")) // it is made from the write-ahead log
				ok(t, os.WriteFile(victim, damage.do(random, []byte(pristine[filepath.Base(victim)])), 0o600))

				found := read(t, path)
				switch {
				case found.err != nil:
					if k := ward.KindOf(found.err); k == ward.KindInternal {
						t.Errorf("%s: no clear error: %v", name, found.err)
					}
					if say := found.err.Error(); found.misfit == "" && !strings.Contains(say, "neurocheck restore BACKUP") && !strings.Contains(say, "was written by a newer neurocheck") {
						t.Errorf("%s: it does not say how to go on: %v", name, found.err)
					}
				case found.misfit != "":
					if !strings.HasPrefix(recorded.content, found.content) {
						quiet++
					}
				case found.content != recorded.content:
					t.Errorf("%s: nobody is told that the record is not what was recorded:\n%s", name, cmp.Diff(recorded.content, found.content))
				default:
					harmless++
				}
				if t.Failed() {
					return
				}
			}
			t.Logf("%d damages, %d of them harmless, %d told by verify alone", cases, harmless, quiet)
			if harmless == cases {
				t.Error("nothing was damaged, so nothing was shown")
			}
		})
	}
}

// reading is what can be read of a log.
type reading struct {
	err     error  // the first
	misfit  string // what verify says
	content string // everything that was recorded, and what the screens and the exports make of it
}

// read opens a log and reads it in all the ways there are. Each of them may fail;
// none may panic.
func read(t *testing.T, path string) (r reading) {
	t.Helper()
	ctx := t.Context()
	var content strings.Builder
	fail := func(err error) {
		if r.err == nil {
			r.err = err
		}
	}
	s, err := store.Open(ctx, path)
	if err != nil {
		fail(err)
		return r
	}
	defer func() { fail(s.Close()) }()
	board, err := s.Board(ctx, begun)
	fail(err)
	slices.SortFunc(board, func(a, b ward.Standing) int { return int(a.Patient.ID - b.Patient.ID) })
	for i := range board {
		chart, err := s.Chart(ctx, board[i].Patient.ID)
		fail(err)
		fmt.Fprintf(&content, "%+v\n", chart)
	}
	followUps, err := s.FollowUps(ctx)
	fail(err)
	_, err = s.Drafts(ctx, "Sam Lee")
	fail(err)
	known, err := s.Staff(ctx)
	fail(err)
	place, err := s.Ward(ctx)
	fail(err)
	fmt.Fprintf(&content, "%+v\n%+v\n%+v\n", followUps, known, place)
	_, err = csvlog.Profile{}.Export(ctx, &content, func(yield func(*ward.Patient, *ward.Check) error) error {
		return s.EachCheck(ctx, store.Selection{}, yield)
	})
	fail(err)
	_, err = csvlog.ExportEvents(ctx, &content, func(yield func(*ward.Patient, *ward.Event) error) error {
		return s.View(ctx, func(v *store.View) error { return v.EachEvent(ctx, store.Selection{}, yield) })
	})
	fail(err)
	v, err := s.Verify(ctx)
	fail(err)
	r.misfit = v.Misfit
	if r.err != nil {
		return r
	}
	r.content = content.String()
	if r.misfit == "" {
		r.content += rows(t, path)
	}
	return r
}

// rows is every row of the record's tables, read without the store. A draft is no
// part of it: nothing but its author tells whether it is right. Nor is what SQLite
// counts by for the table of migrations.
func rows(t *testing.T, path string) string {
	t.Helper()
	db := must(sql.Open("sqlite3", path))(t)
	defer db.Close()
	db.SetMaxOpenConns(1)
	var all strings.Builder
	for _, table := range column(t, db, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('draft', 'sqlite_sequence') ORDER BY name`) {
		names := column(t, db, `SELECT name FROM pragma_table_info('`+table+`')`)
		for i, name := range names {
			names[i] = "quote(" + name + ")"
		}
		fmt.Fprintln(&all, table)
		for _, row := range column(t, db, `SELECT `+strings.Join(names, " || ',' || ")+` FROM `+table+` ORDER BY 1`) {
			fmt.Fprintln(&all, row)
		}
	}
	return all.String()
}

// column is the only column of a query.
func column(t *testing.T, db *sql.DB, query string) (list []string) {
	t.Helper()
	rows := must(db.QueryContext(t.Context(), query))(t)
	defer rows.Close()
	for rows.Next() {
		var s string
		ok(t, rows.Scan(&s))
		list = append(list, s)
	}
	ok(t, rows.Err())
	return list
}

// What the write-ahead log held when it was damaged is named.
func TestRecordsLostWithTheWriteAheadLogAreNamed(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, wal string){
		"removed":           func(t *testing.T, wal string) { ok(t, os.Remove(wal)) },
		"cut off":           func(t *testing.T, wal string) { ok(t, os.Truncate(wal, 100_000)) },
		"emptied":           func(t *testing.T, wal string) { ok(t, os.Truncate(wal, 0)) },
		"its head is wrong": func(t *testing.T, wal string) { ok(t, os.WriteFile(wal, []byte("not a write-ahead log"), 0o600)) },
	} {
		t.Run(name, func(t *testing.T) {
			path := hotLog(t)
			damage(t, path+"-wal")
			ok(t, os.Remove(path+"-shm"))
			for which, open := range map[string]func(context.Context, string) (*store.Store, error){"to write": store.Open, "to read": store.OpenReadOnly} {
				s, err := open(t.Context(), path)
				if err == nil {
					s.Close()
					t.Errorf("it was opened %s", which)
				}
				refused(t, err, ward.KindUnavailable, "which were saved, are lost; keep the file as it is, and go on with the newest daily copy in "+filepath.Join(dirOf(path), "backups")+": neurocheck restore BACKUP")
			}
			ok(t, os.Remove(path+"-queue")) // who goes on without them
			whole(t, opened(t, path))
		})
	}
}
