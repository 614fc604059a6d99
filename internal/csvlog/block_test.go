package csvlog

import (
	"io"
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
		text := sourceOfText(t, input)
		blocks, err := cut(text, header, 1)
		if err != nil {
			t.Fatal(err)
		}
		var s scanner
		for _, b := range blocks {
			s.reset(io.NewSectionReader(text, b.at, b.size), b.lines)
			got = append(got, scanRest(t, &s)...)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-the file +its blocks)\n%s", diff)
		}
	})
}

func sourceOfText(t *testing.T, text string) *Text {
	t.Helper()
	s, err := Open(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestBlocksKeepToTheirSize(t *testing.T) {
	row := "a,\"b\nc\"\n"
	blocks, err := cut(sourceOfText(t, "h\n"+strings.Repeat(row, 1000)), 1, 100)
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range blocks {
		if b.size < 100 && i < len(blocks)-1 || b.size >= 100+int64(len(row)) {
			t.Errorf("block %d has %d bytes", i, b.size)
		}
	}
	if len(blocks) < 50 {
		t.Errorf("%d blocks", len(blocks))
	}
}

// Blocks that are read at the same time come in the order of the file, and a caller that
// stops early leaves nothing running.
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
