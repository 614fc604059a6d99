package csvlog

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"neurocheck/internal/ward"
)

func parseTime(cell string) (t time.Time, reason string) {
	t, err := time.Parse(time.RFC3339, cell)
	_, offset := t.Zone()
	// time.Parse lets by an hour of one digit, a decimal comma and offsets of a day.
	const seconds = len("2006-01-02T15:04:05")
	switch {
	case err != nil || cell[seconds-6] != ':' || cell[seconds] == ',' || max(offset, -offset) >= 24*60*60:
		return time.Time{}, "no time; write it as 2026-03-14T09:05:00+01:00 or 2026-03-14T08:05:00Z, with the offset from UTC"
	case t.Year() < 1900:
		return time.Time{}, "is before 1900"
	case t.Nanosecond()%int(time.Millisecond) != 0:
		return time.Time{}, "finer than a millisecond, the precision of the record"
	}
	return ward.Moment(t), ""
}

// isoTime matches a date and a time in the order of ISO 8601, in its extended and its basic
// form, with any spelling of the offset from UTC or none.
var isoTime = sync.OnceValue(func() *regexp.Regexp {
	const (
		extended = `(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt]|\s+)(\d{1,2}):(\d{2})(?::(\d{2}))?`
		basic    = `(\d{4})(\d{2})(\d{2})[Tt](\d{2})(\d{2})(\d{2})?`
		fraction = `(?:[.,](\d{1,9}))?`
		// Programs for documents turn a hyphen into the sign for minus, U+2212.
		offset = `\s*(?:([Zz]|UTC|utc|GMT|gmt)|(?:UTC|utc|GMT|gmt)?([+\-\x{2212}])(\d{1,2})(?::?(\d{2}))?)?`
	)
	return regexp.MustCompile(`^(?:` + extended + `|` + basic + `)` + fraction + offset + `$`)
})

// isoParts returns the year, month, day, hour, minute, second and fraction of a time, the word
// for UTC, and the sign, hours and minutes of an offset; nil if the cell is no such time.
func isoParts(cell string) []string {
	m := isoTime().FindStringSubmatch(cell)
	switch {
	case m == nil:
		return nil
	case m[1] != "":
		return append(m[1:7:7], m[13:]...)
	}
	return m[7:]
}

// ReadTime reads a time in any spelling of ISO 8601. One without an offset from UTC is in
// the zone.
func ReadTime(cell string, zone *time.Location) (t time.Time, reason string) {
	m := isoParts(cell)
	if m == nil {
		_, reason := parseTime(cell)
		return t, reason
	}
	var n [6]int // year to second
	for i := range n {
		n[i], _ = strconv.Atoi(m[i]) // the seconds may be left out
	}
	fraction, _ := strconv.Atoi((m[6] + "000000000")[:9])
	if n[3] > 23 || n[4] > 59 || n[5] > 59 {
		return t, "no time of day"
	}
	switch {
	case m[7] != "":
		zone = time.UTC
	case m[8] != "":
		hours, _ := strconv.Atoi(m[9])
		minutes, _ := strconv.Atoi(m[10])
		offset := hours*3600 + minutes*60
		if m[8] != "+" {
			offset = -offset
		}
		if zone = time.FixedZone("", offset); hours > 23 || minutes > 59 {
			return t, "no offset from UTC"
		}
	case zone == nil:
		_, reason := parseTime(cell)
		return t, reason
	}
	t, reason = wallTime(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], zone)
	if reason == "" {
		t, reason = parseTime(t.Add(time.Duration(fraction)).Format(time.RFC3339Nano))
	}
	return t, reason
}

// wallTime returns the time at which a clock in the zone shows that date and time, or the
// reason that there is none or more than one.
func wallTime(year int, month time.Month, day, hour, minute, second int, zone *time.Location) (t time.Time, reason string) {
	t = time.Date(year, month, day, hour, minute, second, 0, zone)
	if y, m, d := time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Date(); y != year || m != month || d != day {
		return time.Time{}, "no such day"
	}
	if t.Day() != day || t.Hour() != hour || t.Minute() != minute {
		return time.Time{}, fmt.Sprintf("the clocks of %s went forward over this hour; write the time with its offset from UTC", zone)
	}
	if ward.ComesTwice(t) {
		return time.Time{}, fmt.Sprintf("this hour came twice, because the clocks of %s went back; write the time with its offset from UTC", zone)
	}
	return t, ""
}

// readDate reads a date that a database has written as the midnight that begins it.
func readDate(cell string) string {
	date, clock, _ := strings.Cut(strings.ReplaceAll(cell, "T", " "), " ")
	if strings.Trim(clock, "0:.Z ") == "" {
		return date
	}
	return cell
}

// dateReason is the reason to refuse a cell that is no date.
const dateReason = "no date; write it as 1961-03-14"
