package chart

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"neurocheck/internal/plot"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// plotWidth is the width of the plot with its labels if another column is right of it.
const plotWidth = 72

// plotHeight is the height of the plot with all its rows and one more for a further sign.
const plotHeight = 18

// drawRow draws a row with its labels, the selected check in reverse, and the line of the
// selected event through the cells without a reading.
func drawRow(p kit.Page, row plot.Row, cursor, through int, scores bool) string {
	var b strings.Builder
	b.WriteString(p.Faint.Render(p.Pad("  "+row.Label, plot.LabelWidth)))
	for col, cell := range row.Cells {
		mark, look := string(cell.Rune), p.Faint
		switch cell.Kind {
		case plot.Mark, plot.EndMark, plot.GradeMark, plot.DriverMark:
			look = desk.FlagLook(p.Theme, cell.Flag)
		case plot.SignMark, plot.EventMark:
			look = p.Strong
		case plot.Held, plot.Span:
			look = kit.Look{}
		}
		if col == through {
			switch cell.Kind {
			case plot.Empty, plot.Edge, plot.Baseline, plot.Held:
				if scores {
					mark, look = "│", p.Strong
				}
			case plot.EventMark:
				mark = p.Selected.Render(mark)
			}
		} else if through < 0 && col == cursor && (cell.Kind != plot.Empty || scores) {
			mark = p.Selected.Render(mark)
		}
		b.WriteString(look.Render(mark))
	}
	return b.String() + p.Faint.Render(" "+row.Band)
}

// giveWay leaves out rows if there is no room for all: first the rows below the scores
// that are empty, then the worst scores if no reading is there, so that the rows that
// remain keep their distances.
func giveWay(rows []plot.Row, scores, room int) ([]plot.Row, int) {
	rows = slices.Clone(rows)
	for i := len(rows) - 1; i >= scores && len(rows) > room; i-- {
		if hasOnly(rows[i], plot.Empty) && rows[i].Label != "ICANS" {
			rows = slices.Delete(rows, i, i+1)
		}
	}
	const least = 3
	for scores > least && len(rows) > room && hasOnly(rows[scores-1], plot.Empty, plot.Edge) {
		scores--
		rows = slices.Delete(rows, scores, scores+1)
	}
	return rows, scores
}

// hasOnly reports whether all cells of a row are of these kinds.
func hasOnly(row plot.Row, kinds ...plot.Kind) bool {
	return !slices.ContainsFunc(row.Cells, func(c plot.Cell) bool { return !slices.Contains(kinds, c.Kind) })
}

// trendMarks explains the marks of the trend for the help.
func trendMarks(c *ward.Chart) []kit.Mark {
	list := []kit.Mark{
		{Sign: "●", Means: "in the trend: the score made the grade"},
		{Sign: "◆", Means: "in the trend: another domain made a higher grade"},
		{Sign: "○", Means: "in the trend: unfinished, or of another cause; a bar is the interval"},
	}
	for _, line := range plot.Legend(c) {
		sign, means, _ := strings.Cut(line, " ")
		list = append(list, kit.Mark{Sign: sign, Means: means})
	}
	return list
}

// columnOf returns the column of a time in the plot, or -1 if it is outside.
func columnOf(t plot.Trend, at time.Time, width int) int {
	t.Readings, t.Events = nil, []plot.Event{{At: at, Mark: 'x'}}
	for _, row := range plot.Layout(t, width).Rows {
		for col, cell := range row.Cells {
			if cell.Kind == plot.EventMark {
				return col
			}
		}
	}
	return -1
}

// fewer shortens the lines about the state to the room. The last one says how many more
// there are.
func fewer(p kit.Page, states []string, room int) []string {
	room = max(room, 2)
	if len(states) <= room {
		return states
	}
	more := p.Faint.Render(" +" + strconv.Itoa(len(states)-room) + " (v)")
	last := p.Fit(states[room-1], p.Width-p.Cells(more))
	return append(states[:room-1:room-1], last+more)
}
