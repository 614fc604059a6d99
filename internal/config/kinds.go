package config

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"neurocheck/internal/tomldoc"
	"neurocheck/internal/ward"
)

// kind is the type of a setting's value, and its place in the site.
type kind struct {
	allowed string                                 // the values it may have, in words
	get     func(*ward.Site) any                   // as TOML and JSON have it: string, int, bool or []string
	set     func(site *ward.Site, v any) []refusal // v comes from the TOML library
}

// refusal is the reason that a value is not valid.
type refusal struct {
	item   int // of a list, from 0; -1 for the value as a whole
	reason string
}

func refuse(format string, args ...any) []refusal {
	return []refusal{{-1, fmt.Sprintf(format, args...)}}
}

// duration is a time in whole minutes.
func duration(low, high time.Duration, field func(*ward.Site) *time.Duration) kind {
	return kind{
		allowed: "a time " + fromTo(low, high),
		get:     func(s *ward.Site) any { return inWords(*field(s)) },
		set: func(s *ward.Site, v any) []refusal {
			typed, ok := v.(string)
			if !ok {
				return refuse("this is %s", described(v))
			}
			d, wrong := parseDuration(typed, low, high)
			if wrong != "" {
				return refuse("%s %s", tomldoc.Quoted(typed), wrong)
			}
			*field(s) = d
			return nil
		},
	}
}

// off is the word for a time that does not apply.
const off = "off"

// durationOrOff is a time in whole minutes, or off.
func durationOrOff(low, high time.Duration, field func(*ward.Site) *time.Duration) kind {
	k := duration(low, high, field)
	k.allowed += fmt.Sprintf(", or %q", off)
	get, set := k.get, k.set
	k.get = func(s *ward.Site) any {
		if *field(s) == 0 {
			return off
		}
		return get(s)
	}
	k.set = func(s *ward.Site, v any) []refusal {
		if v == off {
			*field(s) = 0
			return nil
		}
		return set(s, v)
	}
	return k
}

func fromTo(low, high time.Duration) string {
	words := fmt.Sprintf("from %q to %q", inWords(low), inWords(high))
	if high%day == 0 && high > day {
		words += fmt.Sprintf(" (%d days)", high/day)
	}
	return words
}

// parseDuration reads a time with its units, or returns the reason that it is not
// valid.
func parseDuration(typed string, low, high time.Duration) (d time.Duration, wrong string) {
	d, err := time.ParseDuration(typed)
	switch {
	case err != nil && strings.Trim(typed, "0123456789.") == "" && typed != "":
		return 0, `needs a unit, such as "8h" or "90m"`
	case err != nil:
		return 0, `is no time such as "8h" or "1h30m"`
	case d < 0:
		return 0, "is negative"
	case d < low:
		return 0, "is too short"
	case d > high:
		return 0, "is too long"
	case d%time.Minute != 0:
		return 0, "is not in whole minutes"
	}
	return d, ""
}

