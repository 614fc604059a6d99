package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"neurocheck/internal/demo"
	"neurocheck/internal/store"
)

// scales are how many checks the logs of BenchmarkScale hold. The largest takes
// gigabytes and minutes, so it has to be asked for:
//
//	NEUROCHECK_BENCH_CHECKS=10000000 go test -run '^$' -bench Scale -timeout 1h ./internal/store
func scales(b *testing.B) []int {
	list := []int{10_000, 100_000}
	if more := os.Getenv("NEUROCHECK_BENCH_CHECKS"); more != "" {
		n, err := strconv.Atoi(more)
		if err != nil {
			b.Fatal(err)
		}
		for size := 1_000_000; size < n; size *= 10 {
			list = append(list, size)
		}
		list = append(list, n)
	}
	return list
}

// BenchmarkScale holds that what a ward does all day costs what the patients on it
// cost, and not what its history does: the figures of one name are the same at
// every size.
func BenchmarkScale(b *testing.B) {
	stands := time.Date(2026, 3, 14, 9, 5, 0, 0, time.UTC)
	for _, checks := range scales(b) {
		s, err := store.Create(b.Context(), filepath.Join(b.TempDir(), "log.db"))
		if err != nil {
			b.Fatal(err)
		}
		if err := demo.FillYears(b.Context(), s, stands, checks, func(int, int) {}); err != nil {
			b.Fatal(err)
		}
		board, err := s.Board(b.Context(), stands.Add(-48*time.Hour))
		if err != nil {
			b.Fatal(err)
		}
		for name, look := range map[string]func(i int) error{
			"board": func(int) error {
				_, err := s.Board(b.Context(), stands.Add(-48*time.Hour))
				return err
			},
			"chart": func(i int) error {
				_, err := s.Chart(b.Context(), board[i%len(board)].Patient.ID)
				return err
			},
			"followups": func(int) error {
				_, err := s.FollowUps(b.Context())
				return err
			},
			"handover": func(int) error {
				_, _, _, err := s.Charts(b.Context(), 0, stands.Add(-12*time.Hour))
				return err
			},
		} {
			b.Run(fmt.Sprintf("%s/%d", name, checks), func(b *testing.B) {
				for i := 0; b.Loop(); i++ {
					if err := look(i); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
