package store

import (
	"strings"
	"testing"
)

// A head that is read is the given one, in small letters.
func FuzzParseHead(f *testing.F) {
	for _, seed := range []string{"", strings.Repeat("0", 64), strings.Repeat("aB3", 21) + "f", "93c6 ", "93c600112233445", "93c6001122334455", strings.Repeat("f", 65), "ü" + strings.Repeat("f", 20)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		head, err := ParseHead(text)
		if err != nil {
			return
		}
		if head != strings.ToLower(strings.TrimSpace(text)) || len(head) < 16 || len(head) > 64 || strings.Trim(head, "0123456789abcdef") != "" {
			t.Errorf("%q is read as %q", text, head)
		}
	})
}
