// Package plot lays out the trend of one patient's checks: a grid of cells that a
// terminal draws as characters and a report can draw as shapes. It is pure: no
// clock, no I/O, no styles.
//
// Start with [Trend] and [Layout]. [Spark] is the small trend of the board.
//
// What a clinician must be able to rely on: every reading has its mark, at its
// own time and in the row of its own score, never averaged with another; where
// several fall into one column each has its mark and the worst is told apart;
// where nothing was recorded there is a gap; a level is held only until the next
// check was due; and what could not be tested stands in a row of its own.
package plot

import (
	"slices"
	"strconv"
	"time"

	"neurocheck/internal/icans"
)

// Trend is what is to be drawn.
type Trend struct {
	Tool     icans.Tool
	Readings []Reading // in any order
	Events   []Event
	Baseline icans.Points
	Infusion time.Time // zero where it is not known
	From, To time.Time // readings and events outside are left out
	Now      time.Time
	Zone     *time.Location
	Cursor   string // ID of the reading under the cursor
}

// Reading is one check.
type Reading struct {
	ID  string
	At  time.Time
	Due time.Time // when the next check was due: the level is held no longer
	// Low and High are the least and the greatest total; the same where every item
	// was scored.
	Low, High int
	Unable    bool // the tool could not be done
	Flag      icans.Flag

	Handwriting, Tremor icans.Severity
}

// Event is what stands on the time axis beside the checks.
type Event struct {
	At   time.Time
	Mark rune // one cell wide
}

// Kind is what a cell is.
type Kind uint8

// The kinds of cell.
const (
	Empty      Kind = iota
	Edge            // first row of a grade band
	Baseline        // level of the patient's baseline
	Held            // level of the last reading, until the next one was due
	Span            // between the readings of one column, or within an interval
	Mark            // a reading
	WorstMark       // the worst reading of its column
	EndMark         // an end of the interval of an incomplete reading
	UnableMark      // a check that could not be done
	SignMark        // changed handwriting, tremor
	EventMark       // an event
	Axis            // the time axis
)

// Cell is one place of the grid.
type Cell struct {
	Rune rune
	Kind Kind
	Flag icans.Flag // of the reading that the cell marks
}

// Row is one line of the grid with its labels.
type Row struct {
	Label string // to the left: the score, or what the row holds
	Band  string // to the right: the ICANS grade whose band begins here
	Cells []Cell
}

// Chart is a trend laid out.
type Chart struct {
	Rows   []Row
	Cursor int // column of the reading under the cursor, -1 for none
}

// level is a row of scores, from best to worst.
type level struct {
	from, to int // scores
	band     string
}

// The rows are one a score for ICE. CAPD has more scores than a screen has rows,
// so a row holds those that its label names.
var (
	levelsICE = func() (list []level) {
		bands := map[int]string{10: "grade 0", 9: "grade 1", 6: "grade 2", 2: "grade 3"}
		for n := 10; n >= 0; n-- {
			list = append(list, level{n, n, bands[n]})
		}
		return list
	}()
	levelsCAPD = []level{
		{0, 0, "grade 0"}, {1, 2, "grade 1"}, {3, 4, ""}, {5, 6, ""}, {7, 8, ""}, {9, 12, "grade 3"},
		{13, 16, ""}, {17, 20, ""}, {21, 24, ""}, {25, 28, ""}, {29, 32, ""},
	}
)

