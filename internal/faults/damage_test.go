package faults

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
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
	"neurocheck/internal/folder"
	"neurocheck/internal/store"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/ward"
)

// fillAndHang makes a log with a few patients and their weeks, half of it in the
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
	// A reader of the log as it was keeps SQLite from writing the rest into the file.
	return s.Snapshot(ctx, func(v *store.Snapshot) error {
		if _, _, err := v.Head(ctx); err != nil {
			return err
		}
		if err := fill(ctx, s, 1); err != nil {
			return err
		}
		return waitForKill(in, out)
	})
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
			saved, err := s.SaveCheck(ctx, nurse(at), c)
			if err != nil {
				return err
			}
			if k%3 == 1 {
				if _, err := s.SaveCheck(ctx, nurse(at+time.Hour), corrected(saved.Check, 10)); err != nil {
					return err
				}
			}
			if k == 5 { // the later checks open another one
				if err := followUp(ctx, s, saved.FollowUp.ID, at+2*time.Hour); err != nil {
					return err
				}
			}
		}
		if err := events(ctx, s, p, 70*time.Hour); err != nil {
			return err
		}
		if err := s.KeepDraft(ctx, store.Draft{PatientID: p.ID, Author: "Sam Lee", CheckID: fmt.Sprint("draft-", part, i), Revision: 1, Since: after(70 * time.Hour), Content: "half-filled"}); err != nil {
			return err
		}
	}
	return stays(ctx, s, part)
}

// followUp accepts a follow-up, ticks an item of its checklist, and closes it.
func followUp(ctx context.Context, s *store.Store, id int64, at time.Duration) error {
	if err := s.Acknowledge(ctx, nurse(at), id); err != nil {
		return err
	}
	if err := s.Tick(ctx, nurse(at), id, "tell the clinician", true); err != nil {
		return err
	}
	return s.CloseFollowUp(ctx, clinician(at), id, ward.Resolved, "looked at", true)
}

// events records one event of each kind.
func events(ctx context.Context, s *store.Store, p ward.Patient, at time.Duration) error {
	told := after(at - time.Hour)
	p.Language = "Portuguese"
	_, err := s.EditPatient(ctx, nurse(at), p)
	return errors.Join(err,
		s.PutReport(ctx, nurse(at), ward.Report{PatientID: p.ID, ToldAt: told, ToldBy: "caregiver", Words: "cannot find words"}),
		s.PutIntervention(ctx, nurse(at), ward.Intervention{PatientID: p.ID, DoneAt: told, Kind: "dexamethasone", Detail: "10 mg"}),
		s.PutIntervention(ctx, nurse(at), ward.Intervention{PatientID: p.ID, DoneAt: told, Kind: ward.DoseGiven}),
		s.PutOrder(ctx, clinician(at), ward.Order{PatientID: p.ID, Kind: ward.OrderInterval, Interval: 4 * time.Hour, Reason: "quiet"}),
		s.NameCause(ctx, clinician(at), ward.Attribution{PatientID: p.ID, Domain: "consciousness", Cause: "sedated for a scan", Until: after(at + 6*time.Hour)}),
		s.Note(ctx, nurse(at), ward.AuditEvent{Event: "read", PatientID: p.ID}),
	)
}

// stays discharges and readmits one patient of a part, links another one, and notes
// settings.
func stays(ctx context.Context, s *store.Store, part int) error {
	at := 72 * time.Hour
	var three [3]ward.Patient
	for i := range three {
		p, err := s.PatientByMRN(ctx, fmt.Sprintf("00%d-%d", part, i))
		if err != nil {
			return err
		}
		three[i] = p
	}
	if _, err := s.Discharge(ctx, nurse(at), three[0].ID, after(at), "home"); err != nil {
		return err
	}
	if _, err := s.Readmit(ctx, nurse(at+time.Hour), ward.Stay{PatientID: three[0].ID, Bed: "2B", AdmittedAt: after(at + time.Hour)}); err != nil {
		return err
	}
	if err := s.Link(ctx, clinician(at), three[1].ID, three[2].ID, "one person, two numbers"); err != nil {
		return err
	}
	return s.NoteSettings(ctx, admin(at), fmt.Sprint("settings ", part), func(string) string { return "all" })
}

// runAndKill runs a job at path that hangs when it is done, and kills its process.
func runAndKill(t *testing.T, job, path string) {
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

// killedOne is the log of which [killedLog] returns copies.
var killedOne fixture.Template

// killedLog returns the path of a copy of a log that a killed process made, with half of its
// records in the write-ahead log.
func killedLog(t *testing.T) string {
	t.Helper()
	return killedOne.Copy(t, func(path string) error {
		runAndKill(t, "fill", path)
		alone := filepath.Join(t.TempDir(), "log.db") // without the write-ahead log
		ok(t, os.WriteFile(alone, must(os.ReadFile(path))(t), 0o600))
		there := must(opened(t, alone).Contents(t.Context()))(t)
		if there.Patients != 3 || there.Checks != 24 {
			t.Fatalf("the file holds %+v: the second half should be in the write-ahead log", there)
		}
		return os.Remove(path + "-shm") // SQLite makes it from the write-ahead log
	})
}

func same(t *testing.T, before, now map[string]string) {
	t.Helper()
	if !maps.Equal(before, now) {
		t.Errorf("the file, or another one of its folder, was changed: %v before, %v now", slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(now)))
	}
}

// damages are ways to damage the bytes of a file.
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

