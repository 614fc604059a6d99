package kit

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Wrap breaks text into lines of at most w cells, at blanks and after the hyphens between
// letters. It cuts a word only if the word is longer than a line, and never drops a
// character that can be seen.
//
// It does not use the library's wrap, because that one cuts a word that fits a line if a
// blank begins the text, and parts a sign from its figure, as in day -1.
func (m Measure) Wrap(s string, w int) []string {
	w = max(w, 1)
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		if m.Cells(line) <= w {
			lines = append(lines, line)
			continue
		}
		lines = append(lines, m.wrapLine(line, w)...)
	}
	return lines
}

// wrapLine fills each line with the words that fit. The blanks at a break are dropped.
func (m Measure) wrapLine(s string, w int) (lines []string) {
	line := ""
	for s != "" {
		blanks, word := nextWord(s)
		s = s[len(blanks)+len(word):]
		if longer := line + blanks + word; m.Cells(longer) <= w {
			line = longer
			continue
		}
		if strings.TrimSpace(line) != "" {
			lines = append(lines, line)
		}
		pieces := m.pieces(word, w)
		last := len(pieces) - 1
		lines = append(lines, pieces[:last]...)
		line = pieces[last]
	}
	if strings.TrimSpace(line) != "" {
		lines = append(lines, line)
	}
	return lines
}

// nextWord returns the blanks that s begins with, and the word after them up to the next
// place for a break.
func nextWord(s string) (blanks, word string) {
	start := strings.IndexFunc(s, func(r rune) bool { return !breaks(r) })
	if start < 0 {
		return s, ""
	}
	rest := s[start:]
	var before rune
	for i, r := range rest {
		if breaks(r) {
			return s[:start], rest[:i]
		}
		if after, _ := utf8.DecodeRuneInString(rest[i+utf8.RuneLen(r):]); r == '-' && unicode.IsLetter(before) && unicode.IsLetter(after) {
			return s[:start], rest[:i+1]
		}
		before = r
	}
	return s[:start], rest
}

func breaks(r rune) bool {
	return unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f'
}

// pieces cuts a word that is longer than a line.
func (m Measure) pieces(word string, w int) []string {
	if m.Cells(word) <= w {
		return []string{word}
	}
	var pieces []string
	piece := ""
	for state := byte(0); word != ""; {
		part, _, n, next := ansi.DecodeSequence(word, state, nil)
		if piece != "" && m.Cells(piece+part) > w {
			pieces, piece = append(pieces, piece), ""
		}
		piece += part
		word, state = word[n:], next
	}
	return append(pieces, piece)
}