// inWords formats a time as a person writes it: 8h, and not 8h0m0s.
func inWords(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// whole is a whole number.
func whole(low, high int, field func(*ward.Site) *int) kind {
	return kind{
		allowed: fmt.Sprintf("a whole number from %d to %d", low, high),
		get:     func(s *ward.Site) any { return *field(s) },
		set: func(s *ward.Site, v any) []refusal {
			switch n, ok := v.(int64); {
			case !ok:
				return refuse("this is %s", described(v))
			case n < int64(low):
				return refuse("%d is too small", n)
			case n > int64(high):
				return refuse("%d is too large", n)
			default:
				*field(s) = int(n)
			}
			return nil
		},
	}
}

// yesNo is true or false.
func yesNo(field func(*ward.Site) *bool) kind {
	return kind{
		allowed: "true or false, without quotes",
		get:     func(s *ward.Site) any { return *field(s) },
		set: func(s *ward.Site, v any) []refusal {
			b, ok := v.(bool)
			if !ok {
				return refuse("this is %s", described(v))
			}
			*field(s) = b
			return nil
		},
	}
}

// choice is one of a few words.
func choice(words []string, field func(*ward.Site) *string) kind {
	inQuotes := make([]string, len(words))
	for i, w := range words {
		inQuotes[i] = tomldoc.Quoted(w)
	}
	return kind{
		allowed: either(inQuotes, "or"),
		get:     func(s *ward.Site) any { return *field(s) },
		set: func(s *ward.Site, v any) []refusal {
			word, ok := v.(string)
			switch {
			case !ok:
				return refuse("this is %s", described(v))
			case !slices.Contains(words, word):
				return refuse("there is no %s", tomldoc.Quoted(word))
			}
			*field(s) = word
			return nil
		},
	}
}

// text is one line of text, which may be empty.
func text(most int, field func(*ward.Site) *string) kind {
	return kind{
		allowed: fmt.Sprintf(`one line of up to %d characters, "" for none`, most),
		get:     func(s *ward.Site) any { return *field(s) },
		set: func(s *ward.Site, v any) []refusal {
			line, wrong := cleanLine(v, most)
			if wrong != "" {
				return refuse("this %s", wrong)
			}
			*field(s) = line
			return nil
		},
	}
}

// folder is the absolute path of a folder, which may be empty.
func folder(most int, field func(*ward.Site) *string) kind {
	return kind{
		allowed: fmt.Sprintf(`a folder from / on, of up to %d characters, "" for none`, most),
		get:     func(s *ward.Site) any { return *field(s) },
		set: func(s *ward.Site, v any) []refusal {
			path, wrong := cleanLine(v, most)
			switch {
			case wrong != "":
				return refuse("this %s", wrong)
			case path != v:
				return refuse("this has blanks at an end, or two together")
			case path != "" && !filepath.IsAbs(path):
				return refuse("%s does not begin with /", tomldoc.Quoted(path))
			}
			*field(s) = path
			return nil
		},
	}
}

// list is low to high different lines of text, none of them empty. items is the
// plural of their name.
func list(low, high, most int, items string, field func(*ward.Site) *[]string) kind {
	return kind{
		allowed: listAllowed(low, high, most, items),
		get:     func(s *ward.Site) any { return *field(s) },
		set: func(s *ward.Site, v any) []refusal {
			lines, refused := parseList(low, high, most, v)
			if refused == nil {
				*field(s) = lines
			}
			return refused
		},
	}
}

func listAllowed(low, high, most int, items string) string {
	number := fmt.Sprintf("%d to %d", low, high)
	if low == high {
		number = strconv.Itoa(low)
	}
	return fmt.Sprintf("a list of %s different %s of up to %d characters each", number, items, most)
}

func parseList(low, high, most int, v any) (lines []string, refused []refusal) {
	items, ok := v.([]any)
	switch {
	case !ok:
		return nil, refuse("this is %s", described(v))
	case len(items) == 0:
		return nil, refuse("the list is empty")
	case len(items) > high:
		return nil, refuse("the list has %d", len(items))
	case len(items) < low:
		refused = refuse("the list has %d", len(items))
	}
	lines = make([]string, len(items))
	for i, item := range items {
		var wrong string
		lines[i], wrong = cleanLine(item, most)
		if wrong == "" && lines[i] == "" {
			wrong = "is empty"
		}
		if before := slices.Index(lines[:i], lines[i]); wrong == "" && before >= 0 {
			wrong = fmt.Sprintf("is the same as number %d", before+1)
		}
		if wrong != "" {
			refused = append(refused, refusal{i, fmt.Sprintf("number %d %s", i+1, wrong)})
		}
	}
	return lines, refused
}

// dayRanges is a list of intervals for ranges of days since infusion, such as
// "2 to 10: 4h". A range may be one day.
func dayRanges(low, high time.Duration, field func(*ward.Site) *[]ward.DayInterval) kind {
	return kind{
		allowed: fmt.Sprintf(`a list of up to %d such as "2 to 10: 4h", with days from %d to %d and times %s, [] for none`, mostRanges, firstDay, lastDay, fromTo(low, high)),
		get: func(s *ward.Site) any {
			list := []string{}
			for _, d := range *field(s) {
				list = append(list, fmt.Sprintf("%d to %d: %s", d.From, d.To, inWords(d.Every)))
			}
			return list
		},
		set: func(s *ward.Site, v any) (refused []refusal) {
			items, ok := v.([]any)
			switch {
			case !ok:
				return refuse("this is %s", described(v))
			case len(items) > mostRanges:
				return refuse("the list has %d", len(items))
			}
			var ranges []ward.DayInterval
			for i, item := range items {
				d, wrong := parseDayRange(item, low, high)
				for j, before := range ranges {
					if wrong == "" && before.Every > 0 && d.From <= before.To && before.From <= d.To {
						wrong = fmt.Sprintf("has days of number %d", j+1)
					}
				}
				if wrong != "" {
					refused = append(refused, refusal{i, fmt.Sprintf("number %d %s", i+1, wrong)})
				}
				ranges = append(ranges, d)
			}
			if refused == nil {
				*field(s) = ranges
			}
			return refused
		},
	}
}

// dayRange is the form of a range of days with its interval.
var dayRange = regexp.MustCompile(`^(-?\d{1,3})(?: to (-?\d{1,3}))?: ?(\S+)$`)

func parseDayRange(item any, low, high time.Duration) (d ward.DayInterval, wrong string) {
	text, wrong := cleanLine(item, mostWord)
	if wrong != "" {
		return d, wrong
	}
	parts := dayRange.FindStringSubmatch(text)
	if parts == nil {
		return d, fmt.Sprintf("is %s", tomldoc.Quoted(text))
	}
	d.From, _ = strconv.Atoi(parts[1]) // the pattern has digits only
	if d.To = d.From; parts[2] != "" {
		d.To, _ = strconv.Atoi(parts[2])
	}
	switch {
	case d.From > d.To:
		return d, "ends before it begins"
	case d.From < firstDay || d.To > lastDay:
		return d, "has days out of range"
	}
	if d.Every, wrong = parseDuration(parts[3], low, high); wrong != "" {
		return d, fmt.Sprintf("has a time that %s", wrong)
	}
	return d, ""
}

// cleanLine returns a text with its blanks normalized, as the record keeps it, or the reason
// that it is not valid. It refuses characters that steer a terminal or change the direction
// of a line, and does not drop them, because no person types them on purpose.
func cleanLine(v any, most int) (line, wrong string) {
	text, ok := v.(string)
	if !ok {
		return "", "is " + described(v)
	}
	for _, r := range text {
		switch {
		case r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
			return "", "has a line break in it"
		case unicode.IsControl(r), ward.CleanLine("a"+string(r)+"a") == "aa":
			return "", fmt.Sprintf("has a control character in it (U+%04X)", r)
		}
	}
	line = ward.CleanLine(text)
	if n := utf8.RuneCountInString(line); n > most {
		return "", fmt.Sprintf("has %d characters", n)
	}
	return line, ""
}

// described names the type of a value from the TOML library.
func described(v any) string {
	switch v.(type) {
	case string:
		return "a text in quotes"
	case int64:
		return "a whole number"
	case float64:
		return "a number with a point"
	case bool:
		return "true or false"
	case []any:
		return "a list"
	case map[string]any:
		return "a table"
	}
	return "a date or a time of day"
}

// either joins words with commas and, before the last, with "and" or "or".
func either(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	n := len(words) - 1
	return strings.Join(words[:n], ", ") + " " + last + " " + words[n]
}
