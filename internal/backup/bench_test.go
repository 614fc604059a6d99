package backup

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"neurocheck/internal/demo"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// BenchmarkKeysDuringTheDailyCopy measures the work of the store behind a key of the form,
// which keeps the form on disk and reads its patient, without a copy and while the daily
// copy of a log of NEUROCHECK_BENCH_CHECKS checks is made. A key comes every 50 ms.
func BenchmarkKeysDuringTheDailyCopy(b *testing.B) {
	checks := 100_000
	if n, err := strconv.Atoi(os.Getenv("NEUROCHECK_BENCH_CHECKS")); err == nil {
		checks = n
	}
	s, err := store.Create(b.Context(), filepath.Join(b.TempDir(), "ward.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	if err := demo.FillYears(b.Context(), s, morning, checks, func(int, int) {}); err != nil {
		b.Fatal(err)
	}
	board, err := s.Board(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	patient, revision := board[0].Patient.ID, int64(0)
	key := func() time.Duration {
		time.Sleep(50 * time.Millisecond)
		began := time.Now()
		revision++
		d := store.Draft{Author: "Sam Lee", PatientID: patient, CheckID: "bench", Revision: revision, Since: morning, Content: `{}`}
		if err := s.KeepDraft(b.Context(), d); err != nil {
			b.Fatal(err)
		}
		if _, err := s.Chart(b.Context(), patient); err != nil {
			b.Fatal(err)
		}
		return time.Since(began)
	}
	var alone, during []time.Duration
	for n := 0; b.Loop(); n++ {
		day := ward.DateOf(morning.AddDate(0, 0, n))
		for range 100 {
			alone = append(alone, key())
		}
		made := make(chan error, 1)
		began := time.Now()
		go func() {
			_, err := Daily(b.Context(), s, day, 2)
			made <- err
		}()
		for copying := true; copying; {
			during = append(during, key())
			select {
			case err := <-made:
				if err != nil {
					b.Fatal(err)
				}
				copying = false
			default:
			}
		}
		b.ReportMetric(time.Since(began).Seconds(), "s/copy")
	}
	for name, times := range map[string][]time.Duration{"alone": alone, "during": during} {
		slices.Sort(times)
		b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "ms/key-p50-"+name)
		b.ReportMetric(float64(times[len(times)*99/100].Microseconds())/1000, "ms/key-p99-"+name)
	}
}
