package mapping

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// dateForm is the order of the figures of a date.
type dateForm uint8

const (
	ymd dateForm = iota
	mdy
	dmy
	excel // days since 1900, as Excel counts them
)

var dateForms = map[string]dateForm{"ymd": ymd, "mdy": mdy, "dmy": dmy, "excel": excel}

// dated matches a date of three figures, or with a month in letters, and the time of day
// after it: 11/20/2026 8:00 PM, 20.11.2026 08:00, 20-Nov-2026 0800.
var dated = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(\d{1,4})[-/. ](\d{1,2}|[A-Za-z]{3,9})[-/. ](\d{1,4})(?:[T, ]+(\d{1,2}):?(\d{2})(?::?(\d{2})([.,]\d+)?)?\s*(?:([AaPp])\.?[Mm]\.?)?)?$`)
})

// iso returns a date or a time of the form as 2026-11-20, or as 2026-11-20 08:00:00 with
// the clock that it shows. withClock says that the column is of times. Any other cell comes
// back as it is.
func (f dateForm) iso(cell string, withClock bool) string {
	if f == excel {
		return excelISO(cell, withClock)
	}
	m := dated().FindStringSubmatch(cell)
	if m == nil {
		return cell
	}
	year, month, day := m[1], m[2], m[3]
	switch {
	case f == ymd:
	case f == dmy, isLetters(m[2]): // 20-Nov-2026 is the same in every form
		year, day = m[3], m[1]
	default:
		year, month, day = m[3], m[1], m[2]
	}
	n := monthOf(month)
	if len(year) != 4 || n == 0 {
		return cell
	}
	date := fmt.Sprintf("%s-%02d-%02s", year, n, day)
	if m[4] == "" {
		return date
	}
	return clocked(cell, date, m[4:])
}

// clocked returns a date with the time of day of a cell: hours, minutes, seconds, their
// fraction, and A or P of a clock of 12 hours.
func clocked(cell, date string, m []string) string {
	hour, _ := strconv.Atoi(m[0])
	if half := strings.ToUpper(m[4]); half != "" {
		if hour < 1 || hour > 12 {
			return cell
		}
		if hour %= 12; half == "P" {
			hour += 12
		}
	}
	seconds := m[2]
	if seconds == "" {
		seconds = "00"
	}
	return fmt.Sprintf("%s %02d:%s:%s%s", date, hour, m[1], seconds, m[3])
}

func isLetters(s string) bool { return s != "" && (s[0] < '0' || s[0] > '9') }

// monthOf returns the number of a month in figures or in English; 0 if it is none.
func monthOf(month string) int {
	if n, err := strconv.Atoi(month); err == nil {
		return n
	}
	for n := time.January; n <= time.December; n++ {
		if name := n.String(); len(month) >= 3 && len(month) <= len(name) && strings.EqualFold(name[:len(month)], month) {
			return int(n)
		}
	}
	return 0
}

// excelISO returns a number of days since the last day of 1899 as a date, or to the second
// as a time.
func excelISO(cell string, withClock bool) string {
	days, err := strconv.ParseFloat(strings.Replace(cell, ",", ".", 1), 64)
	const first, last = 61, 100_000 // March 1900, after the leap day that Excel made up, and 2173
	if err != nil || days < first || days > last {
		return cell
	}
	const day = 24 * 60 * 60
	seconds := int64(math.Round(days * day))
	t := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(seconds/day)).Add(time.Duration(seconds%day) * time.Second)
	if seconds%day == 0 && !withClock {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.DateTime)
}
