package plot

import (
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// Spark draws the grades of the time span before now in width cells: a digit, ? for
// an interval, × if no tool was done and there is no single grade; the worst check
// of each cell. A cell without a check is blank. checks are valid ones, in any order.
func Spark(checks []ward.Check, now time.Time, span time.Duration, width int) string {
	t := Trend{From: now.Add(-span), To: now}
	readings := make([]Reading, len(checks))
	for i := range checks {
		readings[i] = readingOf(&checks[i], icans.ICE)
	}
	var b strings.Builder
	for _, cell := range t.strip(readings, max(width, 0))[0].Cells {
		b.WriteRune(cell.Rune)
	}
	return b.String()
}
