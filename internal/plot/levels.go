package plot

import (
	"math"
	"strconv"

	"neurocheck/internal/icans"
)

// level is a row of scores, from best to worst.
type level struct {
	from, to int // scores
	band     string
}

func (l *level) label() string {
	if l.from == l.to {
		return strconv.Itoa(l.from)
	}
	return strconv.Itoa(l.from) + "-" + strconv.Itoa(l.to)
}

// ICE has one row a score. CAPD has more scores than most screens have rows, so a
// row holds the scores that its label names; no row crosses the edge of a band.
// Bands are named by score, because the score alone does not make the grade.
var (
	levelsICE = []level{
		{10, 10, "ICE 10"}, {9, 9, "ICE 7-9"}, {8, 8, ""}, {7, 7, ""}, {6, 6, "ICE 3-6"}, {5, 5, ""},
		{4, 4, ""}, {3, 3, ""}, {2, 2, "ICE 0-2"}, {1, 1, ""}, {0, 0, ""},
	}
	levelsCAPD = []level{
		{0, 0, "CAPD 0"}, {1, 2, "CAPD 1-8"}, {3, 4, ""}, {5, 6, ""}, {7, 8, ""}, {9, 12, "CAPD 9+"},
		{13, 16, ""}, {17, 20, ""}, {21, 24, ""}, {25, 28, ""}, {29, 32, ""},
	}
	levelsCAPDFine = func() (list []level) {
		for _, l := range levelsCAPD {
			for n := l.from; n <= l.to; n++ {
				list = append(list, level{n, n, l.band})
				l.band = "" // it begins with the first
			}
		}
		return list
	}()
)

// allRows asks levelsFor for one row a score.
const allRows = math.MaxInt

// levelsFor returns the rows of a tool if there is room for that many.
func levelsFor(tool icans.Tool, room int) []level {
	switch {
	case tool != icans.CAPD:
		return levelsICE
	case room >= len(levelsCAPDFine):
		return levelsCAPDFine
	}
	return levelsCAPD
}

// rowOf returns the row of a score; rows grow downwards, from well to ill.
func rowOf(levels []level, score int) int {
	for i, l := range levels {
		if score >= l.from && score <= l.to {
			return i
		}
	}
	return len(levels) - 1
}
