package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"neurocheck/internal/ward"
)

// kind is what sort of value a setting takes, and where in the site it goes.
type kind struct {
	allowed string                                 // what it may be, in words
	get     func(*ward.Site) any                   // as TOML and JSON have it: string, int, bool or []string
	set     func(site *ward.Site, v any) []refusal // v is what the TOML library decoded
}

// refusal says why a value cannot stand.
type refusal struct {
	item int // of a list, from 0; -1 for the value as a whole
	what string
}

func refuse(format string, args ...any) []refusal {
	return []refusal{{-1, fmt.Sprintf(format, args...)}}
}

// duration is a time in whole minutes.
func duration(low, high time.Duration, field func(*ward.Site) *time.Duration) kind {
	allowed := fmt.Sprintf("a time from %q to %q", inWords(low), inWords(high))
	if high%day == 0 && high > day {
		allowed += fmt.Sprintf(" (%d days)", high/day)
	}
	return kind{
		allowed: allowed,
		get:     func(s *ward.Site) any { return inWords(*field(s)) },
		set: func(s *ward.Site, v any) []refusal {
			typed, ok := v.(string)
			if !ok {
				return refuse("this is %s", described(v))
			}
			switch d, err := time.ParseDuration(typed); {
			case err != nil:
				return refuse(`%s is no time such as "8h" or "1h30m"`, quoted(typed))
			case d < 0:
				return refuse("%s is negative", quoted(typed))
			case d < low:
				return refuse("%s is too short", quoted(typed))
			case d > high:
				return refuse("%s is too long", quoted(typed))
			case d%time.Minute != 0:
				return refuse("%s is not in whole minutes", quoted(typed))
			default:
				*field(s) = d
			}
			return nil
		},
	}
}

// inWords writes a time as a person does: 8h, and not 8h0m0s.
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
		inQuotes[i] = quoted(w)
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
				return refuse("there is no %s", quoted(word))
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
			line, what := cleanLine(v, most)
			if what != "" {
				return refuse("this %s", what)
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
			path, what := cleanLine(v, most)
			switch {
			case what != "":
				return refuse("this %s", what)
			case path != v:
				return refuse("this has blanks at an end, or two together")
			case path != "" && !filepath.IsAbs(path):
				return refuse("%s does not begin with /", quoted(path))
			}
			*field(s) = path
			return nil
		},
	}
}

// list is low to high different lines of text, none of them empty. What they are
// is said in the plural.
func list(low, high, most int, what string, field func(*ward.Site) *[]string) kind {
	number := fmt.Sprintf("%d to %d", low, high)
	if low == high {
		number = strconv.Itoa(low)
	}
	return kind{
		allowed: fmt.Sprintf("a list of %s different %s of up to %d characters each", number, what, most),
		get:     func(s *ward.Site) any { return *field(s) },
		set: func(s *ward.Site, v any) (refused []refusal) {
			items, ok := v.([]any)
			switch {
			case !ok:
				return refuse("this is %s", described(v))
			case len(items) == 0:
				return refuse("the list is empty")
			case len(items) > high:
				return refuse("the list has %d", len(items))
			case len(items) < low:
				refused = refuse("the list has %d", len(items))
			}
			lines := make([]string, len(items))
			for i, item := range items {
				var what string
				lines[i], what = cleanLine(item, most)
				if what == "" && lines[i] == "" {
					what = "is empty"
				}
				if before := slices.Index(lines[:i], lines[i]); what == "" && before >= 0 {
					what = fmt.Sprintf("is the same as number %d", before+1)
				}
				if what != "" {
					refused = append(refused, refusal{i, fmt.Sprintf("number %d %s", i+1, what)})
				}
			}
			if refused == nil {
				*field(s) = lines
			}
			return refused
		},
	}
}

// cleanLine returns a text as the record keeps it, with single blanks and none
// around it, or says what is wrong with it. Characters that steer a terminal or
// turn the direction of a line are refused rather than dropped: nobody types
// them on purpose.
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

// described says what the TOML library decoded.
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

// quoted is text from the file as an error shows it.
func quoted(text string) string { return strconv.Quote(cut(text)) }

// cut shortens text from the file to what an error can hold.
func cut(text string) string {
	const most = 60
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most]) + "…"
}

// either joins words with commas and, before the last, with "and" or "or".
func either(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	n := len(words) - 1
	return strings.Join(words[:n], ", ") + " " + last + " " + words[n]
}
