package plot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"neurocheck/internal/icans"
)

const h = time.Hour

var (
	now    = time.Date(2026, 3, 30, 2, 10, 0, 0, time.UTC) // the night after Lisbon's clocks went on
	lisbon = zone("Europe/Lisbon")
)

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

// at is a complete reading of ICE, with the next check due eight hours after it.
func at(ago time.Duration, score int) Reading {
	when := now.Add(-ago)
	r := Reading{ID: when.String() + fmt.Sprint(score), At: when, Due: when.Add(8 * h), Scored: true, Low: score, High: score, Shape: ByScore}
	return graded(r, band(icans.ICE, score), band(icans.ICE, score), icans.DomainScore)
}

// graded is a reading with that grade.
func graded(r Reading, low, high int, from icans.Domains) Reading {
	r.GradeLow, r.GradeHigh, r.Floor, r.Drivers = low, high, low, from
	if low == 0 {
		r.Drivers = 0
	}
	return r
}

// other is a reading whose grade another domain made.
func other(r Reading, grade int, from icans.Domains) Reading {
	r.Shape = ByOther
	return graded(r, grade, grade, from)
}

// capdAt is a complete reading of CAPD.
func capdAt(ago time.Duration, score int) Reading {
	return graded(at(ago, score), band(icans.CAPD, score), band(icans.CAPD, score), icans.DomainScore)
}

// band is the grade of a score.
func band(tool icans.Tool, score int) int {
	switch {
	case tool == icans.CAPD && score >= 9:
		return 3
	case tool == icans.CAPD:
		return min(score, 1)
	case score == 10:
		return 0
	case score >= 7:
		return 1
	case score >= 3:
		return 2
	}
	return 3
}

// part is an unfinished reading, which makes a check due in an hour.
func part(ago time.Duration, low, high int) Reading {
	r := graded(at(ago, low), band(icans.ICE, high), band(icans.ICE, low), icans.DomainScore)
	r.High, r.Due, r.Flag, r.Shape = high, r.At.Add(h), icans.FlagIncomplete, Unsure
	return r
}

// unable is a check that could not be done.
func unable(ago time.Duration, flag icans.Flag) Reading {
	r := graded(part(ago, 0, 10), 0, 4, 0)
	r.Scored, r.NotDone, r.Flag = false, true, flag
	return r
}

func due(r Reading, in time.Duration) Reading {
	r.Due = r.At.Add(in)
	return r
}

func signs(r Reading, writing, tremor icans.Severity) Reading {
	r.Signs[icans.Handwriting], r.Signs[icans.Tremor] = writing, tremor
	return r
}

// hollow is a reading whose score may have another cause.
func hollow(r Reading, low, high int) Reading {
	r.Shape = Unsure
	return graded(r, low, high, 0)
}

func crs(r Reading, grade int) Reading {
	r.CRS = icans.Scored(grade)
	return r
}

// text is a chart with its edges and its cursor.
func text(c Chart) []byte {
	lines := c.Lines()
	if c.Cursor >= 0 {
		lines = append(lines, strings.Repeat(" ", LabelWidth+c.Cursor)+"^")
	}
	return []byte(strings.Join(lines, "\n") + "\n")
}

func cells(r Row) string {
	var b strings.Builder
	for _, cell := range r.Cells {
		b.WriteRune(cell.Rune)
	}
	return b.String()
}

// rowOfLabel is the row with that label.
func rowOfLabel(t *testing.T, c Chart, label string) Row {
	t.Helper()
	i := slices.IndexFunc(c.Rows, func(r Row) bool { return r.Label == label })
	if i < 0 {
		t.Fatalf("no row %q", label)
	}
	return c.Rows[i]
}

// count is the number of cells of a kind in a row.
func count(r Row, k Kind) (n int) {
	for _, cell := range r.Cells {
		if cell.Kind == k {
			n++
		}
	}
	return n
}