// A log is damaged at random, the file or its write-ahead log. Then either everything
// reads as it was recorded, or an error says so and how to go on; nothing panics.
func TestDamagedAtRandom(t *testing.T) {
	t.Parallel()
	const shards = 2
	cases := Times(16, 2000) / shards
	for shard := range shards {
		t.Run(fmt.Sprint(shard), func(t *testing.T) {
			t.Parallel()
			path := killedLog(t)
			pristine := filesIn(t, filepath.Dir(path))
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
				for file, content := range pristine { // in place: they stay the same files
					ok(t, os.WriteFile(filepath.Join(filepath.Dir(path), file), []byte(content), 0o600))
				}
				ok(t, os.RemoveAll(path+"-shm")) // it is made from the write-ahead log
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
					t.Errorf("%s: no error says that the record was changed:\n%s", name, cmp.Diff(recorded.content, found.content))
				default:
					harmless++
				}
				if t.Failed() {
					return
				}
			}
			t.Logf("%d damages, %d of them harmless, %d found by verify alone", cases, harmless, quiet)
			if harmless == cases {
				t.Error("nothing was damaged, so nothing was shown")
			}
		})
	}
}

// reading is the result of reading a log.
type reading struct {
	err     error  // the first one
	misfit  string // of verify
	content string // everything that was recorded, and the screens and exports of it
}

// read opens a log and reads it in every way. Each may fail; none may panic.
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
	fail(s.Trouble())
	board, err := s.Board(ctx)
	fail(err)
	slices.SortFunc(board, func(a, b ward.History) int { return int(a.Patient.ID - b.Patient.ID) })
	for i := range board {
		chart, err := s.Chart(ctx, board[i].Patient.ID)
		fail(err)
		history(&content, &board[i])
		history(&content, &chart.History)
		chart.History = ward.History{}
		fmt.Fprintf(&content, "%+v\n", chart)
	}
	charts, seq, head, err := s.Charts(ctx, 0, begun)
	fail(err)
	fmt.Fprintln(&content, len(charts), seq, head)
	settings, err := s.Settings(ctx)
	fail(err)
	fail(s.EachAudit(ctx, store.AuditSelection{}, func(e *ward.AuditEntry) error {
		fmt.Fprintf(&content, "%+v\n", *e)
		return nil
	}))
	_, err = s.Drafts(ctx, "Sam Lee")
	fail(err)
	known, err := s.Staff(ctx)
	fail(err)
	place, err := s.Ward(ctx)
	fail(err)
	fmt.Fprintf(&content, "%+v\n%+v\n%+v\n", settings, known, place)
	_, err = csvlog.Profile{}.Export(ctx, &content, func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error {
		return s.EachCheck(ctx, store.Selection{}, yield)
	})
	fail(err)
	fail(s.Snapshot(ctx, func(v *store.Snapshot) (err error) {
		for _, t := range folder.Tables() {
			if _, err := t.Export(ctx, v, store.Selection{}, &content, false); err != nil {
				return err
			}
		}
		return nil
	}))
	fail(exported(ctx, s, &content))
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

// history prints a history.
func history(w io.Writer, h *ward.History) {
	h.Drafts = nil // no part of the record
	if last := h.LastConclusive; last != nil {
		fmt.Fprintf(w, "%+v\n", *last)
		h.LastConclusive = nil // a pointer prints as an address
	}
	fmt.Fprintf(w, "%+v\n", *h)
}

// exported prints the CSV of the checks, read in parts.
func exported(ctx context.Context, s *store.Store, w io.Writer) error {
	var plain csvlog.Profile
	return s.Export(ctx, store.Selection{}, store.ExportOptions{Kept: plain.Kept(), Readers: 2}, func(e *store.Export) error {
		_, err := plain.ExportParts(ctx, w, e, csvlog.ExportOptions{})
		return err
	})
}

// rows returns every row of the tables of the record, read without the store. A draft is
// not part of the record, because only its author can say if it is right. Nor is the
// table of migrations, which has times of no meaning.
func rows(t *testing.T, path string) string {
	t.Helper()
	db := must(sql.Open("sqlite3", path))(t)
	defer db.Close()
	db.SetMaxOpenConns(1)
	var all strings.Builder
	for _, table := range column(t, db, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('draft', 'goose_db_version', 'sqlite_sequence') ORDER BY name`) {
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

// column returns the only column of a query.
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

// The error names the records that were in the write-ahead log when it was damaged.
func TestRecordsLostWithTheWriteAheadLogAreNamed(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(t *testing.T, wal string){
		"removed":           func(t *testing.T, wal string) { ok(t, os.Remove(wal)) },
		"cut off":           func(t *testing.T, wal string) { ok(t, os.Truncate(wal, 100_000)) },
		"emptied":           func(t *testing.T, wal string) { ok(t, os.Truncate(wal, 0)) },
		"its head is wrong": func(t *testing.T, wal string) { ok(t, os.WriteFile(wal, []byte("not a write-ahead log"), 0o600)) },
	} {
		t.Run(name, func(t *testing.T) {
			path := killedLog(t)
			damage(t, path+"-wal")
			for which, open := range map[string]func(context.Context, string) (*store.Store, error){"to write": store.Open, "to read": store.OpenReadOnly} {
				s := must(open(t.Context(), path))(t)
				if !s.ReadOnly() {
					t.Errorf("it can be written, opened %s", which)
				}
				err := s.Trouble()
				ok(t, s.Close())
				refused(t, err, ward.KindUnavailable, "which were saved, are lost; keep the file as it is, and go on with the newest daily copy in "+filepath.Join(filepath.Dir(path), "backups")+": neurocheck restore BACKUP")
			}
			ok(t, store.Accept(t.Context(), path, ward.Sign("Kim Adler", after(90*time.Hour)), "to go on without them"))
			whole(t, opened(t, path))
		})
	}
}
