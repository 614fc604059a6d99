package store_test

import (
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
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
func rowsOf(patients, checks int) iter.Seq[ward.ImportRow] {
	return func(yield func(ward.ImportRow) bool) {
		for p := range patients {
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

// BenchmarkSave saves checks in turn for a patient with 50 and for one with 5,000
// checks, and reports the median cost of both and the ratio.
func BenchmarkSave(b *testing.B) {
	var took [2][]time.Duration
	var save [2]func(i int)
	sizes := []int{50, 5000}
	for k, n := range sizes {
		s := filled(b, 1, n)
		p, err := s.PatientByMRN(b.Context(), "0000000")
		if err != nil {
			b.Fatal(err)
		}
		check := careful(1<<20, "new")
		save[k] = func(i int) {
			c := check(n + i)
			c.PatientID, c.Recorded = p.ID, ward.Signature{}
			began := time.Now()
			if _, err := s.SaveCheck(b.Context(), ward.Sign(ward.Login("bench"), c.PerformedAt), c); err != nil {
				b.Fatal(err)
			}
			took[k] = append(took[k], time.Since(began))
		}
	}
	for i := 0; b.Loop(); i++ {
		save[0](i)
		save[1](i)
	}
	var median [2]float64
	for k := range took {
		slices.Sort(took[k])
		median[k] = float64(took[k][len(took[k])/2].Microseconds())
		b.ReportMetric(median[k], fmt.Sprintf("µs/save-with-%d", sizes[k]))
	}
	b.ReportMetric(median[1]/median[0], "ratio")
}

// BenchmarkBoard reads the board of 60 patients with 300 checks each.
func BenchmarkBoard(b *testing.B) {
	s := filled(b, 60, 300)
	site := ward.DefaultSite()
	now := begin.Add(300 * 4 * time.Hour)
	for b.Loop() {
		board, err := s.Board(b.Context())
		if err != nil || len(board) != 60 {
			b.Fatal(err, len(board))
		}
		states := make([]ward.PatientState, len(board))
		for i := range board {
			states[i] = ward.Watch(&board[i], &site, now)
		}
		ward.MostUrgentFirst(states)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/board")
}

// BenchmarkHandover makes the handover of 60 patients with 300 checks each.
func BenchmarkHandover(b *testing.B) {
	s := filled(b, 60, 300)
	site := ward.DefaultSite()
	now := begin.Add(300 * 4 * time.Hour)
	for b.Loop() {
		charts, _, _, err := s.HandoverCharts(b.Context(), 0, now.Add(-ward.Shift))
		if err != nil || len(charts) != 60 {
			b.Fatal(err, len(charts))
		}
		handed := ward.BuildHandover(&site, charts, now.Add(-ward.Shift), now)
		if err := report.Handover(io.Discard, handed, report.Sheet{Ward: "Haematology 4", MadeBy: "bench"}); err != nil || len(handed.Patients) != 60 {
			b.Fatal(err, len(handed.Patients))
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/handover")
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
