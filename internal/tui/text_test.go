package tui

import (
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"neurocheck/internal/faults/hostile"
)

// What is counted the short way is what a terminal counts, of either kind.
func TestSimpleCells(t *testing.T) {
	counted := 0
	count := func(s string) {
		t.Helper()
		n, known := simpleCells(s)
		if !known {
			return
		}
		counted++
		for _, method := range []ansi.Method{ansi.WcWidth, ansi.GraphemeWidth} {
			if want := method.StringWidth(s); n != want {
				t.Errorf("%q takes %d cells, not %d", s, want, n)
			}
		}
	}
	for r := range rune(unicode.MaxRune) {
		count(string(r))
		count("a" + string(r) + "b")
	}
	for _, s := range hostile.Strings(7, hostile.Count(2000)) {
		count(s)
		count(s + "x")
		count("\x1b[1;31m" + s + "\x1b[m")
	}
	for _, s := range []string{"\x1b", "\x1b[", "\x1b[1", "\x1b[1;38:2", "\x1b]8;;x\x07", "\x1b[2J", "é", "e\u0301", "‼\ufe0f", "\x9bm", "\xff"} {
		count(s)
	}
	if counted < 500 {
		t.Errorf("%d were counted so", counted)
	}
}
