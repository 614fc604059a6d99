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
	bar      int // index into the bars of Spark
}

func (l *level) label() string {
	if l.from == l.to {
		return strconv.Itoa(l.from)
	}
	return strconv.Itoa(l.from) + "-" + strconv.Itoa(l.to)
}

// The rows are one a score for ICE. CAPD has more scores than most screens have
// rows, so a row holds those that its label names; no row and no bar reaches over
// the edge of a grade.
var (
	levelsICE = []level{
		{10, 10, "grade 0", 7}, {9, 9, "grade 1", 6}, {8, 8, "", 5}, {7, 7, "", 4}, {6, 6, "grade 2", 3}, {5, 5, "", 3},
		{4, 4, "", 2}, {3, 3, "", 2}, {2, 2, "grade 3", 1}, {1, 1, "", 0}, {0, 0, "", 0},
	}
	levelsCAPD = []level{
		{0, 0, "grade 0", 7}, {1, 2, "grade 1", 6}, {3, 4, "", 5}, {5, 6, "", 4}, {7, 8, "", 4}, {9, 12, "grade 3", 3},
		{13, 16, "", 2}, {17, 20, "", 2}, {21, 24, "", 1}, {25, 28, "", 0}, {29, 32, "", 0},
	}
	levelsCAPDFine = func() (list []level) {
		for _, l := range levelsCAPD {
			for n := l.from; n <= l.to; n++ {
				list = append(list, level{n, n, l.band, l.bar})
				l.band = "" // it begins with the first
			}
		}
		return list
	}()
)

// fine asks levelsFor for one row a score.
const fine = math.MaxInt

// levelsFor returns the rows of a tool where there is room for so many.
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
