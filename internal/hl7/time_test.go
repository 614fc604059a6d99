package hl7

import (
	"testing"
	"time"
)

func TestTimes(t *testing.T) {
	zone := lisbon(t)
	for _, c := range []struct {
		text, want string // in UTC
		precision  Precision
		warning    Warning
	}{
		{"2026", "2026-01-01T00:00:00Z", PrecisionYear, ""},
		{"202607", "2026-06-30T23:00:00Z", PrecisionMonth, ""},
		{"20260710", "2026-07-09T23:00:00Z", PrecisionDay, ""},
		{"2026071008", "2026-07-10T07:00:00Z", PrecisionHour, ""},
		{"202607100805", "2026-07-10T07:05:00Z", PrecisionMinute, ""},
		{"20260710080510", "2026-07-10T07:05:10Z", PrecisionSecond, ""},
		{"20260710080510.25", "2026-07-10T07:05:10.25Z", PrecisionSecond, ""},
		{"20260710080510.1234+0200", "2026-07-10T06:05:10.1234Z", PrecisionSecond, ""},
		{"202607100805-0530", "2026-07-10T13:35:00Z", PrecisionMinute, ""},
		{"20260710+0000", "2026-07-10T00:00:00Z", PrecisionDay, ""},
		{"20261120080500", "2026-11-20T08:05:00Z", PrecisionSecond, ""},
		{"20261025013000", "2026-10-25T00:30:00Z", PrecisionSecond, WarnTimeTwice}, // and 01:30 again at 01:30 UTC
		{"20261025013000+0000", "2026-10-25T01:30:00Z", PrecisionSecond, ""},
		{"20261025005959", "2026-10-24T23:59:59Z", PrecisionSecond, ""},
		{"20261025020000", "2026-10-25T02:00:00Z", PrecisionSecond, ""},
		{"20260329013000", "2026-03-29T01:30:00Z", PrecisionSecond, WarnTimeNever}, // 02:30 on the wall
		{"20260329005959", "2026-03-29T00:59:59Z", PrecisionSecond, ""},
		{"20260329020000", "2026-03-29T01:00:00Z", PrecisionSecond, ""},
		{"20240229", "2024-02-29T00:00:00Z", PrecisionDay, ""},
	} {
		got, warning, ok := parseTime(c.text, zone)
		if !ok || got.At.UTC().Format(time.RFC3339Nano) != c.want || got.Precision != c.precision || warning != c.warning {
			t.Errorf("%s: %v %v %q %v, want %s", c.text, got.At.UTC().Format(time.RFC3339Nano), got.Precision, warning, ok, c.want)
		}
	}
	for _, text := range []string{
		"", "202", "20261", "2026112", "202611200", "20261120080", "2026112008050", "202611200805001", "20261301", "20260230", "20261120240000",
		"20261120086000", "20261120080560", "20261120080500.", "202611200805.5", "20261120080500.1234567890", "20261120+1", "20261120+1500", "20261120+0060",
		"20261120T0805", "2026-11-20", "today", "00000000", "-0100", "20260229",
	} {
		if got, _, ok := parseTime(text, zone); ok {
			t.Errorf("%q is read as %v", text, got.At)
		}
	}
}

// A time without an offset has that of MSH-7, else it is of the site's zone; never UTC
// by itself.
func TestOffsetOfTheMessage(t *testing.T) {
	hour := func(raw []byte) int { return read(t, raw).Persons[0].Visit.Admitted.At.UTC().Hour() }
	summer := []string{"20261120080000", "20260710080000"}
	if h := hour(with(t, summer...)); h != 7 {
		t.Errorf("of the zone: %d", h)
	}
	if h := hour(with(t, append(summer, "|20261120080500||", "|20261120080500-0500||")...)); h != 13 {
		t.Errorf("of MSH-7: %d", h)
	}
	if h := hour(with(t, "20261120080000", "20260710080000+0300", "|20261120080500||", "|20261120080500-0500||")); h != 5 {
		t.Errorf("of its own: %d", h)
	}
}

func TestOddTimesAreNoted(t *testing.T) {
	m, err := Parse(with(t, "20261120080000", "20261025013000"), city(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.ADT(); err != nil || len(m.Warnings) != 1 || m.Warnings[0] != WarnTimeTwice {
		t.Errorf("%v %v", m.Warnings, err)
	}
}
