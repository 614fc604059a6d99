package ward

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// CleanLine makes text from outside fit for one line of the record and of a
// screen: no control characters, no invisible direction marks, no invalid
// UTF-8, single blanks, none around it. Letters of every script stay as they
// are.
func CleanLine(s string) string {
	if plainLine(s) {
		return s
	}
	return strings.Join(strings.FieldsFunc(dropUnsafe(s), unicode.IsSpace), " ")
}

// CleanText is [CleanLine] for text of several lines: line breaks and tabs stay.
func CleanText(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.TrimSpace(dropUnsafe(s))
}

// plainLine finds, without copying, that a line is clean as it stands.
func plainLine(s string) bool {
	blank := true // so that a leading blank is found
	for _, r := range s {
		switch {
		case r > ' ' && r <= '~':
		case r == ' ' && !blank:
		case r == ' ', unicode.IsSpace(r), isUnsafe(r), r == utf8.RuneError:
			return false
		}
		blank = r == ' '
	}
	return !blank || s == ""
}

func dropUnsafe(s string) string {
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case r == '\r', r == '\v', r == '\f', r == '\u0085', r == '\u2028', r == '\u2029':
			return '\n'
		case isUnsafe(r):
			return -1
		}
		return r
	}, s)
}

// isUnsafe finds what no text may hold, line breaks and tabs among it.
func isUnsafe(r rune) bool { return unicode.IsControl(r) || isDirectionMark(r) || r == '\ufeff' }

// isDirectionMark finds the marks that can make a line read in another order
// than it is kept.
func isDirectionMark(r rune) bool {
	return r == '\u061c' || r == '\u200e' || r == '\u200f' ||
		r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}
