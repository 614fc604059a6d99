// Package plot lays out the trend of one patient's checks: a grid of cells that a
// terminal draws as characters and a report can draw as shapes. It is pure: no
// clock, no I/O, no styles.
//
// Start with [WholeStay] and [Layout]. [Spark] is the small trend of the board.
//
// What a clinician must be able to rely on: every reading has its mark, at its
// own time and in the row of its own score, never averaged with another; where
// several fall into one column each has its mark and the worst is told apart;
// where nothing was recorded there is a gap; a level is held only until the next
// check was due; and what could not be tested stands in a row of its own.
//
// Every rune is one cell wide. Beside the marks of events, digits and + - they are
// the box and block characters ─ ━ │ ┬ ┴ ┈ · ● ○ × ▲ ▁▂▃▄▅▆▇█ and the letters of
// the signs, for a caller that has to put others in their place.
package plot

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
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
	// From and To are the window. What lies outside has no mark, but the level of a
	// reading before it is held into it.
	From, To time.Time
	Now      time.Time
	Zone     *time.Location // whose midnights divide the days; UTC where it is nil
	Cursor   string         // ID of the reading under the cursor
	// Height is the number of rows there is room for. Where they are enough, CAPD too
	// has one row a score. ICE always has, and no chart is cut to it.
	Height int
}

// Reading is one check.
type Reading struct {
	ID string
	At time.Time
	// Due is when the next check was due: the level is held no longer. Where it is
	// zero nobody said so, and the level is not held at all.
	Due time.Time
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
	Empty        Kind = iota
	Edge              // first row of a grade band
	Baseline          // level of the patient's baseline
	Held              // level of the last reading, until the next one was due
	Span              // between the readings of one column, or within an interval
	Mark              // a reading
	WorstMark         // the worst reading of its column
	EndMark           // an end of the interval of an incomplete reading, or both in one row
	UnableMark        // a check that could not be done
	SignMark          // changed handwriting, tremor
	EventMark         // an event
	Axis              // the time axis
	InfusionMark      // the infusion, on the time axis
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

// Lines returns the chart as plain text, with labels of eight cells to the left
// and of up to eight to the right.
func (c Chart) Lines() []string {
	lines := make([]string, 0, len(c.Rows))
	for _, row := range c.Rows {
		var b strings.Builder
		b.WriteString(strings.Repeat(" ", max(0, 7-len(row.Label))) + row.Label + " ")
		for _, cell := range row.Cells {
			b.WriteRune(cell.Rune)
		}
		lines = append(lines, strings.TrimRight(b.String()+" "+row.Band, " "))
	}
	return lines
}

// Layout lays a trend out in columns of equal time, width of them: the rows of
// scores, a row of what could not be tested, rows for handwriting and tremor
// where there is any, the events, and the axis with the day since infusion.
func Layout(t Trend, width int) Chart {
	width = max(width, 0)
	if t.Zone == nil {
		t.Zone = time.UTC
	}
	readings := inOrder(t.Tool, t.Readings)
	signs := t.signs(readings, width)
	below := append([]Row{t.unable(readings, width)}, signs...)
	below = append(below, t.events(width), t.axis(width))

	p := plotted{Trend: t, levels: levelsFor(t.Tool, t.Height-len(below)), width: width}
	p.background()
	p.hold(readings)
	columns := p.marks(readings)
	c := Chart{Rows: append(p.rows, below...), Cursor: -1}
	if col, ok := columns[t.Cursor]; ok {
		c.Cursor = col
	}
	return c
}

// inOrder returns the readings by time. Of those of one moment the worst score is
// the last, whose level is held.
func inOrder(tool icans.Tool, readings []Reading) []Reading {
	levels := levelsFor(tool, fine)
	list := slices.Clone(readings)
	slices.SortFunc(list, func(a, b Reading) int {
		if order := a.At.Compare(b.At); order != 0 || a.Unable != b.Unable {
			return cmp.Or(order, cmp.Compare(scored(a), scored(b)))
		}
		bestA, worstA := a.rows(levels)
		bestB, worstB := b.rows(levels)
		return cmp.Or(cmp.Compare(worstA, worstB), cmp.Compare(bestA, bestB), a.Due.Compare(b.Due), cmp.Compare(a.ID, b.ID))
	})
	return list
}

func scored(r Reading) int {
	if r.Unable {
		return 0
	}
	return 1
}

// rows are the best and the worst row of a reading's interval.
func (r *Reading) rows(levels []level) (best, worst int) {
	a, b := rowOf(levels, r.Low), rowOf(levels, r.High)
	return min(a, b), max(a, b)
}

// column returns the column of a time, and whether it lies within. The product
// takes 128 bits, for a rounded one moves what falls on the edge of a column.
func (t *Trend) column(at time.Time, width int) (int, bool) {
	span := t.To.Sub(t.From)
	if at.Before(t.From) || at.After(t.To) || span <= 0 || width <= 0 {
		return 0, false
	}
	high, low := bits.Mul64(uint64(at.Sub(t.From)), uint64(width))
	col, _ := bits.Div64(high, low, uint64(span))
	return min(int(col), width-1), true
}

// plotted are the rows of scores as they are drawn, from the back to the front.
type plotted struct {
	Trend
	levels []level
	rows   []Row
	width  int
}

// edgeStep is how far apart the marks of a grade band's edge stand: few enough
// that a gap in the row does not look like a line that goes on.
const edgeStep = 4

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

// hold draws the level of each scored reading up to the next reading, or until
// the next check was due, or now, whichever comes first. An incomplete reading
// has no level.
func (p *plotted) hold(readings []Reading) {
	for i, r := range readings {
		if r.Unable || r.Low != r.High {
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
		// The moment it ends is no longer held: a gap that begins with a column
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

// marks draws every reading that has a score, and returns the column of each and
// of those that could not be done.
func (p *plotted) marks(readings []Reading) map[string]int {
	columns := make(map[string]int)
	byColumn := make(map[int][]Reading)
	for _, r := range readings {
		col, ok := p.column(r.At, p.width)
		if !ok {
			continue
		}
		columns[r.ID] = col
		if !r.Unable {
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
			if r.Low == r.High {
				p.put(b, col, Cell{'○', Mark, r.Flag})
				continue
			}
			p.put(b, col, Cell{'┬', EndMark, r.Flag})
			p.put(w, col, Cell{'┴', EndMark, r.Flag})
		}
		if at := &p.rows[worst].Cells[col]; at.Kind == Mark {
			at.Rune, at.Kind = '●', WorstMark
		}
	}
	return columns
}

// put marks a reading. A whole reading goes before the end of an interval, and of
// two in one place the more pressing flag holds.
func (p *plotted) put(row, col int, cell Cell) {
	at := &p.rows[row].Cells[col]
	if at.Kind == Mark || at.Kind == EndMark {
		cell.Flag = max(cell.Flag, at.Flag)
		switch {
		case at.Kind == Mark:
			cell.Rune, cell.Kind = at.Rune, at.Kind
		case cell.Kind == EndMark && cell.Rune != at.Rune:
			cell.Rune = '│' // the upper end of one and the lower end of one
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
