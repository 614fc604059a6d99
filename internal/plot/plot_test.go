package plot

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"
	"pgregory.net/rapid"

	"neurocheck/internal/icans"
)

var (
	now    = time.Date(2026, 3, 30, 2, 10, 0, 0, time.UTC) // the night after Lisbon's clocks went on
	lisbon = func() *time.Location {
		zone, err := time.LoadLocation("Europe/Lisbon")
		if err != nil {
			panic(err)
		}
		return zone
	}()
)

// at is a complete reading, with the next check due eight hours after it.
func at(ago time.Duration, score int) Reading {
	when := now.Add(-ago)
	return Reading{ID: when.String() + fmt.Sprint(score), At: when, Due: when.Add(8 * time.Hour), Low: score, High: score}
}

func text(c Chart) []byte {
	var b strings.Builder
	for _, row := range c.Rows {
		fmt.Fprintf(&b, "%7s ", row.Label)
		for _, cell := range row.Cells {
			b.WriteRune(cell.Rune)
		}
		b.WriteString("| " + row.Band + "\n")
	}
	fmt.Fprintf(&b, "cursor %d\n", c.Cursor)
	return []byte(b.String())
}

const h = time.Hour

func TestLayout(t *testing.T) {
	unable := at(5*h, 0)
	unable.Unable, unable.Low, unable.High = true, 0, 10
	part := at(9*h, 6)
	part.High = 8
	sign := func(r Reading, writing, tremor icans.Severity) Reading {
		r.Handwriting, r.Tremor = writing, tremor
		return r
	}
	for name, trend := range map[string]Trend{
		"empty":    {Tool: icans.ICE},
		"one":      {Tool: icans.ICE, Readings: []Reading{at(3*h, 10)}},
		"normal":   {Tool: icans.ICE, Baseline: icans.Scored(10), Readings: []Reading{at(49*h, 10), at(41*h, 10), at(33*h, 10), at(25*h, 10), at(17*h, 10), at(9*h, 10), at(h, 10)}},
		"slip":     {Tool: icans.ICE, Baseline: icans.Scored(10), Readings: []Reading{at(50*h, 10), at(42*h, 10), sign(at(34*h, 10), icans.Mild, 0), sign(at(26*h, 8), icans.Moderate, icans.Mild), at(22*h, 5), at(20*h, 2), at(16*h, 6), at(10*h, 9), at(2*h, 10)}},
		"gap":      {Tool: icans.ICE, Readings: []Reading{at(60*h, 10), at(52*h, 9), at(10*h, 7), at(3*h, 8)}},
		"crowded":  {Tool: icans.ICE, Readings: []Reading{at(20*h, 10), at(20*h+5*time.Minute, 3), at(20*h+9*time.Minute, 7), at(2*h, 9)}},
		"untested": {Tool: icans.ICE, Readings: []Reading{at(20*h, 10), part, unable, at(h, 9)}},
		"capd":     {Tool: icans.CAPD, Baseline: icans.Scored(0), Readings: []Reading{at(40*h, 0), at(32*h, 2), at(24*h, 6), at(18*h, 9), at(12*h, 21), at(6*h, 32), at(h, 4)}},
		"events": {Tool: icans.ICE, Readings: []Reading{at(20*h, 8)}, Infusion: now.Add(-60 * h),
			Events: []Event{{now.Add(-30 * h), 'D'}, {now.Add(-30*h + time.Minute), 'T'}, {now.Add(-12 * h), 'E'}, {now.Add(-99 * h), 'X'}}},
		"cursor": {Tool: icans.ICE, Readings: []Reading{at(20*h, 8), at(4*h, 9)}, Cursor: at(20*h, 8).ID},
	} {
		t.Run(name, func(t *testing.T) {
			trend.From, trend.To, trend.Now, trend.Zone = now.Add(-72*h), now, now, lisbon
			golden.RequireEqual(t, text(Layout(trend, 64)))
		})
	}
}

func TestSpark(t *testing.T) {
	unable := at(20*h, 0)
	unable.Unable = true
	for _, c := range []struct {
		tool     icans.Tool
		readings []Reading
		want     string
	}{
		{icans.ICE, nil, "      "},
		{icans.ICE, []Reading{at(47*h, 10), at(30*h, 5), at(3*h, 0)}, "█ ▄  ▁"},
		{icans.ICE, []Reading{at(47*h, 10), at(46*h, 0), unable}, "▁  ×  "},
		{icans.CAPD, []Reading{at(47*h, 0), at(20*h, 9), at(3*h, 32)}, "█  ▄ ▁"},
	} {
		if got := Spark(c.tool, c.readings, now, 48*h, 6); got != c.want {
			t.Errorf("%q, not %q", got, c.want)
		}
	}
}

