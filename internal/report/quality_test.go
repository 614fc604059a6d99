package report

import "testing"

// A figure of 0 or 100 per cent is none or all of them.
func TestPercent(t *testing.T) {
	for _, c := range []struct {
		n, of int
		want  string
	}{{0, 315, "0"}, {1, 315, "<1"}, {2, 315, "1"}, {1, 200, "1"}, {251, 252, ">99"}, {252, 252, "100"}, {233, 235, "99"}, {1, 2, "50"}, {199, 200, ">99"}} {
		if got := percent(c.n, c.of); got != c.want {
			t.Errorf("%d of %d: %s %%, want %s", c.n, c.of, got, c.want)
		}
	}
}
