package paper

import (
	"time"

	"neurocheck/internal/reading"
)

// readTime reads the time of a row. A time without a day is the next one after the row
// before it, because a sheet goes on in time: behind Sat 20:00, 22 is Sat 22:00 and 00 is
// Sun 00:00. If that is ahead, or if there is no row before, it is read as everywhere. If
// today is possible as well, the reading asks.
func readTime(text string, now time.Time, zone *time.Location, before time.Time) reading.Reading[time.Time] {
	plain := reading.Time(text, now, zone)
	next, ok := nextAfter(text, now, zone, before)
	switch {
	case !ok, plain.OK() && plain.Value.Equal(next.Value):
		return plain
	case !plain.OK():
		return next
	}
	return reading.Reading[time.Time]{
		Question: "which day?",
		Choices: []reading.Choice[time.Time]{
			{Keys: []string{"1"}, Label: next.Words, Value: next.Value, Words: next.Words},
			{Keys: []string{"2"}, Label: plain.Words, Value: plain.Value, Words: plain.Words},
			{Keys: []string{"0"}, Label: "neither", Back: true},
		},
	}
}

// nextAfter reads a time of day as the first one after a time that is over. It reports false
// for a text with a day of its own.
func nextAfter(text string, now time.Time, zone *time.Location, before time.Time) (r reading.Reading[time.Time], ok bool) {
	if before.IsZero() {
		return r, false
	}
	y, m, d := before.In(zone).Date()
	for i := range 2 {
		r = reading.Time(time.Date(y, m, d+i, 12, 0, 0, 0, zone).Format(time.DateOnly)+" "+text, now, zone)
		if r.OK() && r.Value.After(before) {
			return r, true
		}
	}
	return r, false
}
