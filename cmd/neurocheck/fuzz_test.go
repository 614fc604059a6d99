package main

import (
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// Whatever is said, a terminal shows it as it stands.
func FuzzHarmless(f *testing.F) {
	for _, seed := range []string{"plain", "\x1b[2J", "\u202e", "\xff", "a\nb", "\ufffd", "\u009b", "ü山"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		said := harmless(s)
		if !utf8.ValidString(said) || harmless(said) != said {
			t.Errorf("%q is said as %q", s, said)
		}
		for _, r := range said {
			if r != '\n' && unicode.IsControl(r) {
				t.Errorf("%q is said as %q", s, said)
			}
		}
	})
}

// A time from a flag is the one that it names, or wrong use.
func FuzzTimeOfAFlag(f *testing.F) {
	for _, seed := range []string{"", "2026-03-14", "2026-03-14T09:05:00+01:00", "2026-02-30", "19:00", "yesterday"} {
		f.Add(seed)
	}
	now := time.Date(2026, 3, 17, 2, 10, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		if at, err := parseTime("--since", s, time.UTC); err == nil && s != "" {
			if at.Format(time.DateOnly) != s[:min(10, len(s))] {
				t.Errorf("%q is %v", s, at)
			}
		}
		if from, err := shiftStart(s, now, time.UTC); err == nil && from.After(now) {
			t.Errorf("a shift that began at %q begins at %v", s, from)
		}
	})
}
