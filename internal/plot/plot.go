// Package plot lays out the trend of one patient's checks: a grid of cells that a
// terminal draws as characters and a report draws as shapes. It is pure: no clock,
// no I/O, no styles.
//
// Start with [TrendOf] and [Layout]. [Spark] is the small trend of the board.
//
// A clinician must be able to rely on this: every scored check has its mark, at its
// own time and in the row of its own score, never averaged with another; the shape
// of the mark tells if the score made the grade; the strip below has the grade of
// every check; if nothing was recorded there is a gap; and a level is held only
// until the next check was due.
//
// Every rune is one cell wide. Besides the marks of events, letters, digits and + -
// they are ─ ━ │ ┬ ┈ · ● ◆ ○ × ▲ ?, for a caller that has to replace some of them.
package plot

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
	"time"

	"neurocheck/internal/icans"
)

// Trend is the input of [Layout].
type Trend struct {
	Tool     icans.Tool
	Readings []Reading // in any order
	Events   []Event
	Baseline icans.Points
	Infusion time.Time // zero if it is not known
	// From and To are the window. Readings outside have no mark, but the level of a
	// reading before it is held into it.
	From, To time.Time
	Now      time.Time
	Zone     *time.Location // its midnights divide the days; UTC if it is nil
	Cursor   string         // ID of the reading under the cursor
	// Height is the number of rows there is room for. If they are enough, each further
	// sign that was found has a row, and CAPD too has one row a score. ICE always has,
	// and no chart is cut to it.
	Height int
}

// Reading is one check.
type Reading struct {
	ID string
	At time.Time
	// Due is when the next check was due: the level is held no longer. If it is zero
	// the level is not held at all.
	Due time.Time
	// Scored is set if the tool of the rows was done, at least in part. Low and High
	// are then the least and the greatest total, equal if the total is known.
	Scored    bool
	Low, High int
	Shape     Shape

	NotDone             bool // no tool was done
	GradeLow, GradeHigh int  // the ICANS grade or its interval
	Floor               int  // the grade that counts for the flag
	Drivers             icans.Domains
	Flag                icans.Flag
	Signs               [16]icans.Severity // indexed as in [icans.Findings]
	CRS                 icans.Points
}

// Shape is the relation of a reading's score to its grade.
type Shape uint8

// The shapes, from the one that yields to the one that prevails in a shared cell.
const (
	Unsure  Shape = iota // unfinished, or the score has or may have another cause
	ByScore              // the score made the grade
	ByOther              // another domain made a higher grade
)

var shapeRunes = [...]rune{Unsure: '○', ByScore: '●', ByOther: '◆'}

// Event is an entry on the time axis that is no check.
type Event struct {
	At   time.Time
	Mark rune // one cell wide
}

// Kind is the kind of a cell.
type Kind uint8

// The kinds of cell.
const (
	Empty        Kind = iota
	Edge              // first row of a band
	Baseline          // level of the patient's baseline
	Held              // level of the last reading, until the next one was due
	Span              // between the readings of one column, or within an interval
	Mark              // a reading; of an interval of scores its worst end
	EndMark           // the best end of an interval of scores
	GradeMark         // in the strip: a grade, ? or ×
	DriverMark        // in the strip: the letter of a domain that made the grade
	SignMark          // the severity of a sign, or the grade of CRS
	EventMark         // an event
	Axis              // the time axis
	InfusionMark      // the infusion, on the time axis
)

// Cell is one place of the grid.
type Cell struct {
	Rune  rune
	Kind  Kind
	Shape Shape      // of a Mark
	Flag  icans.Flag // of the reading that the cell marks
}

// Row is one line of the grid with its labels.
type Row struct {
	Label string // to the left: the score, or the content of the row
	Band  string // to the right: the scores of the band that begins here
	Cells []Cell
}

// Chart is the layout of a trend.
type Chart struct {
	Rows   []Row
	Scores int // number of rows of scores, the first ones
	Cursor int // column of the reading under the cursor, -1 if there is none
}

// The widths of the labels to the left and to the right, in cells.
const (
	LabelWidth = 10
	BandWidth  = 9
)

// Lines returns the chart as plain text.
func (c Chart) Lines() []string {
	lines := make([]string, 0, len(c.Rows))
	for _, row := range c.Rows {
		var b strings.Builder
		label := "  " + row.Label
		b.WriteString(label + strings.Repeat(" ", max(0, LabelWidth-len([]rune(label)))))
		for _, cell := range row.Cells {
			b.WriteRune(cell.Rune)
		}
		lines = append(lines, strings.TrimRight(b.String()+" "+row.Band, " "))
	}
	return lines
}

// Layout lays a trend out in width columns of equal time: the rows of scores, the
// strip with the ICANS grade and the domains that made it, handwriting and CRS, the
// further signs that were found if there is room, the events, and the axis with the
// day since infusion.
func Layout(t Trend, width int) Chart {
	width = max(width, 0)
	if t.Zone == nil {
		t.Zone = time.UTC
	}
	readings := inOrder(t.Tool, t.Readings)
	below := t.strip(readings, width)
	below = append(below, t.sign("writing", icans.Handwriting, readings, width), t.crs(readings, width))
	room := t.Height - len(levelsICE) - len(below) - 2
	more := t.furtherSigns(readings, width)
	below = append(below, more[:min(len(more), max(room, 0))]...)
	below = append(below, t.events(width), t.axis(width))

	p := plotted{Trend: t, levels: levelsFor(t.Tool, t.Height-len(below)), width: width}
	p.background()
	p.hold(readings)
	columns := p.marks(readings)
	c := Chart{Rows: append(p.rows, below...), Scores: len(p.rows), Cursor: -1}
	if col, ok := columns[t.Cursor]; ok {
		c.Cursor = col
	}
	return c
}

