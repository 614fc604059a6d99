package store

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"neurocheck/internal/store/engine"
)

// BenchmarkAppendChecks reports rows of checks a second, hashed and inserted, without
// the evaluation.
func BenchmarkAppendChecks(b *testing.B) {
	const n = 20_000
	for _, c := range []engine.Rules{engine.Unchecked, engine.Checked} {
		b.Run(fmt.Sprintf("checked=%v", c), func(b *testing.B) {
			for b.Loop() {
				path := filepath.Join(b.TempDir(), "log.db")
				s, err := Create(b.Context(), path)
				if err != nil {
					b.Fatal(err)
				}
				_, err = s.act(b.Context(), nurse(0), Request{}, c, func(w *tx) error {
					p := &sampler{w, context.Background(), nil, 0}
					p.patient("1", ownSeq, 1)
					x := iceOf(8)
					for i := range n {
						p.check(fmt.Sprintf("%016x", i*7919), 1, "recorded", 0, x, time.Duration(i)*time.Minute)
					}
					return p.err
				})
				if err != nil {
					b.Fatal(err)
				}
				s.Close()
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "checks/s")
		})
	}
}
