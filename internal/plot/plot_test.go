package plot

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"
	"pgregory.net/rapid"

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

// at is a complete reading, with the next check due eight hours after it.
func at(ago time.Duration, score int) Reading {
	when := now.Add(-ago)
	return Reading{ID: when.String() + fmt.Sprint(score), At: when, Due: when.Add(8 * h), Low: score, High: score}
}

// part is an incomplete reading, which makes a check due in an hour.
func part(ago time.Duration, low, high int) Reading {
	r := at(ago, low)
	r.High, r.Due, r.Flag = high, r.At.Add(h), icans.FlagIncomplete
	return r
}

// unable is a check that could not be done.
func unable(ago time.Duration, flag icans.Flag) Reading {
	r := part(ago, 0, 10)
	r.Unable, r.Flag = true, flag
	return r
}

func due(r Reading, in time.Duration) Reading {
	r.Due = r.At.Add(in)
	return r
}

func signs(r Reading, writing, tremor icans.Severity) Reading {
	r.Handwriting, r.Tremor = writing, tremor
	return r
}

// text is a chart with its edges and its cursor.
func text(c Chart) []byte {
	lines := c.Lines()
	if c.Cursor >= 0 {
		lines = append(lines, strings.Repeat(" ", 8+c.Cursor)+"^")
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
	capd := []Reading{at(40*h, 0), due(at(32*h, 2), 4*h), due(at(28*h, 6), 4*h), due(at(24*h, 9), h), due(at(23*h, 21), h), due(at(22*h, 32), h), due(at(20*h, 8), 4*h), due(at(16*h, 4), 4*h), at(8*h, 0)}
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
				golden.RequireEqual(t, text(Layout(trend, width-8-9))) // beside its labels
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

func TestCAPDHasOneRowAScoreWhereThereIsRoom(t *testing.T) {
	trend := Trend{Tool: icans.CAPD, From: now.Add(-24 * h), To: now, Now: now, Zone: lisbon}
	for height, want := range map[int]int{0: 14, 35: 14, 36: 36, 100: 36} {
		trend.Height = height
		if got := len(Layout(trend, 24).Rows); got != want {
			t.Errorf("%d rows of %d, not %d", got, height, want)
		}
	}
	trend.Height, trend.Readings = 36, []Reading{signs(at(h, 3), icans.Mild, 0)}
	if got := len(Layout(trend, 24).Rows); got != 15 {
		t.Errorf("the row of handwriting takes the room: %d", got)
	}
}

// No row and no bar stands for scores of two grades, and each score has a row.
func TestRowsKeepToTheirGrade(t *testing.T) {
	band := func(tool icans.Tool, score int) int {
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
	for _, tool := range []icans.Tool{icans.ICE, icans.CAPD} {
		for _, room := range []int{0, fine} {
			levels := levelsFor(tool, room)
			bars := make(map[int]int)
			var scores []int
			for i, l := range levels {
				for n := l.from; n <= l.to; n++ {
					scores = append(scores, n)
					if rowOf(levels, n) != i {
						t.Errorf("%d of tool %d stands in row %d, not %d", n, tool, rowOf(levels, n), i)
					}
					g := band(tool, n)
					if g != band(tool, l.from) {
						t.Errorf("row %s of tool %d reaches over a grade", l.label(), tool)
					}
					if known, ok := bars[l.bar]; ok && known != g {
						t.Errorf("bar %d of tool %d stands for grades %d and %d", l.bar, tool, known, g)
					}
					bars[l.bar] = g
				}
				if begins := i == 0 || band(tool, l.from) != band(tool, levels[i-1].from); begins != (l.band == "grade "+strconv.Itoa(band(tool, l.from))) {
					t.Errorf("row %s of tool %d is labelled %q", l.label(), tool, l.band)
				}
				if i > 0 && l.bar > levels[i-1].bar {
					t.Errorf("row %s of tool %d has a higher bar than a better score", l.label(), tool)
				}
			}
			slices.Sort(scores)
			if len(scores) != tool.MaxScore()+1 || scores[0] != 0 || scores[len(scores)-1] != tool.MaxScore() {
				t.Errorf("tool %d has rows for %v", tool, scores)
			}
		}
	}
}

func TestDaysBeginWithTheZone(t *testing.T) {
	for _, c := range []struct {
		zone     string
		day      time.Time // UTC midnight of the date
		begins   string
		previous string
	}{
		{"Europe/Lisbon", time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC), "2026-03-29T00:00:00Z", "24h0m0s"},
		{"Europe/Lisbon", time.Date(2026, 3, 30, 0, 0, 0, 0, time.UTC), "2026-03-30T00:00:00+01:00", "23h0m0s"},
		{"America/Santiago", time.Date(2026, 9, 6, 0, 0, 0, 0, time.UTC), "2026-09-06T01:00:00-03:00", "24h0m0s"},
		{"America/Santiago", time.Date(2026, 9, 7, 0, 0, 0, 0, time.UTC), "2026-09-07T00:00:00-03:00", "23h0m0s"},
		{"America/Havana", time.Date(2026, 3, 8, 0, 0, 0, 0, time.UTC), "2026-03-08T01:00:00-04:00", "24h0m0s"},
		{"America/Havana", time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC), "2026-11-02T00:00:00-05:00", "25h0m0s"},
		{"Asia/Kathmandu", time.Date(1969, 12, 31, 0, 0, 0, 0, time.UTC), "1969-12-31T00:00:00+05:30", "24h0m0s"},
	} {
		z := zone(c.zone)
		begins := startOfDay(dayOf(c.day), z)
		if got := begins.Format(time.RFC3339); got != c.begins {
			t.Errorf("%s begins at %s, not %s", c.zone, got, c.begins)
		}
		if got := begins.Sub(startOfDay(dayOf(c.day)-1, z)).String(); got != c.previous {
			t.Errorf("%s: the day before %s lasts %s, not %s", c.zone, c.begins, got, c.previous)
		}
	}
}

func TestSpark(t *testing.T) {
	for _, c := range []struct {
		tool        icans.Tool
		readings    []Reading
		want, ascii string
	}{
		{icans.ICE, nil, "      ", "      "},
		{icans.ICE, []Reading{at(47*h, 10), at(30*h, 5), at(3*h, 0)}, "█ ▄  ▁", "# -  _"},
		{icans.ICE, []Reading{at(47*h, 10), at(46*h, 0), unable(20*h, 0)}, "▁  ×  ", "_  x  "},
		{icans.ICE, []Reading{at(30*h, 7), at(12*h, 6), at(3*h, 2)}, "  ▅ ▄▂", "  = -."},
		{icans.ICE, []Reading{part(12*h, 9, 10), part(3*h, 0, 10)}, "    ▇×", "    *x"},
		{icans.ICE, []Reading{at(3*h, 10), unable(h, icans.FlagUrgent)}, "     ×", "     x"},
		{icans.ICE, []Reading{{At: now.Add(-3 * h), Low: 2, High: 2, Flag: icans.FlagUrgent}, unable(h, icans.FlagIncomplete)}, "     ▂", "     ."},
		{icans.CAPD, []Reading{at(47*h, 0), at(20*h, 9), at(3*h, 32)}, "█  ▄ ▁", "#  - _"},
		{icans.ICE, []Reading{at(49*h, 0), at(-h, 0)}, "      ", "      "},
	} {
		for range 2 {
			if got := Spark(c.tool, c.readings, now, 48*h, 6); got != c.want {
				t.Errorf("%q, not %q", got, c.want)
			}
			if got := SparkASCII(c.tool, c.readings, now, 48*h, 6); got != c.ascii {
				t.Errorf("%q, not %q", got, c.ascii)
			}
			slices.Reverse(c.readings) // in any order
		}
	}
	if got := Spark(icans.ICE, []Reading{at(h, 3)}, now, 48*h, -1); got != "" {
		t.Errorf("%q has no width", got)
	}
}

// The names of the zones are drawn, for a failure prints what was.
var zones = map[string]*time.Location{"Lisbon": lisbon, "Santiago": zone("America/Santiago"), "Kathmandu": zone("Asia/Kathmandu")}

// anyTrend draws a trend of anything.
func anyTrend(t *rapid.T) (Trend, int) {
	trend := Trend{
		Tool: rapid.SampledFrom([]icans.Tool{icans.ICE, icans.CAPD}).Draw(t, "tool"), To: now,
		Zone:   zones[rapid.SampledFrom([]string{"Lisbon", "Santiago", "Kathmandu", "none"}).Draw(t, "zone")],
		Height: rapid.IntRange(-1, 50).Draw(t, "height"),
	}
	minutes := func(low, high int, name string) time.Duration {
		return time.Duration(rapid.IntRange(low, high).Draw(t, name)) * time.Minute
	}
	trend.From = now.Add(-minutes(0, 60*24*400, "window"))
	trend.Now = now.Add(minutes(-600, 600, "clock"))
	for i := range rapid.IntRange(0, 30).Draw(t, "readings") {
		r := at(minutes(-600, 60*24*35, "ago"), 0)
		r.ID = fmt.Sprint(i)
		r.Low = rapid.IntRange(0, trend.Tool.MaxScore()).Draw(t, "low")
		r.High = rapid.OneOf(rapid.Just(r.Low), rapid.IntRange(r.Low, trend.Tool.MaxScore())).Draw(t, "high")
		r.Due = r.At.Add(minutes(0, 600, "due"))
		r.Unable = rapid.IntRange(0, 5).Draw(t, "unable") == 0
		r.Flag = rapid.SampledFrom([]icans.Flag{icans.FlagNone, icans.FlagIncomplete, icans.FlagGrade1, icans.FlagUrgent}).Draw(t, "flag")
		r.Handwriting = icans.Severity(rapid.IntRange(0, 4).Draw(t, "writing"))
		r.Tremor = icans.Severity(rapid.IntRange(0, 4).Draw(t, "tremor"))
		trend.Readings = append(trend.Readings, r)
	}
	for range rapid.IntRange(0, 5).Draw(t, "events") {
		trend.Events = append(trend.Events, Event{now.Add(-minutes(-600, 60*24*35, "event")), rapid.SampledFrom([]rune(`DTE"`)).Draw(t, "mark")})
	}
	if rapid.Bool().Draw(t, "baseline") {
		trend.Baseline = icans.Scored(rapid.IntRange(0, trend.Tool.MaxScore()).Draw(t, "of"))
	}
	if rapid.Bool().Draw(t, "infused") {
		trend.Infusion = now.Add(-minutes(0, 60*24*35, "infusion"))
	}
	trend.Cursor = rapid.SampledFrom([]string{"", "0", "1", "29"}).Draw(t, "cursor")
	return trend, rapid.IntRange(0, 150).Draw(t, "width")
}

// No mark is ever lost, moved or averaged, and none is drawn that nobody made.
func TestEveryReadingHasItsMark(t *testing.T) { rapid.Check(t, everyReadingHasItsMark) }

// Fuzz with -fuzz FuzzLayout; the seeds run with every test.
func FuzzLayout(f *testing.F) {
	for _, seed := range []byte{0x00, 0x01, 0x55, 0x7f, 0xff} {
		f.Add(slices.Repeat([]byte{seed, 0x13, 0x9e}, 400))
	}
	f.Fuzz(rapid.MakeFuzz(everyReadingHasItsMark))
}

func everyReadingHasItsMark(t *rapid.T) {
	trend, width := anyTrend(t)
	given := slices.Clone(trend.Readings)
	chart := Layout(trend, width)
	if !slices.Equal(given, trend.Readings) {
		t.Fatal("what was given has changed")
	}
	turned := trend
	turned.Readings = slices.Clone(trend.Readings)
	slices.Reverse(turned.Readings)
	if a, b := text(chart), text(Layout(turned, width)); string(a) != string(b) {
		t.Fatalf("drawn otherwise in another order:\n%s\n%s", a, b)
	}
	scores := slices.IndexFunc(chart.Rows, func(r Row) bool { return r.Label == "unable" })
	levels := levelsFor(trend.Tool, scores)
	if len(levels) != scores {
		t.Fatalf("%d rows of scores", scores)
	}
	for i, row := range chart.Rows {
		if len(row.Cells) != width {
			t.Fatalf("row %d is %d cells wide, not %d", i, len(row.Cells), width)
		}
		if i < scores && row.Label != levels[i].label() {
			t.Fatalf("row %d is labelled %q", i, row.Label)
		}
		if s := strings.Trim(cells(row), ` ─━│┬┴┈·●○×▲+-0123456789hHtTDE"`); s != "" {
			t.Fatalf("%q is none of the runes", s)
		}
	}

	marks := make(map[[2]int]icans.Flag) // by row and column, with the most pressing flag
	worst := make(map[int]int)           // by column, the row
	whole := make(map[[2]int]bool)       // the marks of complete readings
	spans := make(map[[2]int]bool)
	best := make(map[int]int)
	cursor := -1
	mark := func(row, col int, f icans.Flag) { marks[[2]int{row, col}] = max(f, marks[[2]int{row, col}]) }
	for _, r := range trend.Readings {
		col, ok := columnOf(&trend, r.At, width)
		if !ok {
			continue
		}
		if r.ID == trend.Cursor {
			cursor = col
		}
		if r.Unable {
			mark(scores, col, r.Flag)
			continue
		}
		for _, score := range []int{r.Low, r.High} {
			row := slices.IndexFunc(levels, func(l level) bool { return l.from <= score && score <= l.to })
			mark(row, col, r.Flag)
			whole[[2]int{row, col}] = whole[[2]int{row, col}] || r.Low == r.High
			if w, ok := worst[col]; !ok || row > w {
				worst[col] = row
			}
			if b, ok := best[col]; !ok || row < b {
				best[col] = row
			}
		}
	}
	for col, w := range worst {
		for row := best[col]; row <= w; row++ {
			spans[[2]int{row, col}] = true
		}
	}
	if chart.Cursor != cursor {
		t.Fatalf("the cursor is in column %d, not %d", chart.Cursor, cursor)
	}
	for row := range scores + 1 {
		for col, cell := range chart.Rows[row].Cells {
			place := [2]int{row, col}
			flag, want := marks[place]
			isMark := slices.Contains([]Kind{Mark, WorstMark, EndMark, UnableMark}, cell.Kind)
			if isMark != want || cell.Flag != flag || (cell.Kind == UnableMark) != (want && row == scores) {
				t.Fatalf("row %d, column %d: %q with flag %d, not %d\n%s", row, col, cell.Rune, cell.Flag, flag, text(chart))
			}
			if row == scores {
				continue
			}
			if (cell.Kind == EndMark) != (want && !whole[place]) {
				t.Fatalf("row %d, column %d: %q where a complete reading is %v", row, col, cell.Rune, whole[place])
			}
			if cell.Kind == WorstMark && worst[col] != row || cell.Kind == Mark && worst[col] == row {
				t.Fatalf("the worst of column %d is not the one that is told apart", col)
			}
			if (cell.Kind == Span) != (spans[place] && !want) {
				t.Fatalf("row %d, column %d: %q within %v", row, col, cell.Rune, spans[place])
			}
			if spans[place] {
				continue
			}
			if held := heldBySomebody(&trend, levels, row, col, width); held != (cell.Kind == Held) {
				t.Fatalf("row %d, column %d: %q where held is %v\n%s", row, col, cell.Rune, held, text(chart))
			}
		}
	}
	signsStand(t, &trend, chart, width)
	eventsStand(t, &trend, chart, width)
	daysStand(t, &trend, chart, width)
}

// columnOf is the column of a time, worked out in another way: the last one that
// does not begin after it.
func columnOf(t *Trend, at time.Time, width int) (int, bool) {
	span := t.To.Sub(t.From)
	if at.Before(t.From) || at.After(t.To) || span <= 0 || width == 0 {
		return 0, false
	}
	for col := width - 1; col > 0; col-- {
		// In minutes, for nothing here is finer and the products stay exact.
		if int64(at.Sub(t.From)/time.Minute)*int64(width) >= int64(span/time.Minute)*int64(col) {
			return col, true
		}
	}
	return 0, true
}

// heldBySomebody reports whether the level of a reading of that row was held for
// a part of that column after the column of the reading itself.
func heldBySomebody(t *Trend, levels []level, row, col, width int) bool {
	for _, r := range t.Readings {
		if r.Unable || r.Low != r.High || rowOf(levels, r.Low) != row {
			continue
		}
		until := r.Due
		for _, limit := range []time.Time{t.Now, t.To} {
			if limit.Before(until) {
				until = limit
			}
		}
		goesOn := true
		for _, o := range t.Readings {
			if o.At.After(r.At) && o.At.Before(until) {
				until = o.At
			}
			// Of one moment the last in the order of Layout goes on.
			if o.At.Equal(r.At) && inOrder(t.Tool, []Reading{o, r})[1].ID != r.ID {
				goesOn = false
			}
		}
		if !goesOn || !until.After(r.At) {
			continue
		}
		first := -1
		if c, ok := columnOf(t, r.At, width); ok {
			first = c
		} else if r.At.After(t.To) {
			continue
		}
		// Held at the moment that the column begins, or longer.
		if col > first && int64(until.Sub(t.From)/time.Minute)*int64(width) > int64(t.To.Sub(t.From)/time.Minute)*int64(col) {
			return true
		}
	}
	return false
}

// signsStand: each column tells the worst of each sign, and only where there is one.
func signsStand(t *rapid.T, trend *Trend, chart Chart, width int) {
	for _, s := range []struct {
		label, marks string
		of           func(Reading) icans.Severity
	}{
		{"writing", " hHH", func(r Reading) icans.Severity { return r.Handwriting }},
		{"tremor", " tTT", func(r Reading) icans.Severity { return r.Tremor }},
	} {
		want := slices.Repeat([]byte{' '}, width)
		for _, r := range trend.Readings {
			if col, ok := columnOf(trend, r.At, width); ok && s.of(r) > icans.None {
				if m := s.marks[s.of(r)-1]; want[col] == ' ' || m < want[col] { // a capital goes before
					want[col] = m
				}
			}
		}
		i := slices.IndexFunc(chart.Rows, func(r Row) bool { return r.Label == s.label })
		if i < 0 {
			if strings.TrimSpace(string(want)) != "" {
				t.Fatalf("no row of %s", s.label)
			}
		} else if got := cells(chart.Rows[i]); got != string(want) {
			t.Fatalf("%s is %q, not %q", s.label, got, want)
		}
	}
}

// eventsStand: each event has its mark or stands behind a +.
func eventsStand(t *rapid.T, trend *Trend, chart Chart, width int) {
	want := slices.Repeat([]rune{' '}, width)
	for _, e := range trend.Events {
		if col, ok := columnOf(trend, e.At, width); ok {
			if want[col] != ' ' && want[col] != e.Mark {
				want[col] = '+'
			} else {
				want[col] = e.Mark
			}
		}
	}
	if got := cells(chart.Rows[len(chart.Rows)-2]); got != string(want) {
		t.Fatalf("the events are %q, not %q", got, string(want))
	}
}

var dayNames = regexp.MustCompile(`[-+]?[0-9]+`)

// daysStand: the infusion stands in its column, and each number on the axis names
// the day that begins where the number stands.
func daysStand(t *rapid.T, trend *Trend, chart Chart, width int) {
	row := chart.Rows[len(chart.Rows)-1]
	if col, ok := columnOf(trend, trend.Infusion, width); ok && !trend.Infusion.IsZero() && row.Cells[col].Kind != InfusionMark {
		t.Fatalf("no infusion in column %d of %q", col, cells(row))
	}
	z := trend.Zone
	if z == nil {
		z = time.UTC
	}
	names := make(map[int]string) // by column, of the days that begin in it
	for d := dayOf(trend.From.In(z)) - 1; ; d++ {
		begins := startOfDay(d, z)
		if begins.After(trend.To) {
			break
		}
		col, ok := columnOf(trend, begins, width)
		if !ok {
			continue
		}
		name := begins.Format("2")
		if !trend.Infusion.IsZero() {
			name = strconv.Itoa(d - dayOf(trend.Infusion.In(z)))
			if name[0] != '-' {
				name = "+" + name
			}
		}
		names[col] += "," + name + ","
	}
	line := []rune(cells(row))
	ascii := make([]byte, len(line)) // one byte a cell, for the places of the numbers
	for i, r := range line {
		ascii[i] = '_'
		if r < 0x80 {
			ascii[i] = byte(r)
		}
	}
	for _, at := range dayNames.FindAllIndex(ascii, -1) {
		if name := string(ascii[at[0]:at[1]]); at[0] == 0 || !strings.Contains(names[at[0]-1], ","+name+",") {
			t.Fatalf("%q names no day that begins before it in %q", name, cells(row))
		}
	}
}
