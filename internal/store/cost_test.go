package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/report"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// begin is the admission of the patients of the benchmarks.
var begin = time.Date(2020, 1, 1, 8, 0, 0, 0, time.UTC)

// careful are the checks of one patient, every four hours: one in ten is flagged.
func careful(n int, id string) func(i int) ward.Check {
	return func(i int) ward.Check {
		c := ward.Check{ID: fmt.Sprintf("%s-%d", id, i), Version: 1, Status: ward.Recorded, PerformedAt: begin.Add(time.Duration(4*i+1) * time.Hour), Findings: iceOf(10)}
		if i%10 < 1 {
			c.Findings = iceOf(8)
		}
		c.Recorded = ward.Sign("Sam Lee", c.PerformedAt.Add(2*time.Minute))
		return c
	}
}

// rowsOf yields rows of patients with so many checks each.
func rowsOf(patients, checks int) iter.Seq[ward.ImportRow] { return rowsFrom(0, patients, checks) }

// rowsFrom is rowsOf for patients with MRNs from a number on.
func rowsFrom(first, patients, checks int) iter.Seq[ward.ImportRow] {
	return func(yield func(ward.ImportRow) bool) {
		for p := range patients {
			p += first
			mrn := fmt.Sprintf("%07d", p)
			check := careful(checks, mrn)
			who := ward.Patient{MRN: mrn, Name: "LIND, Eva", BirthDate: ward.Date{Year: 1960, Month: 1, Day: 1}, Tool: icans.ICE, InfusedAt: begin}
			for i := range checks {
				if !yield(ward.ImportRow{Line: 2, Patient: who, Stay: ward.Stay{AdmittedAt: begin, Bed: mrn}, Check: check(i)}) {
					return
				}
			}
		}
	}
}

