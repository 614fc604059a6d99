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

// The names of the zones are drawn, so that a failure prints them.
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
		r.Scored = rapid.IntRange(0, 5).Draw(t, "unable") > 0
		r.NotDone = !r.Scored && rapid.Bool().Draw(t, "not done") // else done with the other tool
		r.Flag = rapid.SampledFrom([]icans.Flag{icans.FlagNone, icans.FlagIncomplete, icans.FlagGrade1, icans.FlagUrgent}).Draw(t, "flag")
		r.Shape = rapid.SampledFrom([]Shape{ByScore, ByOther, Unsure}).Draw(t, "shape")
		r.GradeLow = rapid.IntRange(0, 4).Draw(t, "grade")
		r.GradeHigh = rapid.OneOf(rapid.Just(r.GradeLow), rapid.IntRange(r.GradeLow, 4)).Draw(t, "at most")
		r.Floor = rapid.IntRange(r.GradeLow, r.GradeHigh).Draw(t, "floor")
		r.Drivers = icans.Domains(rapid.IntRange(0, 31).Draw(t, "drivers"))
		r.Signs[icans.Handwriting] = icans.Severity(rapid.IntRange(0, 4).Draw(t, "writing"))
		r.Signs[icans.Tremor] = icans.Severity(rapid.IntRange(0, 4).Draw(t, "tremor"))
		r.CRS = icans.Points(rapid.IntRange(0, 5).Draw(t, "crs"))
		trend.Readings = append(trend.Readings, r)
	}
	for range rapid.IntRange(0, 5).Draw(t, "events") {
		trend.Events = append(trend.Events, Event{now.Add(-minutes(-600, 60*24*35, "event")), rapid.SampledFrom([]rune(`DTE“`)).Draw(t, "mark")})
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

// No mark is ever lost, moved or averaged, and none is drawn without a reading.
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
	scores := chart.Scores
	levels := levelsFor(trend.Tool, scores)
	if len(levels) != scores || chart.Rows[scores].Label != "ICANS" {
		t.Fatalf("%d rows of scores", scores)
	}
	for i, row := range chart.Rows {
		if len(row.Cells) != width {
			t.Fatalf("row %d is %d cells wide, not %d", i, len(row.Cells), width)
		}
		if i < scores && row.Label != levels[i].label() {
			t.Fatalf("row %d is labelled %q", i, row.Label)
		}
		if s := strings.Trim(cells(row), ` ─━│┬┈·●◆○×▲?+-0123456789sczwpDTE“`); s != "" {
			t.Fatalf("%q is none of the runes", s)
		}
	}

	marks := make(map[[2]int]icans.Flag) // by row and column, with the most urgent flag
	worst := make(map[int]int)           // by column, the row
	whole := make(map[[2]int]Shape)      // the greatest shape of the marks that are no ends
	isWhole := make(map[[2]int]bool)
	best := make(map[int]int)
	cursor := -1
	for _, r := range trend.Readings {
		col, ok := columnOf(&trend, r.At, width)
		if !ok {
			continue
		}
		if r.ID == trend.Cursor {
			cursor = col
		}
		if !r.Scored {
			continue
		}
		rows := []int{rowOf(levels, r.Low), rowOf(levels, r.High)}
		slices.Sort(rows)
		for _, row := range rows {
			place := [2]int{row, col}
			marks[place] = max(r.Flag, marks[place])
			if row == rows[1] {
				isWhole[place], whole[place] = true, max(whole[place], r.Shape)
			}
			if w, ok := worst[col]; !ok || row > w {
				worst[col] = row
			}
			if b, ok := best[col]; !ok || row < b {
				best[col] = row
			}
		}
	}
	if chart.Cursor != cursor {
		t.Fatalf("the cursor is in column %d, not %d", chart.Cursor, cursor)
	}
	for row := range scores {
		for col, cell := range chart.Rows[row].Cells {
			place := [2]int{row, col}
			flag, want := marks[place]
			isMark := cell.Kind == Mark || cell.Kind == EndMark
			if isMark != want || cell.Flag != flag {
				t.Fatalf("row %d, column %d: %q with flag %d, not %d\n%s", row, col, cell.Rune, cell.Flag, flag, text(chart))
			}
			if isMark && (cell.Kind == Mark) != isWhole[place] {
				t.Fatalf("row %d, column %d: %q, and a mark there is %v", row, col, cell.Rune, isWhole[place])
			}
			if cell.Kind == Mark && (cell.Shape != whole[place] || cell.Rune != shapeRunes[cell.Shape]) {
				t.Fatalf("row %d, column %d: %q is not shape %d", row, col, cell.Rune, whole[place])
			}
			w, spanned := worst[col]
			spanned = spanned && best[col] <= row && row <= w
			if (cell.Kind == Span) != (spanned && !want) {
				t.Fatalf("row %d, column %d: %q within %v", row, col, cell.Rune, spanned)
			}
			if spanned {
				continue
			}
			if held := heldByAReading(&trend, levels, row, col, width); held != (cell.Kind == Held) {
				t.Fatalf("row %d, column %d: %q, and held is %v\n%s", row, col, cell.Rune, held, text(chart))
			}
		}
	}
	stripHolds(t, &trend, chart, width)
	signsHold(t, &trend, chart, width)
	eventsHold(t, &trend, chart, width)
	daysHold(t, &trend, chart, width)
}