func TestLayout(t *testing.T) {
	ten, none := icans.Scored(10), icans.Scored(0)
	infused := now.Add(-60 * h)
	slip := []Reading{
		at(70*h, 10), at(62*h, 10), at(54*h, 10), at(46*h, 10), due(signs(at(38*h, 10), icans.Mild, 0), 8*h),
		due(signs(at(30*h, 8), icans.Moderate, icans.Mild), 4*h), due(signs(at(26*h, 5), icans.Severe, icans.Mild), 2*h),
		due(at(24*h, 2), h), due(at(23*h, 2), h), due(at(22*h, 4), 2*h), due(at(20*h, 6), 2*h), due(at(18*h, 8), 4*h),
		due(signs(at(14*h, 9), icans.Mild, 0), 4*h), at(10*h, 10), at(2*h, 10),
	}
	capd := []Reading{capdAt(40*h, 0), due(capdAt(32*h, 2), 4*h), due(capdAt(28*h, 6), 4*h), due(capdAt(24*h, 9), h), due(capdAt(23*h, 21), h), due(capdAt(22*h, 32), h), due(capdAt(20*h, 8), 4*h), due(capdAt(16*h, 4), 4*h), capdAt(8*h, 0)}
	for name, trend := range map[string]Trend{
		"empty":  {Tool: icans.ICE, Baseline: ten, Infusion: infused},
		"one":    {Tool: icans.ICE, Readings: []Reading{at(3*h, 10)}},
		"normal": {Tool: icans.ICE, Baseline: ten, Infusion: infused, Readings: []Reading{at(73*h, 10), at(65*h, 10), at(57*h, 10), at(49*h, 10), at(41*h, 10), at(33*h, 10), at(25*h, 10), at(17*h, 10), at(9*h, 10), at(h, 10)}},
		"slip": {Tool: icans.ICE, Baseline: ten, Infusion: infused, Readings: slip,
			Events: []Event{{now.Add(-31 * h), '"'}, {now.Add(-25 * h), 'D'}, {now.Add(-24 * h), 'E'}}},
		"gap":        {Tool: icans.ICE, Baseline: ten, Readings: []Reading{at(64*h, 10), at(56*h, 10), at(12*h, 10), at(4*h, 10)}},
		"late":       {Tool: icans.ICE, Baseline: ten, Readings: []Reading{at(44*h, 10), due(at(36*h, 8), 4*h)}},
		"crowded":    {Tool: icans.ICE, Readings: []Reading{at(20*h, 10), at(20*h+5*time.Minute, 3), at(20*h+9*time.Minute, 7), at(2*h, 9)}},
		"untested":   {Tool: icans.ICE, Readings: []Reading{at(44*h, 10), unable(36*h, icans.FlagIncomplete), unable(35*h, icans.FlagIncomplete), at(34*h, 9), unable(5*h, icans.FlagUrgent)}},
		"incomplete": {Tool: icans.ICE, Readings: []Reading{at(20*h, 10), part(12*h, 6, 8), part(11*h, 9, 10), part(5*h, 0, 10), at(4*h, 9)}},
		"capd":       {Tool: icans.CAPD, Baseline: none, Readings: capd},
		"capd_fine":  {Tool: icans.CAPD, Baseline: none, Readings: capd, Height: 36},
		"events": {Tool: icans.ICE, Readings: []Reading{at(20*h, 8)}, Infusion: infused,
			Events: []Event{{now.Add(-30 * h), 'D'}, {now.Add(-30*h + time.Minute), 'T'}, {now.Add(-12 * h), 'E'}, {now.Add(-99 * h), 'X'}}},
		"domains": {Tool: icans.ICE, Readings: []Reading{
			at(60*h, 10), other(at(50*h, 10), 1, icans.DomainConsciousness), other(at(40*h, 8), 4, icans.DomainConsciousness|icans.DomainICP),
			graded(unable(30*h, icans.FlagUrgent), 4, 4, icans.DomainConsciousness), hollow(at(20*h, 5), 0, 2),
			other(at(10*h, 2), 3, icans.DomainScore|icans.DomainSeizure), other(at(9*h, 2), 4, icans.DomainMotor|icans.DomainICP),
		}},
		"signs":    {Tool: icans.ICE, Height: 40, Readings: []Reading{crs(signs(at(20*h, 10), icans.Mild, 0), 0), crs(signs(at(10*h, 10), icans.Severe, icans.Moderate), 2)}},
		"cursor":   {Tool: icans.ICE, Readings: []Reading{at(20*h, 8), at(4*h, 9)}, Cursor: at(20*h, 8).ID},
		"baseline": {Tool: icans.ICE, Baseline: icans.Scored(8), Readings: []Reading{at(40*h, 8), at(32*h, 9), at(24*h, 8), due(at(16*h, 6), 2*h)}},
		"month":    {Tool: icans.ICE, From: now.Add(-30 * 24 * h), Infusion: now.Add(-27 * 24 * h), Readings: slip},
		"santiago": {Tool: icans.ICE, Zone: zone("America/Santiago"), From: time.Date(2026, 9, 4, 12, 0, 0, 0, time.UTC),
			To: time.Date(2026, 9, 8, 12, 0, 0, 0, time.UTC), Infusion: time.Date(2026, 9, 4, 15, 0, 0, 0, time.UTC)},
	} {
		for _, width := range []int{60, 120} {
			t.Run(fmt.Sprintf("%s/%d", name, width), func(t *testing.T) {
				if trend.From.IsZero() {
					trend.From = now.Add(-72 * h)
				}
				if trend.To.IsZero() {
					trend.To = now
				}
				trend.Now = trend.To
				if trend.Zone == nil {
					trend.Zone = lisbon
				}
				golden.RequireEqual(t, text(Layout(trend, width-LabelWidth-BandWidth)))
			})
		}
	}
}

