package csvlog

import (
	"regexp"
	"testing"

	"pgregory.net/rapid"
)

// A whole number may have zeros before it and after a point or a comma, and nothing else.
func TestAWholeNumberLosesItsZeros(t *testing.T) {
	form := regexp.MustCompile(`^0*([0-9]+)(?:[.,]0+)?$`)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[0-9.,x -]{0,6}|0{0,3}[0-9]{0,3}[.,]?0{0,3}`).Draw(t, "text")
		want := text
		if m := form.FindStringSubmatch(text); m != nil {
			want = m[1]
		}
		if got := wholeNumber(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	})
}
