package report

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"neurocheck/internal/ward"
)

// Width is the number of cells of a line.
const Width = 78

// rule is a line across the page.
var rule = strings.Repeat("─", Width)

// leftToRight is an invisible mark: the text around it runs from left to right.
const leftToRight = "\u200e"

// glue is a blank at which no line ends. It leaves as an ordinary blank; text
// from the log holds none, because [ward.CleanLine] takes it for one.
const glue = "\u00a0"

func glued(s string) string { return strings.ReplaceAll(s, " ", glue) }

// loose lets the line end at every blank, for the narrow columns of a table.
func loose(s string) string { return strings.ReplaceAll(s, glue, " ") }

// clean makes text from the log fit for paper. It was cleaned on entry, and is again
// here. After letters that run from right to left comes a mark that the line goes on
// from left to right: otherwise the figures that follow would be drawn before them.
//
// An accent without a letter before it is left out: it would join the blank there
// and make that wider on some printers and narrower on others.
func clean(s string) string {
	blank := true
	s = strings.Map(func(r rune) rune {
		if blank && (unicode.In(r, unicode.Mn, unicode.Me) || r == '\u200d') {
			return -1
		}
		blank = r == ' '
		return r
	}, ward.CleanLine(s))
	if strings.ContainsFunc(s, rightToLeft) {
		s += leftToRight
	}
	return s
}

// name returns the name of a member of staff, kept on one line if it is short.
func name(s string) string {
	if s = clean(s); cells(s) > 24 {
		return s
	}
	return glued(s)
}

func rightToLeft(r rune) bool {
	return unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko, unicode.Adlam, unicode.Samaritan, unicode.Mandaic)
}

// cells returns the width of a line on the paper.
func cells(s string) int { return ansi.StringWidth(strings.ReplaceAll(s, glue, " ")) }

// fit cuts a line to w cells, and marks the cut.
func fit(s string, w int) string {
	cut := ansi.Truncate(s, w, "...")
	if cut != s && strings.ContainsFunc(cut, rightToLeft) {
		cut += leftToRight
	}
	return cut
}

// wrap breaks text into lines of at most [Width] cells, at blanks, and within a
// word only if the word alone is wider. The first line begins with first, the
// others with indent.
func wrap(first, indent, s string) []string {
	var lines []string
	line := first
	for i, word := range strings.Split(s, " ") {
		if i > 0 {
			if longer := line + " " + word; cells(longer) <= Width {
				line = longer
				continue
			}
			lines = append(lines, line)
			line = indent
		}
		for cells(line+word) > Width {
			head := ansi.Truncate(word, Width-cells(line), "")
			if head == "" {
				break // not even one letter has room
			}
			lines = append(lines, line+head)
			line, word = indent, word[len(head):]
		}
		line += word
	}
	return append(lines, line)
}
