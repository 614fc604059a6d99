package ward

import (
	"slices"
	"time"
)

// Spread collects lengths of time, and says how they are spread.
type Spread struct{ of []time.Duration }

// fewest is the number of lengths of time from which on a median says something.
const fewest = 5

// Add adds a length of time.
func (s *Spread) Add(d time.Duration) { s.of = append(s.of, d) }

// N returns the number of lengths of time.
func (s *Spread) N() int { return len(s.of) }

// Median returns the middle one, or the mean of the two in the middle, and the one that nine
// of ten do not exceed. ok is false for fewer than five.
func (s *Spread) Median() (median, p90 time.Duration, ok bool) {
	n := len(s.of)
	if n < fewest {
		return 0, 0, false
	}
	sorted := slices.Sorted(slices.Values(s.of))
	return (sorted[(n-1)/2] + sorted[n/2]) / 2, sorted[(9*n+9)/10-1], true
}
