package tui

import (
	"strings"
	"time"

	"neurocheck/internal/ward"
)

// parseTime reads a time on the wall clock of zone: 14:05 or 1405, the last one
// that has been; or with a date, 2026-11-22 23:50 or 22 Nov 2026 23:50.
func parseTime(s string, now time.Time, zone *time.Location) (time.Time, bool) {
	s = strings.Join(strings.Fields(s), " ")
	for _, layout := range []string{timeLayout, "2006-01-02T15:04", "2 Jan 2006 15:04", "2 January 2006 15:04"} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return ward.Moment(t), true
		}
	}
	for _, layout := range []string{"15:04", "1504"} {
		clock, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		y, m, d := now.In(zone).Date()
		t := time.Date(y, m, d, clock.Hour(), clock.Minute(), 0, 0, zone)
		if t.After(now) {
			t = time.Date(y, m, d-1, clock.Hour(), clock.Minute(), 0, 0, zone)
		}
		return ward.Moment(t), true
	}
	return time.Time{}, false
}

const timeLayout = "2006-01-02 15:04"

const timeHint = "14:05, or 2026-11-22 23:50"
