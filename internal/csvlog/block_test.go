package csvlog

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Blocks as short as can be hold the rows that the whole file holds, on the same
// lines.
func FuzzBlocksHoldTheRowsOfTheFile(f *testing.F) {
	for _, s := range csvSamples {
		f.Add("h\n" + s)
		f.Add("\ufeff\n\n\"h\nh\"\r\n" + s)
	}
	f.Add("h\n\"a\n\ufeff\"b,\"\"\n\ufeffc\n\"" + strings.Repeat("x,y\n", 1000))
	f.Fuzz(func(t *testing.T, input string) {
		whole := newScanner(strings.NewReader(input))
		if whole.next() != nil {
			return // such a file has no rows
		}
		header := whole.lines
		want := scanRest(t, whole)
		var got []scanned
		for _, b := range cut([]byte(input), header, 1) {
			got = append(got, scanRest(t, scannerOf(b))...)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-the file +its blocks)\n%s", diff)
		}
	})
}

func TestBlocksKeepToTheirSize(t *testing.T) {
	row := "a,\"b\nc\"\n"
	blocks := cut([]byte("h\n"+strings.Repeat(row, 1000)), 1, 100)
	for i, b := range blocks {
		if len(b.data) < 100 && i < len(blocks)-1 || len(b.data) >= 100+len(row) {
			t.Errorf("block %d has %d bytes", i, len(b.data))
		}
	}
	if len(blocks) < 50 {
		t.Errorf("%d blocks", len(blocks))
	}
}

// What is read in several places at a time comes in the order of the file, and
// whoever stops early leaves nothing running.
func TestInOrder(t *testing.T) {
	square := func(_, i int) int { return i * i }
	next := 0
	for got := range inOrder(1000, 4, square) {
		if got != next*next {
			t.Fatalf("%d came as number %d", got, next)
		}
		if next++; next == 700 {
			break
		}
	}
	if next != 700 {
		t.Errorf("%d came", next)
	}
	for range inOrder(0, 4, square) {
		t.Error("something came of nothing")
	}
}