// stripHolds: each column has the grade of its worst reading, and below it letters
// of that reading's drivers.
func stripHolds(t *rapid.T, trend *Trend, chart Chart, width int) {
	worst := make(map[int]Reading)
	for _, r := range trend.Readings {
		col, ok := columnOf(trend, r.At, width)
		if !ok {
			continue
		}
		if w, ok := worst[col]; !ok || r.Floor > w.Floor || r.Floor == w.Floor && r.worse(&w) > 0 {
			worst[col] = r
		}
	}
	grades, from := []rune(cells(chart.Rows[chart.Scores])), []rune(cells(chart.Rows[chart.Scores+1]))
	left := 0 // letters of the reading before that may follow
	for col := range width {
		r, there := worst[col]
		want := ' '
		switch {
		case !there:
		case r.GradeLow == r.GradeHigh:
			want = rune('0' + r.GradeLow)
		case r.NotDone:
			want = '×'
		default:
			want = '?'
		}
		if grades[col] != want {
			t.Fatalf("column %d has grade %q, not %q\n%s", col, grades[col], want, text(chart))
		}
		if there {
			left = len(Letters(r.Drivers))
		}
		if (from[col] != ' ') != (left > 0) {
			t.Fatalf("column %d: %q, and %d letters are left\n%s", col, from[col], left, text(chart))
		}
		if there && left == 1 && string(from[col]) != Letters(r.Drivers) {
			t.Fatalf("column %d is from %q, not %q", col, from[col], Letters(r.Drivers))
		}
		left = max(left-1, 0)
	}
}

// columnOf returns the column of a time, computed in another way: the last one that
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

// heldByAReading reports whether the level of a reading of that row was held for
// a part of that column after the column of the reading itself.
func heldByAReading(t *Trend, levels []level, row, col, width int) bool {
	for _, r := range t.Readings {
		if !r.Scored || r.Low != r.High || rowOf(levels, r.Low) != row {
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

// signsHold: each column has the worst of each sign and the greatest grade of CRS, and
// nothing if there is none.
func signsHold(t *rapid.T, trend *Trend, chart Chart, width int) {
	for _, s := range []struct {
		label string
		of    func(Reading) int // -1 for nothing
	}{
		{"writing", func(r Reading) int { return severity(r.Signs[icans.Handwriting]) }},
		{"tremor", func(r Reading) int { return severity(r.Signs[icans.Tremor]) }},
		{"CRS", func(r Reading) int { return int(r.CRS) - 1 }},
	} {
		want := slices.Repeat([]byte{' '}, width)
		for _, r := range trend.Readings {
			if col, ok := columnOf(trend, r.At, width); ok && s.of(r) >= 0 {
				want[col] = max(want[col], byte('0'+s.of(r)))
			}
		}
		i := slices.IndexFunc(chart.Rows, func(r Row) bool { return r.Label == s.label })
		switch {
		case i >= 0:
			if got := cells(chart.Rows[i]); got != string(want) {
				t.Fatalf("%s is %q, not %q", s.label, got, want)
			}
		case s.label != "tremor", trend.Height >= 18 && strings.TrimSpace(string(want)) != "":
			t.Fatalf("no row of %s", s.label)
		}
	}
}

func severity(s icans.Severity) int {
	if s <= icans.None {
		return -1
	}
	return int(s - icans.None)
}

// eventsHold: each event has its mark or is one of a +.
func eventsHold(t *rapid.T, trend *Trend, chart Chart, width int) {
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

// daysHold: the infusion is in its column, and each number on the axis names the day
// that begins in its column.
func daysHold(t *rapid.T, trend *Trend, chart Chart, width int) {
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