// anyTrend draws a trend of anything.
func anyTrend(t *rapid.T) (Trend, int) {
	trend := Trend{Tool: rapid.SampledFrom([]icans.Tool{icans.ICE, icans.CAPD}).Draw(t, "tool"), Now: now, To: now, Zone: lisbon}
	trend.From = now.Add(-time.Duration(rapid.IntRange(1, 60*24*30).Draw(t, "minutes")) * time.Minute)
	for i := range rapid.IntRange(0, 30).Draw(t, "readings") {
		r := at(time.Duration(rapid.IntRange(-600, 60*24*35).Draw(t, "ago"))*time.Minute, 0)
		r.ID = fmt.Sprint(i)
		r.Low = rapid.IntRange(0, trend.Tool.MaxScore()).Draw(t, "low")
		r.High = rapid.OneOf(rapid.Just(r.Low), rapid.IntRange(r.Low, trend.Tool.MaxScore())).Draw(t, "high")
		r.Due = r.At.Add(time.Duration(rapid.IntRange(0, 600).Draw(t, "due")) * time.Minute)
		r.Unable = rapid.IntRange(0, 5).Draw(t, "unable") == 0
		trend.Readings = append(trend.Readings, r)
	}
	if rapid.Bool().Draw(t, "baseline") {
		trend.Baseline = icans.Scored(trend.Tool.MaxScore() / 3)
	}
	return trend, rapid.IntRange(1, 150).Draw(t, "width")
}

// No mark is ever lost, moved or averaged, and none is drawn that nobody made.
func TestEveryReadingHasItsMark(t *testing.T) { rapid.Check(t, everyReadingHasItsMark) }

func FuzzLayout(f *testing.F) { f.Fuzz(rapid.MakeFuzz(everyReadingHasItsMark)) }

func everyReadingHasItsMark(t *rapid.T) {
	trend, width := anyTrend(t)
	chart := Layout(trend, width)
	levels := levelsOf(trend.Tool)
	want := make(map[[2]int]bool) // row and column of marks
	worst := make(map[int]int)
	for _, r := range trend.Readings {
		if r.At.Before(trend.From) || r.At.After(trend.To) {
			continue
		}
		share := float64(r.At.Sub(trend.From)) / float64(trend.To.Sub(trend.From))
		col := min(int(share*float64(width)), width-1)
		if r.Unable {
			if k := chart.Rows[len(levels)].Cells[col].Kind; k != UnableMark {
				t.Fatalf("a check that could not be done has no × in column %d", col)
			}
			continue
		}
		for _, score := range []int{r.Low, r.High} {
			row := rowOf(levels, score)
			if l := levels[row]; score < l.from || score > l.to {
				t.Fatalf("%d stands in the row of %d to %d", score, l.from, l.to)
			}
			want[[2]int{row, col}] = true
			if w, ok := worst[col]; !ok || row > w {
				worst[col] = row
			}
		}
	}
	for row := range levels {
		if n := len(chart.Rows[row].Cells); n != width {
			t.Fatalf("a row is %d cells wide, not %d", n, width)
		}
		for col, cell := range chart.Rows[row].Cells {
			mark := cell.Kind == Mark || cell.Kind == WorstMark || cell.Kind == EndMark
			if mark != want[[2]int{row, col}] {
				t.Fatalf("row %d, column %d: %q", row, col, cell.Rune)
			}
			if cell.Kind == WorstMark && worst[col] != row || cell.Kind == Mark && worst[col] == row {
				t.Fatalf("the worst of column %d is not the one that is told apart", col)
			}
			if cell.Kind == Held && !heldBySomebody(&trend, row, col, width) {
				t.Fatalf("row %d, column %d: a level that nobody holds", row, col)
			}
		}
	}
}

// heldBySomebody reports whether a reading of that row was made before that
// column, with the next check not due, and no other reading made, before it
// begins.
func heldBySomebody(t *Trend, row, col, width int) bool {
	begins := t.From.Add(time.Duration(float64(t.To.Sub(t.From)) * float64(col) / float64(width)))
	begins = begins.Add(-time.Second) // for what rounding does
	for _, r := range t.Readings {
		if r.Unable || r.Low != r.High || rowOf(levelsOf(t.Tool), r.Low) != row || r.At.After(begins.Add(2*time.Second)) || r.Due.Before(begins) {
			continue
		}
		held := true
		for _, other := range t.Readings {
			if other.At.After(r.At) && other.At.Before(begins) {
				held = false
			}
		}
		if held {
			return true
		}
	}
	return false
}