// A window that begins between two checks begins with the level of the first.
func TestLevelIsHeldIntoTheWindow(t *testing.T) {
	trend := Trend{Tool: icans.ICE, From: now.Add(-24 * h), To: now, Now: now, Zone: lisbon, Readings: []Reading{at(26*h, 9)}}
	row := rowOfLabel(t, Layout(trend, 24), "9")
	if got := cells(row)[:len("━━━━━━")]; got != "━━━━━━" || count(row, Held) != 6 {
		t.Errorf("held for two of eight hours outside, six within: %q", cells(row))
	}
}

// A gap that begins with a column begins in it.
func TestLevelEndsWhenTheNextCheckWasDue(t *testing.T) {
	trend := Trend{Tool: icans.ICE, From: now.Add(-24 * h), To: now, Now: now, Zone: lisbon, Readings: []Reading{at(20*h, 9)}}
	if row := rowOfLabel(t, Layout(trend, 24), "9"); count(row, Held) != 7 {
		t.Errorf("a mark and seven columns are eight hours: %q", cells(row))
	}
	trend.Readings[0].Due = time.Time{}
	if row := rowOfLabel(t, Layout(trend, 24), "9"); count(row, Held) != 0 {
		t.Errorf("held until nobody said when: %q", cells(row))
	}
}

// Two checks of one minute: the level that goes on is the worse, in any order.
func TestWorstOfOneMomentIsHeld(t *testing.T) {
	trend := Trend{Tool: icans.ICE, From: now.Add(-24 * h), To: now, Now: now, Zone: lisbon}
	for _, list := range [][]Reading{{at(5*h, 10), at(5*h, 4)}, {at(5*h, 4), at(5*h, 10)}} {
		trend.Readings = list
		c := Layout(trend, 24)
		if rowOfLabel(t, c, "4").Cells[20].Kind != Held || rowOfLabel(t, c, "10").Cells[20].Kind == Held {
			t.Errorf("not the worse is held:\n%s", text(c))
		}
	}
}

func TestRowsForTheRoomThereIs(t *testing.T) {
	trend := Trend{Tool: icans.CAPD, From: now.Add(-24 * h), To: now, Now: now, Zone: lisbon}
	for height, want := range map[int]int{0: 17, 38: 17, 39: 39, 100: 39} {
		trend.Height = height
		if got := len(Layout(trend, 24).Rows); got != want {
			t.Errorf("%d rows of %d, not %d", got, height, want)
		}
	}
	trend.Readings = []Reading{signs(at(h, 3), icans.Mild, icans.Mild)}
	for height, want := range map[int]int{17: 17, 18: 18, 39: 18, 40: 40} {
		trend.Height = height
		if got := len(Layout(trend, 24).Rows); got != want {
			t.Errorf("with tremor: %d rows of %d, not %d", got, height, want)
		}
	}
}

// Each score has a row, no row holds scores of two bands, and each band is named by
// its scores.
func TestRowsKeepToTheirBand(t *testing.T) {
	names := map[icans.Tool][]string{icans.ICE: {"ICE 10", "ICE 7-9", "ICE 3-6", "ICE 0-2"}, icans.CAPD: {"CAPD 0", "CAPD 1-8", "", "CAPD 9+"}}
	for _, tool := range []icans.Tool{icans.ICE, icans.CAPD} {
		for _, room := range []int{0, allRows} {
			levels := levelsFor(tool, room)
			var scores []int
			for i, l := range levels {
				for n := l.from; n <= l.to; n++ {
					scores = append(scores, n)
					if rowOf(levels, n) != i {
						t.Errorf("%d of tool %d is in row %d, not %d", n, tool, rowOf(levels, n), i)
					}
					if band(tool, n) != band(tool, l.from) {
						t.Errorf("row %s of tool %d crosses a band", l.label(), tool)
					}
				}
				want := ""
				if i == 0 || band(tool, l.from) != band(tool, levels[i-1].from) {
					want = names[tool][band(tool, l.from)]
				}
				if l.band != want {
					t.Errorf("row %s of tool %d is labelled %q, not %q", l.label(), tool, l.band, want)
				}
			}
			slices.Sort(scores)
			if len(scores) != tool.MaxScore()+1 || scores[0] != 0 || scores[len(scores)-1] != tool.MaxScore() {
				t.Errorf("tool %d has rows for %v", tool, scores)
			}
		}
	}
}
