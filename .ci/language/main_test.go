package main

import (
	"slices"
	"strings"
	"testing"
)

const source = `// Package p is what the test reads.
package p

//go:generate where
// If it stands, somebody stands beside it.

/* where what */
const text = "// where" // Where a comment ends a line, what it says counts.

// T is who asks.
type T struct {
	// F are where the words come from.
	F int
}

// G is somewhat whatever, in hand.
func G() {}
`

func TestCount(t *testing.T) {
	var got tally
	if err := got.count("p.go", []byte(source)); err != nil {
		t.Fatal(err)
	}
	if got.lines != 6 {
		t.Errorf("%d comment lines, not 6", got.lines)
	}
	if want := [7]int{2, 2, 2, 1, 1, 1, 1}; got.uses != want { // in the order of limits
		t.Errorf("the words are used %v times, not %v", got.uses, want)
	}
	if want := []string{"p.go:1", "p.go:10", "p.go:12"}; !slices.Equal(got.riddles, want) {
		t.Errorf("doc comments without a noun: %v, not %v", got.riddles, want)
	}
}

func TestJudge(t *testing.T) {
	good := func(lines int) *tally { return &tally{lines: lines, uses: [7]int{6: lines}} }
	bad := func(lines int) *tally { return &tally{lines: lines, uses: [7]int{0: lines}} }
	for name, c := range map[string]struct {
		counts map[string]*tally
		listed map[string]string
		want   string // in the only problem, or empty
	}{
		"converted":              {map[string]*tally{"a": good(300)}, nil, ""},
		"fails":                  {map[string]*tally{"a": bad(300)}, nil, "a is not within the limits of where, if"},
		"listed":                 {map[string]*tally{"a": bad(300)}, map[string]string{"a": seeded}, ""},
		"listed and converted":   {map[string]*tally{"a": good(300)}, map[string]string{"a": seeded}, "remove it from the list"},
		"listed and gone":        {nil, map[string]string{"a": seeded}, "no Go files"},
		"listed later":           {map[string]*tally{"a": bad(300)}, map[string]string{"a": "2027-01-01"}, "only shrinks"},
		"small, even out":        {map[string]*tally{"a": {lines: 90, uses: [7]int{0: 2, 6: 9}}, "b": good(100)}, nil, ""},
		"small, fails together":  {map[string]*tally{"a": bad(90), "b": good(100)}, nil, "small packages"},
		"small, listed apart":    {map[string]*tally{"a": bad(90), "b": good(100)}, map[string]string{"a": seeded}, ""},
		"small, listed and good": {map[string]*tally{"a": bad(90), "b": good(10)}, map[string]string{"a": seeded, "b": seeded}, "b is within the limits"},
	} {
		_, problems := validate(c.counts, c.listed)
		if c.want == "" && len(problems) > 0 || c.want != "" && (len(problems) != 1 || !strings.Contains(problems[0], c.want)) {
			t.Errorf("%s: %q, not %q", name, problems, c.want)
		}
	}
}
