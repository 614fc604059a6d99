package reading

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Date is a day of the calendar. A date of birth may be a year alone, with Month and Day
// zero, or not known at all.
type Date struct {
	Year    int
	Month   time.Month
	Day     int
	Unknown bool
}

// Partial reports whether the date does not name a day, so that a form asks for a second
// identifier.
func (d Date) Partial() bool { return d.Unknown || d.Month == 0 }

// Words returns the date as 14 March 1961, which can be read in one way only.
func (d Date) Words() string {
	switch {
	case d.Unknown:
		return "unknown"
	case d.Month == 0:
		return fmt.Sprintf("%d, day and month unknown", d.Year)
	}
	return fmt.Sprintf("%d %s %d", d.Day, d.Month, d.Year)
}

func dateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{Year: y, Month: m, Day: d}
}

func (d Date) plus(days int) Date {
	return dateOf(time.Date(d.Year, d.Month, d.Day+days, 12, 0, 0, 0, time.UTC))
}

func (d Date) noon() time.Time { return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC) }

// daysTo returns the number of days from d to later; negative if later lies before d.
func (d Date) daysTo(later Date) int { return int(later.noon().Sub(d.noon()).Hours() / 24) }

// missing says why the day does not exist; empty if it does.
func (d Date) missing() string {
	switch last := time.Date(d.Year, d.Month+1, 0, 12, 0, 0, 0, time.UTC).Day(); {
	case d.Month < 1 || d.Month > 12:
		return fmt.Sprintf("there is no month %d", d.Month)
	case d.Day < 1 || d.Day > 31:
		return fmt.Sprintf("there is no day %d", d.Day)
	case d.Day > last && d.Month == time.February && d.Day == 29:
		return fmt.Sprintf("there is no 29 February %d", d.Year)
	case d.Day > last:
		return fmt.Sprintf("there is no %d %s", d.Day, d.Month)
	}
	return ""
}

// oldest is the greatest age in years that a date of birth is taken for.
const oldest = 130

// BirthDate reads a date of birth. A text that can be read as two days is asked
// about in words.
func BirthDate(text string, now time.Time, zone *time.Location) Reading[Date] {
	today := dateOf(now.In(zone))
	s := typed(text)
	switch {
	case s == "":
		return refused[Date]("a date is needed, or a year, or unknown")
	case s == "unknown":
		return Reading[Date]{Value: Date{Unknown: true}, Words: "unknown: a second identifier is needed"}
	case len(s) == 4 && isFigures(s):
		year := figures(s)
		if reason := yearReason(year, today); reason != "" {
			return refused[Date](reason)
		}
		return Reading[Date]{Value: Date{Year: year}, Words: s + ", day and month unknown: a second identifier is needed"}
	}
	days, reason := datesIn(s, func(d Date) string {
		if d.Year > today.Year || d.Year < today.Year-oldest {
			return yearReason(d.Year, today)
		}
		if today.daysTo(d) > 0 {
			return d.Words() + " is in the future, today is " + today.Words()
		}
		return ""
	})
	return chooseDate(days, reason, func(d Date) string { return d.Words() + ", " + agoDays(d, today) })
}

// chooseDate returns the one day that a text means, a question if it means two, or the
// reason why it means none.
func chooseDate(days []Date, reason string, words func(Date) string) Reading[Date] {
	switch len(days) {
	case 0:
		return refused[Date](reason)
	case 1:
		return Reading[Date]{Value: days[0], Words: words(days[0])}
	}
	r := Reading[Date]{}
	var names []string
	for i, d := range days {
		names = append(names, d.Words())
		r.Choices = append(r.Choices, Choice[Date]{Keys: []string{strconv.Itoa(i + 1)}, Label: d.Words(), Value: d, Words: words(d)})
	}
	r.Question = "which day: " + strings.Join(names, " or ") + "?"
	r.Choices = append(r.Choices, Choice[Date]{Keys: []string{"0"}, Label: "neither", Back: true})
	return r
}

func yearReason(year int, today Date) string {
	switch {
	case year > today.Year:
		return fmt.Sprintf("%d is in the future", year)
	case year < today.Year-oldest:
		return fmt.Sprintf("%d is over %d years ago", year, oldest)
	}
	return ""
}

