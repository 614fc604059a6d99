package main

import (
	"testing"
	"time"
)

func zoneNamed(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// A date is the start of that day on the ward, also if the clocks go forward at midnight or
// show it twice.
func TestDateOfAFlag(t *testing.T) {
	for _, c := range [][3]string{
		{"America/Santiago", "2026-09-06", "2026-09-06T01:00:00-03:00"},
		{"Atlantic/Azores", "2026-10-25", "2026-10-25T00:00:00Z"},
		{"Europe/Lisbon", "2026-10-26", "2026-10-26T00:00:00Z"},
	} {
		if at, err := parseTime("--since", c[1], zoneNamed(t, c[0])); err != nil || at.Format(time.RFC3339) != c[2] {
			t.Errorf("%s, %s: %v, %v", c[0], c[1], at, err)
		}
	}
}

// The start of a shift is the last time that the ward's clock showed it: of an hour that comes
// twice the second if that is over, and never one that the clock left out.
func TestShiftStartOverAChangeOfTheClocks(t *testing.T) {
	for _, c := range []struct{ zone, now, since, want string }{
		{"America/New_York", "2026-11-01T08:00:00-05:00", "01:30", "2026-11-01T01:30:00-05:00"},
		{"America/New_York", "2026-11-01T01:40:00-04:00", "01:30", "2026-11-01T01:30:00-04:00"},
		{"Europe/Lisbon", "2026-10-25T01:40:00+01:00", "01:30", "2026-10-25T01:30:00+01:00"},
		{"Europe/Lisbon", "2026-10-25T01:40:00Z", "01:50", "2026-10-25T01:50:00+01:00"},
		{"Europe/Lisbon", "2026-03-29T08:00:00+01:00", "01:30", "2026-03-28T01:30:00Z"},
		{"Europe/Lisbon", "2026-03-30T01:10:00+01:00", "01:30", "2026-03-28T01:30:00Z"},
		{"Europe/Lisbon", "2026-03-30T07:10:00+01:00", "19:00", "2026-03-29T19:00:00+01:00"},
		{"Australia/Lord_Howe", "2026-04-05T08:00:00+10:30", "01:45", "2026-04-05T01:45:00+10:30"},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		if at, err := shiftStart(c.since, now, zoneNamed(t, c.zone)); err != nil || at.Format(time.RFC3339) != c.want {
			t.Errorf("%s, %s at %s: %v, not %s, %v", c.zone, c.since, c.now, at, c.want, err)
		}
	}
}
