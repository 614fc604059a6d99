package ward

import (
	"fmt"
	"strings"
	"time"
)

// Date is a day of the calendar, without a time or a zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the day that t has on its own wall clock.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// Begins returns the first moment of the day in a zone: at midnight, which may come twice; or
// later, if the clocks go forward at midnight.
func (d Date) Begins(zone *time.Location) time.Time {
	t := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
	changed, changes := t.ZoneBounds()
	if d.DaysTo(DateOf(t)) < 0 { // there is no midnight, and Date took eleven on the evening before
		return changes
	}
	if last := changed.Add(-time.Nanosecond); !changed.IsZero() && DateOf(last) == d { // Date took the second midnight
		_, offset := last.Zone()
		return d.utc().Add(-time.Duration(offset) * time.Second).In(zone)
	}
	return t
}

// ComesTwice reports whether a wall clock in the zone of t shows the same at another time too,
// because the clocks went back.
func ComesTwice(t time.Time) bool {
	_, offset := t.Zone()
	start, end := t.ZoneBounds()
	for _, near := range []time.Time{start.Add(-time.Second), end} {
		_, other := near.Zone()
		twin := t.Add(time.Duration(offset-other) * time.Second)
		if _, at := twin.Zone(); at == other && other != offset {
			return true
		}
	}
	return false
}

// ParseDate reads 1961-03-14, 14 Mar 1961 or 14 March 1961. An all-figures date
// with the day or the month first is refused, because it can be read two ways.
func ParseDate(s string) (Date, error) {
	for _, layout := range []string{time.DateOnly, "2 Jan 2006", "2 January 2006"} {
		if t, err := time.Parse(layout, strings.TrimSpace(s)); err == nil {
			return DateOf(t), nil
		}
	}
	return Date{}, fmt.Errorf("write the date as 1961-03-14 or 14 Mar 1961")
}

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// String returns the date as 1961-03-14, empty for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// Words returns the date as 14 Mar 1961, which cannot be read two ways.
func (d Date) Words() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d %s %d", d.Day, d.Month.String()[:3], d.Year)
}

// DaysTo returns the number of days from d to later, negative if it is
// before.
func (d Date) DaysTo(later Date) int {
	return int(later.utc().Sub(d.utc()).Hours() / 24)
}

// YearsTo returns the age in whole years at the day later.
func (d Date) YearsTo(later Date) int {
	years := later.Year - d.Year
	if later.Month < d.Month || later.Month == d.Month && later.Day < d.Day {
		years--
	}
	return years
}

func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }
