package hl7

import (
	"strings"
	"time"
)

// Precision says how much of a time was sent.
type Precision uint8

// The precisions.
const (
	PrecisionNone Precision = iota // no time at all
	PrecisionYear
	PrecisionMonth
	PrecisionDay
	PrecisionHour
	PrecisionMinute
	PrecisionSecond
)

// Time is a time of a message: the first instant of what was sent.
type Time struct {
	At        time.Time
	Precision Precision
}

// Clock reports whether the time of day was sent.
func (t Time) Clock() bool { return t.Precision >= PrecisionHour }

// parseTime reads YYYY[MM[DD[HH[MM[SS[.S…]]]]]][±ZZZZ]. A time without an offset is one
// of zone. It reports false for text of another form, and for a date or an hour that
// does not exist.
func parseTime(s string, zone *time.Location) (t Time, warning Warning, ok bool) {
	s, zone, _, ok = cutOffset(s, zone)
	if !ok {
		return t, "", false
	}
	whole, fraction, dotted := strings.Cut(s, ".")
	if !figuresOnly(whole) || dotted && (len(whole) != 14 || !figuresOnly(fraction) || fraction == "" || len(fraction) > 9) {
		return t, "", false
	}
	switch len(whole) {
	case 4, 6, 8, 10, 12, 14:
		t.Precision = Precision(len(whole)/2 - 1)
	default:
		return t, "", false
	}
	part := [6]int{0, 1, 1, 0, 0, 0}
	part[0] = figures(whole[:4])
	for i := 1; i < int(t.Precision); i++ {
		part[i] = figures(whole[2+2*i : 4+2*i])
	}
	nanos := figures((fraction + "000000000")[:9])
	wall := time.Date(part[0], time.Month(part[1]), part[2], part[3], part[4], part[5], nanos, time.UTC)
	if part[0] == 0 || wall.Month() != time.Month(part[1]) || wall.Day() != part[2] || wall.Hour() != part[3] || wall.Minute() != part[4] || wall.Second() != part[5] {
		return t, "", false
	}
	t.At, warning = onWall(wall, zone)
	return t, warning, true
}

// cutOffset cuts ±ZZZZ from the end of a time, and returns the zone that it names; else
// the zone that it was given.
func cutOffset(s string, zone *time.Location) (rest string, _ *time.Location, found, ok bool) {
	i := strings.LastIndexAny(s, "+-")
	if i < 0 {
		return s, zone, false, true
	}
	offset := s[i+1:]
	if len(offset) != 4 || !figuresOnly(offset) {
		return s, zone, false, false
	}
	hours, minutes := figures(offset[:2]), figures(offset[2:])
	if hours > 14 || minutes > 59 {
		return s, zone, false, false
	}
	seconds := hours*3600 + minutes*60
	if s[i] == '-' {
		seconds = -seconds
	}
	return s[:i], time.FixedZone("", seconds), true, true
}

// onWall returns the instant at which the clocks of zone read as wall does in UTC. Of an
// hour that comes twice it is the first; a reading that never comes is an hour later, as
// a clock that was not put forward would have it.
func onWall(wall time.Time, zone *time.Location) (time.Time, Warning) {
	offsetAt := func(t time.Time) time.Duration {
		_, seconds := t.In(zone).Zone()
		return time.Duration(seconds) * time.Second
	}
	before, after := offsetAt(wall.Add(-24*time.Hour)), offsetAt(wall.Add(24*time.Hour))
	first, second := wall.Add(-before), wall.Add(-after)
	holds := func(t time.Time, offset time.Duration) bool { return offsetAt(t) == offset }
	switch a, b := holds(first, before), holds(second, after); {
	case before == after:
		return first.In(zone), ""
	case a && b:
		return first.In(zone), WarnTimeTwice
	case a:
		return first.In(zone), ""
	case b:
		return second.In(zone), ""
	}
	return first.In(zone), WarnTimeNever
}

// Date is a day of the calendar; zero if it is not known.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// parseDate reads the first eight figures of a date of birth. A part of a date, zeros and
// a day that does not exist are no date.
func parseDate(s string) Date {
	if len(s) < 8 || !figuresOnly(s[:8]) {
		return Date{}
	}
	d := Date{figures(s[:4]), time.Month(figures(s[4:6])), figures(s[6:8])}
	t := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
	if d.Year == 0 || t.Month() != d.Month || t.Day() != d.Day {
		return Date{}
	}
	return d
}

func figuresOnly(s string) bool { return strings.Trim(s, "0123456789") == "" }

// figures returns the number that a few figures spell.
func figures(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