// agoDays says how long a day lies back, in the unit that a person uses for it.
func agoDays(d, today Date) string {
	years := today.Year - d.Year
	if today.Month < d.Month || today.Month == d.Month && today.Day < d.Day {
		years--
	}
	months := (today.Year-d.Year)*12 + int(today.Month-d.Month)
	if today.Day < d.Day {
		months--
	}
	switch days := d.daysTo(today); {
	case days == 0:
		return "today"
	case days < 60:
		return count(days, "day") + " ago"
	case years < 2:
		return count(months, "month") + " ago"
	}
	return count(years, "year") + " ago"
}

func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// datesIn returns the days that a text can mean. A day for which reject gives a reason is
// none of them; the reason is returned if no day remains.
func datesIn(s string, reject func(Date) string) (days []Date, reason string) {
	candidates, reason := readings(s)
	for _, d := range candidates {
		why := d.missing()
		if why == "" {
			why = reject(d)
		}
		switch {
		case why == "" && !slices.Contains(days, d):
			days = append(days, d)
		case why != "" && reason == "":
			reason = why
		}
	}
	return days, reason
}

// readings returns the days that a text spells, day first, if it has the form of a date.
func readings(s string) ([]Date, string) {
	if len(s) == 8 && isFigures(s) {
		n := func(from, to int) int { return figures(s[from:to]) }
		return []Date{
			{Year: n(4, 8), Month: time.Month(n(2, 4)), Day: n(0, 2)},
			{Year: n(4, 8), Month: time.Month(n(0, 2)), Day: n(2, 4)},
			{Year: n(0, 4), Month: time.Month(n(4, 6)), Day: n(6, 8)},
		}[:], ""
	}
	if len(s) == 6 && isFigures(s) {
		return nil, fourFigures
	}
	parts := strings.FieldsFunc(dayLetters.ReplaceAllString(s, "$1 $2 "), func(r rune) bool { return strings.ContainsRune(" ./-,", r) })
	if len(parts) != 3 {
		return nil, dateHint
	}
	for i, p := range parts { // a month by its name
		month, named := monthNamed(p)
		if !named {
			continue
		}
		rest := slices.Delete(slices.Clone(parts), i, i+1)
		day, year := rest[0], rest[1]
		if len(day) == 4 && isFigures(day) {
			day, year = year, day
		}
		day = strings.TrimRight(day, "stndrh") // 3rd, 14th
		if i > 1 || !isFigures(day) || len(day) > 2 {
			return nil, dateHint
		}
		if len(year) != 4 || !isFigures(year) {
			return nil, fourFigures
		}
		return []Date{{Year: figures(year), Month: month, Day: figures(day)}}, ""
	}
	for _, p := range parts {
		if !isFigures(p) {
			return nil, dateHint
		}
	}
	a, b, c := figures(parts[0]), figures(parts[1]), figures(parts[2])
	switch {
	case len(parts[0]) == 4 && len(parts[1]) <= 2 && len(parts[2]) <= 2:
		return []Date{{Year: a, Month: time.Month(b), Day: c}}, ""
	case len(parts[2]) == 4 && len(parts[0]) <= 2 && len(parts[1]) <= 2:
		return []Date{{Year: c, Month: time.Month(b), Day: a}, {Year: c, Month: time.Month(a), Day: b}}, ""
	case len(parts[2]) == 2 && len(parts[0]) <= 2 && len(parts[1]) <= 2:
		return nil, fourFigures
	}
	return nil, dateHint
}

// dayLetters matches a day and a month that are written in one: 14Mar1961.
var dayLetters = regexp.MustCompile(`^(\d{1,2})([a-z]{3,9})`)

const fourFigures = "write the year with four digits"

const dateHint = "write the date as 14 Mar 1961, 14/03/1961 or 1961-03-14"

// monthNamed reads the name of a month, or at least three letters of it.
func monthNamed(s string) (time.Month, bool) {
	s = strings.ToLower(strings.TrimSuffix(s, "."))
	for m := time.January; m <= time.December; m++ {
		if name := strings.ToLower(m.String()); len(s) >= 3 && strings.HasPrefix(name, s) || s == "sept" && m == time.September {
			return m, true
		}
	}
	return 0, false
}

func isFigures(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// figures returns the number that a few figures spell.
func figures(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
