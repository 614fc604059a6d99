package plot

import (
	"strings"
	"time"

	"neurocheck/internal/icans"
)

// The bars from the worst to the best score.
var (
	bars      = []rune("▁▂▃▄▅▆▇█")
	asciiBars = []rune("_.:-=+*#")
)

// Spark draws the readings of the time span before now in width cells: the
// higher the bar the better, for both tools (a low CAPD is a high bar); the worst
// reading of a cell is the one that is drawn, and no bar stands for two grades. A
// cell is × where there is no score, and also where a check without one had a more
// pressing flag than those with one; blank where nothing was recorded. A reading
// of which some items are missing counts at its worst.
func Spark(tool icans.Tool, readings []Reading, now time.Time, span time.Duration, width int) string {
	return spark(tool, readings, now, span, width, bars, '×')
}

// SparkASCII is [Spark] for a terminal that has only ASCII: _.:-=+*# from the
// worst to the best, and x.
func SparkASCII(tool icans.Tool, readings []Reading, now time.Time, span time.Duration, width int) string {
	return spark(tool, readings, now, span, width, asciiBars, 'x')
}

func spark(tool icans.Tool, readings []Reading, now time.Time, span time.Duration, width int, bars []rune, cross rune) string {
	type cell struct {
		bar                int
		scored, unscored   bool
		scoreFlag, notFlag icans.Flag // the most pressing of either
	}
	t := Trend{From: now.Add(-span), To: now}
	levels := levelsFor(tool, 0)
	cells := make([]cell, max(width, 0))
	for i := range readings {
		r := &readings[i]
		col, ok := t.column(r.At, width)
		if !ok {
			continue
		}
		at := &cells[col]
		if r.Unable || r.Low == 0 && r.High == tool.MaxScore() { // no item was scored
			at.unscored, at.notFlag = true, max(at.notFlag, r.Flag)
			continue
		}
		_, worst := r.rows(levels)
		if bar := levels[worst].bar; !at.scored || bar < at.bar {
			at.bar = bar
		}
		at.scored, at.scoreFlag = true, max(at.scoreFlag, r.Flag)
	}
	var b strings.Builder
	for _, at := range cells {
		switch {
		case at.unscored && (!at.scored || at.notFlag > at.scoreFlag):
			b.WriteRune(cross)
		case at.scored:
			b.WriteRune(bars[at.bar])
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}