// filled makes a log on which the login may do everything.
func filled(tb testing.TB, patients, checks int) *store.Store {
	tb.Helper()
	s, err := store.Create(tb.Context(), filepath.Join(tb.TempDir(), "log.db"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { s.Close() })
	done, refused, err := s.Import(tb.Context(), ward.Sign(ward.Login("bench"), begin.AddDate(9, 0, 0)), rowsOf(patients, checks), store.ImportOptions{NewPatients: true, OnWard: true})
	if err != nil || len(refused) > 0 || done.Checks != patients*checks {
		tb.Fatal(err, refused, done)
	}
	return s
}

// BenchmarkSave saves checks in turn for a patient with 50 and for one with 5,000 checks,
// and inserts the same row into a table that has its keys and nothing else, each on its own
// disk sync.
func BenchmarkSave(b *testing.B) {
	var took [3][]time.Duration
	var acts []func(i int)
	sizes := []int{50, 5000}
	for k, n := range sizes {
		s := filled(b, 1, n)
		p, err := s.PatientByMRN(b.Context(), "0000000")
		if err != nil {
			b.Fatal(err)
		}
		check := careful(1<<20, "new")
		acts = append(acts, func(i int) {
			c := check(n + i)
			c.PatientID, c.Recorded = p.ID, ward.Signature{}
			began := time.Now()
			if _, err := s.SaveCheck(b.Context(), ward.Sign(ward.Login("bench"), c.PerformedAt), c); err != nil {
				b.Fatal(err)
			}
			took[k] = append(took[k], time.Since(began))
		})
		if k == 0 {
			insert := bareInsert(b, s)
			acts = append(acts, func(i int) {
				began := time.Now()
				insert(i)
				took[2] = append(took[2], time.Since(began))
			})
		}
	}
	for i := 0; b.Loop(); i++ {
		for _, act := range acts {
			act(i)
		}
	}
	for k := range sizes {
		b.ReportMetric(median(took[k]), fmt.Sprintf("ms/save-with-%d", sizes[k]))
	}
	b.ReportMetric(median(took[1])/median(took[0]), "ratio")
	b.ReportMetric(median(took[2]), "ms/insert")
	b.ReportMetric(median(took[0])/median(took[2]), "save/insert")
	slowest := slices.Sorted(slices.Values(took[0]))
	b.ReportMetric(float64(slowest[len(slowest)*99/100].Microseconds())/1000, "ms/save-p99")
}

// bareInsert returns a function that inserts the row of a check into a table of its own,
// with the same columns, keys and index, in one transaction.
func bareInsert(b *testing.B, s *store.Store) func(i int) {
	b.Helper()
	pool, err := sql.Open("sqlite3", filepath.Join(b.TempDir(), "peer.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { pool.Close() })
	pool.SetMaxOpenConns(1)
	exec := func(query string, args ...any) {
		if _, err := pool.ExecContext(b.Context(), query, args...); err != nil {
			b.Fatal(err)
		}
	}
	exec(`PRAGMA journal_mode = WAL`)
	exec(`PRAGMA synchronous = FULL`)
	exec(`ATTACH ?1 AS log`, s.Path())
	exec(`CREATE TABLE peer AS SELECT * FROM log.neuro_check`)
	exec(`DETACH log`)
	exec(`CREATE UNIQUE INDEX peer_seq ON peer (seq)`)
	exec(`CREATE UNIQUE INDEX peer_version ON peer (check_id, version)`)
	exec(`CREATE INDEX peer_patient ON peer (patient_id)`)
	rows, err := pool.QueryContext(b.Context(), `SELECT * FROM peer ORDER BY seq DESC LIMIT 1`)
	if err != nil {
		b.Fatal(err)
	}
	names, err := rows.Columns()
	if err != nil || !rows.Next() {
		b.Fatal(err)
	}
	values, dest := make([]any, len(names)), make([]any, len(names))
	marks := make([]string, len(names))
	for i := range names {
		dest[i], marks[i] = &values[i], "?"
	}
	if err := errors.Join(rows.Scan(dest...), rows.Close()); err != nil {
		b.Fatal(err)
	}
	insert, err := pool.PrepareContext(b.Context(), `INSERT INTO peer VALUES (`+strings.Join(marks, ", ")+`)`)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { insert.Close() })
	seq, id := slices.Index(names, "seq"), slices.Index(names, "check_id")
	return func(i int) {
		values[seq], values[id] = int64(1<<30+i), fmt.Sprintf("peer-%d", i)
		if _, err := insert.ExecContext(b.Context(), values...); err != nil {
			b.Fatal(err)
		}
	}
}

// screens reads what people wait for, and times it. It is of 60 patients with 300 checks
// each, among those of the log.
type screens struct {
	board, handover []time.Duration
}

func (m *screens) read(b *testing.B, s *store.Store) {
	site := ward.DefaultSite()
	now := begin.Add(300 * 4 * time.Hour)
	began := time.Now()
	board, err := s.Board(b.Context())
	if err != nil || len(board) != 60 {
		b.Fatal(err, len(board))
	}
	states := make([]ward.PatientState, len(board))
	for i := range board {
		states[i] = ward.Watch(&board[i], &site, now)
	}
	ward.MostUrgentFirst(states)
	m.board = append(m.board, time.Since(began))
	began = time.Now()
	since := now.Add(-ward.Shift)
	charts, _, _, err := s.HandoverCharts(b.Context(), 0, since)
	if err != nil || len(charts) != 60 {
		b.Fatal(err, len(charts))
	}
	handed := ward.BuildHandover(&site, charts, since, now)
	if err := report.Handover(io.Discard, handed, report.Sheet{Ward: "Haematology 4", MadeBy: "bench"}); err != nil || len(handed.Patients) != 60 {
		b.Fatal(err, len(handed.Patients))
	}
	m.handover = append(m.handover, time.Since(began))
}

// median returns the median in milliseconds.
func median(took []time.Duration) float64 {
	took = slices.Sorted(slices.Values(took))
	return float64(took[len(took)/2].Microseconds()) / 1000
}

// BenchmarkBoard reads the board, and makes the handover, of 60 patients with 300 checks
// each.
func BenchmarkBoard(b *testing.B) {
	s := filled(b, 60, 300)
	var m screens
	for b.Loop() {
		m.read(b, s)
	}
	b.ReportMetric(median(m.board), "ms/board")
	b.ReportMetric(median(m.handover), "ms/handover")
}

// BenchmarkHistory is BenchmarkBoard on a log that has 50,000 imported checks of former
// patients, beside one that has not, in turn; also of a program that has just begun.
func BenchmarkHistory(b *testing.B) {
	var warm, first [2]screens
	var logs [2]*store.Store
	for i := range logs {
		logs[i] = filled(b, 60, 300)
	}
	sig := ward.Sign(ward.Login("bench"), begin.AddDate(9, 0, 0))
	done, refused, err := logs[1].Import(b.Context(), sig, rowsFrom(1000, 556, 90), store.ImportOptions{NewPatients: true})
	if err != nil || len(refused) > 0 || done.Checks != 556*90 || done.Flagged < done.Checks/20 {
		b.Fatal(err, refused, done)
	}
	for b.Loop() {
		for i, s := range logs {
			warm[i].read(b, s)
			again, err := store.Open(b.Context(), s.Path())
			if err != nil {
				b.Fatal(err)
			}
			first[i].read(b, again)
			if err := again.Close(); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(median(warm[1].board)/median(warm[0].board), "board-ratio")
	b.ReportMetric(median(warm[1].handover)/median(warm[0].handover), "handover-ratio")
	b.ReportMetric(median(first[0].board), "ms/first-board-without")
	b.ReportMetric(median(first[1].board), "ms/first-board-with")
	b.ReportMetric(float64(done.FollowUps), "follow-ups")
}

// BenchmarkImport reports rows a second and the peak memory of an import of 100,000
// rows: 90 checks a patient.
func BenchmarkImport(b *testing.B) {
	n := 100_000
	if more, err := strconv.Atoi(os.Getenv("NEUROCHECK_BENCH_ROWS")); err == nil {
		n = more
	}
	var peak uint64
	for b.Loop() {
		peak = max(peak, peakMemory(func() { filled(b, n/90, 90) }))
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(peak)/(1<<20), "MiB")
}

// An import holds far less than a row in memory for each row: forty thousand more of them
// take less than 400 bytes each.
func TestMemoryOfAnImport(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	peak := func(rows int) uint64 { return peakMemory(func() { filled(t, rows/100, 100) }) }
	few, many := peak(10_000), peak(50_000)
	t.Logf("%d and %d MiB", few>>20, many>>20)
	if many > few+40_000*400 {
		t.Errorf("50,000 rows take %d MiB, 10,000 take %d MiB", many>>20, few>>20)
	}
}

// peakMemory returns the most memory of the heap and of stacks while work runs.
func peakMemory(work func()) (most uint64) {
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse+m.StackInuse)
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	work()
	close(stop)
	<-stopped
	return most
}