func levelsOf(tool icans.Tool) []level {
	if tool == icans.CAPD {
		return levelsCAPD
	}
	return levelsICE
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

// worst and best of a reading's interval, as rows.
func (r *Reading) rows(tool icans.Tool) (best, worst int) {
	levels := levelsOf(tool)
	a, b := rowOf(levels, r.Low), rowOf(levels, r.High)
	return min(a, b), max(a, b)
}

// column returns the column of a time, and whether it lies within.
func (t *Trend) column(at time.Time, width int) (int, bool) {
	span := t.To.Sub(t.From)
	if at.Before(t.From) || at.After(t.To) || span <= 0 || width <= 0 {
		return 0, false
	}
	return min(int(float64(at.Sub(t.From))/float64(span)*float64(width)), width-1), true
}

// Layout lays a trend out in columns of equal time, width of them: the rows of
// scores, a row of what could not be tested, rows for handwriting and tremor
// where there is any, the events, and the axis with the day since infusion.
func Layout(t Trend, width int) Chart {
	levels := levelsOf(t.Tool)
	c := Chart{Cursor: -1}
	for _, l := range levels {
		label := strconv.Itoa(l.from)
		if l.to != l.from {
			label += "-" + strconv.Itoa(l.to)
		}
		row := Row{Label: label, Band: l.band, Cells: blank(width)}
		if l.band != "" {
			fill(row.Cells, '┈', Edge)
		}
		c.Rows = append(c.Rows, row)
	}
	if n, ok := t.Baseline.Value(); ok {
		fill(c.Rows[rowOf(levels, n)].Cells, '·', Baseline)
	}
	readings := slices.Clone(t.Readings)
	slices.SortStableFunc(readings, func(a, b Reading) int { return a.At.Compare(b.At) })
	t.hold(&c, readings, width)
	columns := t.marks(&c, readings, width)
	c.Rows = append(c.Rows, t.unable(readings, width))
	c.Rows = append(c.Rows, t.signs(readings, width)...)
	c.Rows = append(c.Rows, t.events(width), t.axis(width))
	if col, ok := columns[t.Cursor]; ok {
		c.Cursor = col
	}
	return c
}

func blank(width int) []Cell {
	cells := make([]Cell, width)
	fill(cells, ' ', Empty)
	return cells
}

func fill(cells []Cell, r rune, k Kind) {
	for i := range cells {
		cells[i] = Cell{Rune: r, Kind: k}
	}
}

// hold draws the level of each scored reading up to the next reading, or until
// the next check was due, or now, whichever comes first.
func (t *Trend) hold(c *Chart, readings []Reading, width int) {
	for i, r := range readings {
		if r.Unable || r.Low != r.High {
			continue
		}
		end := t.Now
		if !r.Due.IsZero() && r.Due.Before(end) {
			end = r.Due
		}
		if i+1 < len(readings) && readings[i+1].At.Before(end) {
			end = readings[i+1].At
		}
		if end.After(t.To) {
			end = t.To
		}
		from, ok := t.column(r.At, width)
		to, within := t.column(end, width)
		if !ok || !within {
			continue
		}
		row, _ := r.rows(t.Tool)
		for col := from + 1; col <= to; col++ {
			c.Rows[row].Cells[col] = Cell{Rune: '─', Kind: Held}
		}
	}
}

// marks draws every reading that has a score, and returns the column of each.
func (t *Trend) marks(c *Chart, readings []Reading, width int) map[string]int {
	columns := make(map[string]int)
	byColumn := make(map[int][]Reading)
	for _, r := range readings {
		col, ok := t.column(r.At, width)
		if !ok {
			continue
		}
		columns[r.ID] = col
		if !r.Unable {
			byColumn[col] = append(byColumn[col], r)
		}
	}
	for col, list := range byColumn {
		best, worst := len(c.Rows), -1
		for _, r := range list {
			b, w := r.rows(t.Tool)
			best, worst = min(best, b), max(worst, w)
		}
		for row := best; row <= worst; row++ {
			c.Rows[row].Cells[col] = Cell{Rune: '│', Kind: Span}
		}
		for _, r := range list {
			b, w := r.rows(t.Tool)
			if r.Low == r.High {
				t.put(c, b, col, Cell{'○', Mark, r.Flag})
				continue
			}
			t.put(c, b, col, Cell{'┬', EndMark, r.Flag})
			t.put(c, w, col, Cell{'┴', EndMark, r.Flag})
		}
		if at := &c.Rows[worst].Cells[col]; at.Kind == Mark {
			at.Rune, at.Kind = '●', WorstMark
		}
	}
	return columns
}

// put marks a reading. A whole reading goes before the end of an interval, and of
// two in one place the more pressing flag holds.
func (t *Trend) put(c *Chart, row, col int, cell Cell) {
	at := &c.Rows[row].Cells[col]
	if at.Kind == Mark || at.Kind == EndMark {
		cell.Flag = max(cell.Flag, at.Flag)
		if at.Kind == Mark {
			cell.Rune, cell.Kind = at.Rune, at.Kind
		}
	}
	*at = cell
}

func (t *Trend) unable(readings []Reading, width int) Row {
	row := Row{Label: "unable", Cells: blank(width)}
	for _, r := range readings {
		if col, ok := t.column(r.At, width); ok && r.Unable {
			row.Cells[col] = Cell{'×', UnableMark, max(r.Flag, row.Cells[col].Flag)}
		}
	}
	return row
}

// signs are the rows of changed handwriting and of tremor, which come first:
// capital where they are moderate or severe.
func (t *Trend) signs(readings []Reading, width int) []Row {
	var rows []Row
	for _, sign := range []struct {
		label string
		mild  rune
		worse rune
		of    func(*Reading) icans.Severity
	}{
		{"writing", 'h', 'H', func(r *Reading) icans.Severity { return r.Handwriting }},
		{"tremor", 't', 'T', func(r *Reading) icans.Severity { return r.Tremor }},
	} {
		row, any := Row{Label: sign.label, Cells: blank(width)}, false
		for i := range readings {
			col, ok := t.column(readings[i].At, width)
			if severity := sign.of(&readings[i]); ok && severity > icans.None {
				any = true
				mark := sign.mild
				if severity > icans.Mild || row.Cells[col].Rune == sign.worse {
					mark = sign.worse
				}
				row.Cells[col] = Cell{Rune: mark, Kind: SignMark}
			}
		}
		if any {
			rows = append(rows, row)
		}
	}
	return rows
}

// events is the row of what was done and said; several in one column are a +.
func (t *Trend) events(width int) Row {
	row := Row{Label: "events", Cells: blank(width)}
	for _, e := range t.Events {
		if col, ok := t.column(e.At, width); ok {
			mark := e.Mark
			if row.Cells[col].Kind == EventMark && row.Cells[col].Rune != mark {
				mark = '+'
			}
			row.Cells[col] = Cell{Rune: mark, Kind: EventMark}
		}
	}
	return row
}

// axis is the time axis: a tick at each midnight of the zone with the day since
// infusion, and where there is none the day of the month; the infusion itself is
// a triangle.
func (t *Trend) axis(width int) Row {
	row := Row{Label: "day", Cells: blank(width)}
	fill(row.Cells, '─', Axis)
	free := 0 // first column that no label has taken
	y, m, d := t.From.In(t.Zone).Date()
	for i := range 400 {
		midnight := time.Date(y, m, d+i, 0, 0, 0, 0, t.Zone)
		if midnight.After(t.To) {
			break
		}
		col, ok := t.column(midnight, width)
		if !ok || col < free {
			continue
		}
		label := strconv.Itoa(midnight.Day())
		if !t.Infusion.IsZero() {
			label = day(t.Infusion.In(t.Zone), midnight)
		}
		if col+1+len(label) > width {
			break
		}
		row.Cells[col] = Cell{Rune: '┬', Kind: Axis}
		for j, r := range label {
			row.Cells[col+1+j] = Cell{Rune: r, Kind: Axis}
		}
		free = col + len(label) + 2
	}
	if col, ok := t.column(t.Infusion, width); ok && !t.Infusion.IsZero() {
		row.Cells[col] = Cell{Rune: '▲', Kind: Axis}
	}
	return row
}

func day(infusion, midnight time.Time) string {
	utc := func(t time.Time) time.Time {
		y, m, d := t.Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	n := int(utc(midnight).Sub(utc(infusion)).Hours() / 24)
	if n >= 0 {
		return "+" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

var bars = []rune("▁▂▃▄▅▆▇█")

// Spark draws the readings of the time span before now in width cells: the
// higher the bar the better, for both tools; the worst reading of a cell is the
// one that is drawn; × where the tool could not be done, a blank where nothing
// was recorded. An incomplete reading counts at its worst.
func Spark(tool icans.Tool, readings []Reading, now time.Time, span time.Duration, width int) string {
	t := Trend{From: now.Add(-span), To: now}
	cells := []rune(string(slices.Repeat([]rune{' '}, width)))
	worst := make([]int, width)
	for i := range worst {
		worst[i] = len(bars)
	}
	levels := levelsOf(tool)
	for i := range readings {
		r := &readings[i]
		col, ok := t.column(r.At, width)
		switch {
		case !ok:
		case r.Unable:
			if cells[col] == ' ' {
				cells[col] = '×'
			}
		default:
			_, row := r.rows(tool)
			bar := (len(levels) - 1 - row) * (len(bars) - 1) / (len(levels) - 1)
			worst[col] = min(worst[col], bar)
			cells[col] = bars[worst[col]]
		}
	}
	return string(cells)
}
