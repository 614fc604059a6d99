// Package hostile makes strings that are not only text: escape sequences, formulas,
// queries, markup, marks that reverse a line, invalid UTF-8. It is for tests of code that
// takes text from outside.
//
// Start with [Strings].
package hostile

import (
	"math/rand/v2"
	"strings"

	"neurocheck/internal/faults"
)

// Count returns the number of strings for a test: 10,000 in the long form, else few.
func Count(few int) int { return faults.Times(few, 10_000) }

// pieces are the parts of the strings; each is also a string of its own.
var pieces = []string{
	"", " ", "\t", "\n", "\r", "\r\n", "\v", "\f", "\x00", "\x07", "\x08", "\x7f", "\x1b",
	"\x1b[2J", "\x1b[31m", "\x1b[999;999H", "\x1b[?1049l", "\x1b]0;title\x07", "\x1b]52;c;ZXZpbA==\x07", "\x1b]8;;http://x\x1b\\", "\x1bP1$r\x1b\\", "\x1b_x\x1b\\", "\x1bc",
	"\u0080", "\u0085", "\u0090", "\u009b2J", "\u009d0;t\u009c", "\u2028", "\u2029",
	"\u202e", "\u202a", "\u2066", "\u2069", "\u200e", "\u200f", "\u061c", "\ufeff", "\u200b", "\u200d", "\u00ad",
	"שלום", "مرحبا", "山田", "👩‍👩‍👧‍👦", "🇵🇹", "é", "e\u0301\u0301\u0301\u0301\u0301\u0301", "ﷺ", "A̷̢͖", "\U000e0041", "\ufffe", "\uffff",
	"\xff", "\xc3\x28", "\xed\xa0\x80", "\xf8\x88\x80\x80\x80", "\xc0\xaf",
	"=HYPERLINK(\"http://x\")", "+1", "-1", "@SUM(A1)", "=1+1", "\t=1", "'", "\"", "\"\"", ",", ";", "a\"b", "a,b",
	"%s%n%d", "$1", "?1", "'; DROP TABLE ward; --", "\\", "../../etc/passwd", "/dev/null", "-", "--", "--help", "~", "*",
	"<script>alert(1)</script>", "{{.}}", "&amp;", "{\"a\":1}", "\\u0000", "0", "-0", "1e309", "NaN", "99999999999999999999", "2026-02-30", "2026-13-01T25:61:61Z", "00:00",
	"Sam Lee", "OKAFOR, Ada", "login root", "y", "n", "?",
}

// Strings returns count strings, the same ones if the seed is the same: first each piece,
// then pieces joined, some of them very long, up to a little over 1 MB.
func Strings(seed uint64, count int) []string {
	random := rand.New(rand.NewPCG(seed, 52))
	list := make([]string, 0, count)
	list = append(list, pieces[:min(count, len(pieces))]...)
	for len(list) < count {
		var b strings.Builder
		for range 1 + random.IntN(8) {
			switch p := pieces[random.IntN(len(pieces))]; random.IntN(30) {
			case 0:
				b.WriteString(strings.Repeat(p, random.IntN(300)))
			case 1: // bytes of any kind
				for range random.IntN(20) {
					b.WriteByte(byte(random.IntN(256)))
				}
			default:
				b.WriteString(p)
			}
		}
		list = append(list, b.String())
	}
	if count > len(pieces) {
		list[count-1] = strings.Repeat("\x1b[31m=long ", 1<<20/11)
	}
	return list
}
