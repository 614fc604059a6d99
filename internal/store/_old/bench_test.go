package store_test

import (
	"fmt"
	"iter"
	"path/filepath"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// rounds are n checks, every eight hours, ninety to a patient.
func rounds(n int, start time.Time) iter.Seq[ward.Intake] {
	return func(yield func(ward.Intake) bool) {
		for i := range n {
			admitted := start.Add(time.Duration(i/90) * time.Hour)
			in := ward.Intake{Line: i + 2, Patient: ward.Patient{
				MRN: fmt.Sprintf("%07d", i/90), Name: "Somebody, A", BirthDate: ward.Date{Year: 1960, Month: 1, Day: 1}, Tool: icans.ICE, AdmittedAt: admitted,
			}}
			in.Check = ward.Check{ID: fmt.Sprintf("c%d", i), Version: 1, Status: ward.Recorded, PerformedAt: admitted.Add(time.Duration(i%90) * 8 * time.Hour)}
			in.Check.Findings = icans.Findings{Tool: icans.ICE, Consciousness: icans.Alert, Seizure: icans.NoSeizure, Motor: icans.NoWeakness, ICP: icans.ICPNone}
			for j := range in.Check.Findings.ICE {
				in.Check.Findings.ICE[j] = icans.Scored(1)
			}
			if !yield(in) {
				return
			}
		}
	}
}

// BenchmarkImport reports checks a second, each graded, compared with those
// before it and chained.
func BenchmarkImport(b *testing.B) {
	const n = 2000
	start := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for b.Loop() {
		s, err := store.Create(b.Context(), filepath.Join(b.TempDir(), "log.db"))
		if err != nil {
			b.Fatal(err)
		}
		done, refused, err := s.Import(b.Context(), ward.Sign("bench", start.AddDate(1, 0, 0)), rounds(n, start), false)
		if err != nil || len(refused) > 0 || done.Checks != n {
			b.Fatal(err, refused, done)
		}
		s.Close()
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "checks/s")
}