// inOrder returns the readings by time. Of readings of one time the one with the
// worst score comes last, so that its level is held.
func inOrder(tool icans.Tool, readings []Reading) []Reading {
	levels := levelsFor(tool, allRows)
	list := slices.Clone(readings)
	slices.SortFunc(list, func(a, b Reading) int {
		if order := a.At.Compare(b.At); order != 0 || a.Scored != b.Scored {
			return cmp.Or(order, compareBool(a.Scored, b.Scored))
		}
		bestA, worstA := a.rows(levels)
		bestB, worstB := b.rows(levels)
		return cmp.Or(cmp.Compare(worstA, worstB), cmp.Compare(bestA, bestB), a.worse(&b), a.Due.Compare(b.Due), cmp.Compare(a.ID, b.ID))
	})
	return list
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// rows returns the best and the worst row of a reading's interval.
func (r *Reading) rows(levels []level) (best, worst int) {
	a, b := rowOf(levels, r.Low), rowOf(levels, r.High)
	return min(a, b), max(a, b)
}

// column returns the column of a time, and whether it is within the window. The
// product takes 128 bits, because a rounded one would move times at the edge of a
// column.
func (t *Trend) column(at time.Time, width int) (int, bool) {
	span := t.To.Sub(t.From)
	if at.Before(t.From) || at.After(t.To) || span <= 0 || width <= 0 {
		return 0, false
	}
	high, low := bits.Mul64(uint64(at.Sub(t.From)), uint64(width))
	col, _ := bits.Div64(high, low, uint64(span))
	return min(int(col), width-1), true
}

// plotted holds the rows of scores while they are drawn, from the back to the front.
type plotted struct {
	Trend
	levels []level
	rows   []Row
	width  int
}

// edgeStep is the distance between the marks of a band's edge, so wide that a gap in
// the row does not look like a line that goes on.
const edgeStep = 6

// background labels the rows and draws the edges of the bands and the baseline.
func (p *plotted) background() {
	for _, l := range p.levels {
		row := Row{Label: l.label(), Band: l.band, Cells: blank(p.width)}
		for col := 0; l.band != "" && col < p.width; col += edgeStep {
			row.Cells[col] = Cell{Rune: '┈', Kind: Edge}
		}
		p.rows = append(p.rows, row)
	}
	if n, ok := p.Baseline.Value(); ok {
		fill(p.rows[rowOf(p.levels, n)].Cells, '·', Baseline)
	}
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

// hold draws the level of each reading with a known total up to the next reading, or
// until the next check was due, or now, whichever comes first. An interval of scores
// has no level.
func (p *plotted) hold(readings []Reading) {
	for i, r := range readings {
		if !r.Scored || r.Low != r.High {
			continue
		}
		end := earliest(r.Due, p.Now, p.To)
		if i+1 < len(readings) {
			end = earliest(end, readings[i+1].At)
		}
		from, marked := p.column(r.At, p.width)
		if marked {
			from++
		} else if r.At.After(p.To) {
			continue
		}
		// The level ends before the end itself, so that a gap that begins with a column
		// begins in that column.
		to, within := p.column(end.Add(-1), p.width)
		if !within {
			continue
		}
		row := rowOf(p.levels, r.Low)
		for col := from; col <= to; col++ {
			p.rows[row].Cells[col] = Cell{Rune: '━', Kind: Held}
		}
	}
}

func earliest(times ...time.Time) time.Time { return slices.MinFunc(times, time.Time.Compare) }

// marks draws every reading that has a score in these rows, and returns the column
// of every reading.
func (p *plotted) marks(readings []Reading) map[string]int {
	columns := make(map[string]int)
	byColumn := make(map[int][]Reading)
	for _, r := range readings {
		col, ok := p.column(r.At, p.width)
		if !ok {
			continue
		}
		columns[r.ID] = col
		if r.Scored {
			byColumn[col] = append(byColumn[col], r)
		}
	}
	for col, list := range byColumn {
		best, worst := len(p.rows), -1
		for _, r := range list {
			b, w := r.rows(p.levels)
			best, worst = min(best, b), max(worst, w)
		}
		for row := best; row <= worst; row++ {
			p.rows[row].Cells[col] = Cell{Rune: '│', Kind: Span}
		}
		for _, r := range list {
			b, w := r.rows(p.levels)
			if b != w {
				p.put(b, col, Cell{'┬', EndMark, 0, r.Flag})
			}
			p.put(w, col, Cell{shapeRunes[r.Shape], Mark, r.Shape, r.Flag})
		}
	}
	return columns
}

// put marks a reading. In a shared cell a mark prevails over the end of an interval,
// the greater shape over the smaller, and the more urgent flag holds.
func (p *plotted) put(row, col int, cell Cell) {
	at := &p.rows[row].Cells[col]
	if at.Kind == Mark || at.Kind == EndMark {
		cell.Flag = max(cell.Flag, at.Flag)
		if at.Kind == Mark && (cell.Kind == EndMark || at.Shape > cell.Shape) {
			cell.Rune, cell.Kind, cell.Shape = at.Rune, at.Kind, at.Shape
		}
	}
	*at = cell
}
