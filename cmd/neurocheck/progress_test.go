package main

import (
	"strings"
	"testing"
	"time"
)

func TestProgress(t *testing.T) {
	var out strings.Builder
	clock := time.Date(2026, 3, 14, 9, 5, 0, 0, time.UTC)
	p := &progress{to: &out, what: "rows", now: func() time.Time { return clock }, start: clock}
	for _, step := range []struct {
		after       time.Duration
		done, total int
		want        string
	}{
		{900 * time.Millisecond, 10, 100, ""}, // quick work shows nothing
		{100 * time.Millisecond, 20, 100, "\r20 of 100 rows, 20 a second, 4 s left\x1b[K"},
		{100 * time.Millisecond, 30, 100, ""}, // not with every row
		{900 * time.Millisecond, 40, 100_000, "\r40 of 100000 rows, 20 a second, 1 h 23 min left\x1b[K"},
		{time.Second, 0, 100, "\r0 of 100 rows\x1b[K"},
	} {
		out.Reset()
		clock = clock.Add(step.after)
		if p.show(step.done, step.total); out.String() != step.want {
			t.Errorf("after %v: %q, not %q", clock.Sub(p.start), out.String(), step.want)
		}
	}
	out.Reset()
	if p.end(); out.String() != "\r\x1b[K" {
		t.Errorf("at the end %q", out.String())
	}

	var none *progress
	none.show(1, 2)
	none.end()
}

// Nothing was shown, so nothing is taken away.
func TestProgressOfQuickWork(t *testing.T) {
	var out strings.Builder
	clock := time.Date(2026, 3, 14, 9, 5, 0, 0, time.UTC)
	p := &progress{to: &out, what: "rows", now: func() time.Time { return clock }, start: clock}
	p.show(1, 2)
	p.end()
	if out.Len() > 0 {
		t.Errorf("%q", out.String())
	}
}
