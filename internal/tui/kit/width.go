package kit

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Measure counts, cuts and wraps text in the cells of one terminal. The zero value
// counts the runes of a cluster one by one, as most terminals do.
type Measure struct {
	Method ansi.Method
}

// Cells returns the number of cells that a line takes. Styling takes none.
func (m Measure) Cells(s string) int {
	if n, known := simpleCells(s); known {
		return n
	}
	return m.Method.StringWidth(s)
}

// Fit cuts a line to w cells and ends it with an ellipsis if something is lost.
func (m Measure) Fit(s string, w int) string { return m.cut(s, w, "…") }

// Cut cuts a line to w cells without a sign.
func (m Measure) Cut(s string, w int) string { return m.cut(s, w, "") }

// cut cuts a line by the same count that measures it. The library's own cut gives some marks
// no width that take a cell, such as vowel signs, and returns too much then.
func (m Measure) cut(s string, w int, tail string) string {
	w = max(w, 0)
	if n, known := simpleCells(s); known && n <= w {
		return s
	}
	if short := m.Method.Truncate(s, w, tail); m.Cells(short) <= w {
		return short
	}
	var line strings.Builder
	full := false
	for state, room := byte(0), w-m.Cells(tail); s != ""; {
		part, width, n, next := ansi.DecodeSequence(s, state, nil)
		switch {
		case width == 0 && strings.HasPrefix(part, "\x1b"): // styling takes no cell
			line.WriteString(part)
		case !full && m.Cells(line.String()+part) <= room:
			line.WriteString(part)
		case !full:
			full = true
			line.WriteString(tail)
		}
		s, state = s[n:], next
	}
	return line.String()
}

// Pad fills a line with blanks up to w cells. A longer line is cut with an ellipsis.
func (m Measure) Pad(s string, w int) string {
	s = m.Fit(s, w)
	return s + strings.Repeat(" ", max(0, w-m.Cells(s)))
}

// Hang wraps text and indents each line but the first by indent cells.
func (m Measure) Hang(s string, w, indent int) []string {
	if m.Cells(s) <= w {
		return []string{s}
	}
	lines := m.Wrap(s, w-indent)
	for i := 1; i < len(lines); i++ {
		lines[i] = strings.Repeat(" ", indent) + lines[i]
	}
	return lines
}

// simpleCells counts a line that holds only styling and characters that take one cell
// on every terminal: ASCII, Latin letters and the marks of this program. Nearly every
// line is of this kind, and counting it so costs a tenth of the search for clusters.
func simpleCells(s string) (n int, known bool) {
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case ' ' <= c && c <= '~':
			i++
			n++
		case c == ansi.ESC:
			end := i + 2
			for end < len(s) && (s[end] >= '0' && s[end] <= '9' || s[end] == ';' || s[end] == ':') {
				end++
			}
			if end >= len(s) || s[i+1] != '[' || s[end] != 'm' {
				return 0, false
			}
			i = end + 1
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if _, mark := asciiFor[r]; !mark && (r < 'À' || r > 'ɏ') {
				return 0, false
			}
			i += size
			n++
		}
	}
	return n, true
}

// Plain makes text of a record safe to draw on one line: it removes styling, control
// characters and invisible format characters, and joins lines with a blank.
func Plain(s string) string {
	if _, known := simpleCells(s); known && !strings.ContainsRune(s, ansi.ESC) {
		return s
	}
	s = Clean(ansi.Strip(s))
	return strings.ReplaceAll(strings.ReplaceAll(s, "\n", " "), "\t", " ")
}

// Clean drops the characters that no text may hold: control characters but line breaks
// and tabs, invisible format characters, and bytes that are no UTF-8. Line breaks of
// every kind become \n. Blanks stay, so that it can be used on each key.
func Clean(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case r == '\r', r == '\v', r == '\f', r == '\u0085', r == '\u2028', r == '\u2029':
			return '\n'
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == '\u034f', r == utf8.RuneError,
			r >= '\U000e0000' && r <= '\U000e007f':
			return -1
		}
		return r
	}, s)
}
