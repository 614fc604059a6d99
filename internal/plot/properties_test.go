package plot

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"neurocheck/internal/icans"
)

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
