package kit

import (
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

func TestWrapKeepsWordsWhole(t *testing.T) {
	for _, c := range []struct {
		text string
		w    int
		want string
	}{
		{" unarousable", 11, "unarousable"},
		{"on day -1", 8, "on day|-1"},
		{"due 2026-11-30 at noon", 12, "due|2026-11-30|at noon"},
		{"take axi-cel", 9, "take axi-|cel"},
		{"a  very quiet child", 10, "a  very|quiet|child"},
		{"raised papilloedematous", 9, "raised|papilloed|ematous"},
		{"12\u00a0mg given", 6, "12\u00a0mg|given"},
		{"see \x1b[1mthe patient\x1b[m now", 11, "see \x1b[1mthe|patient\x1b[m now"},
		{"", 5, ""},
	} {
		if got := strings.Join(Measure{}.Wrap(c.text, c.w), "|"); got != c.want {
			t.Errorf("%q in %d: %q, want %q", c.text, c.w, got, c.want)
		}
	}
}

// No line is too long, no character that can be seen is lost, and no word is cut that fits a
// line.
func TestWrapOfAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom([]rune("abcé山–.▌  \u3000"))).Draw(t, "text")
		w := rapid.IntRange(2, 14).Draw(t, "width")
		m := Measure{Method: rapid.SampledFrom([]ansi.Method{ansi.WcWidth, ansi.GraphemeWidth}).Draw(t, "method")}
		lines := m.Wrap(s, w)
		for _, line := range lines {
			if m.Cells(line) > w {
				t.Errorf("%q is longer than %d", line, w)
			}
		}
		words := strings.Fields(strings.Join(lines, "\n"))
		if strings.Join(words, "") != strings.Join(strings.Fields(s), "") {
			t.Errorf("%q became %q", s, lines)
		}
		for _, word := range strings.Fields(s) {
			if m.Cells(word) <= w && !slices.Contains(words, word) {
				t.Errorf("%q is cut in %q", word, lines)
			}
		}
	})
}
