package report

import (
	"fmt"
	"strings"

	"neurocheck/internal/icans"
	"neurocheck/internal/plot"
)

// The trend on paper has this many columns, each of a width and a height in the
// units of the drawing, with room for the labels to the left and to the right.
const (
	trendColumns = 84
	cellWidth    = 8
	cellHeight   = 17
	labelWidth   = 86
	bandWidth    = 76
)

// trendHeight is the room for rows: enough for every further sign, but not for one row
// a score of CAPD.
const trendHeight = 23

// trendFigure is a trend as the shapes of an SVG: every cell of [plot.Layout] becomes
// the shape of its kind.
type trendFigure struct {
	ID, Caption, Period string
	Words               string // description for readers who do not see it
	Width, Height       int
	Bands               []box
	Lines, Marks        []shape // the marks lie above the lines
	Labels              []label
}

type box struct{ X, Y, Width, Height int }

type shape struct{ Class, Path string }

type label struct {
	X, Y        int
	Class, Text string
}

func (p *page) figure(t plot.Trend, id, caption string) trendFigure {
	t.Height = trendHeight
	chart := plot.Layout(t, trendColumns)
	fig := trendFigure{
		ID: id, Caption: caption, Period: p.date(t.From) + " to " + p.date(t.To),
		Words: trendWords(t),
		Width: labelWidth + trendColumns*cellWidth + bandWidth, Height: len(chart.Rows)*cellHeight + 4,
	}
	band := 0
	for i, row := range chart.Rows {
		top := i * cellHeight
		fig.text(labelWidth-8, top, "label", row.Label)
		if row.Band != "" {
			fig.text(labelWidth+trendColumns*cellWidth+8, top, "band", row.Band)
			band++
		}
		if i < chart.Scores && band%2 == 0 {
			fig.Bands = append(fig.Bands, box{labelWidth, top, trendColumns * cellWidth, cellHeight})
		}
		fig.row(row, top)
	}
	return fig
}

func trendWords(t plot.Trend) string {
	if len(t.Readings) == 0 {
		return "No check has been recorded yet."
	}
	tool := icans.FieldOf("tool").Words(&icans.Findings{Tool: t.Tool})
	return fmt.Sprintf("The %s score of each check over time, the best score at the top, with the ICANS grade of each check and the domains that made it below. The table of checks has the same figures.", tool)
}

// row draws the cells of one row. A line is drawn in one piece, and so are the digits
// of a day.
func (f *trendFigure) row(row plot.Row, top int) {
	for col := 0; col < len(row.Cells); {
		cell, n := row.Cells[col], 1
		for col+n < len(row.Cells) && joins(cell, row.Cells[col+n]) {
			n++
		}
		left, right := labelWidth+col*cellWidth, labelWidth+(col+n)*cellWidth
		x, y := left+cellWidth/2, top+cellHeight/2
		switch cell.Kind {
		case plot.Baseline:
			f.path("baseline", "M%d %dH%d", left, y, right)
		case plot.Edge:
			f.path("edge", "M%d %dh%d", left, top, min(6, len(row.Cells)-col)*cellWidth)
		case plot.Held:
			if col > 0 && row.Cells[col-1].Kind == plot.Mark {
				left -= cellWidth / 2
			}
			f.path("held", "M%d %dH%d", left, y, right)
		case plot.Span:
			f.path("span", "M%d %dv%d", x, top, cellHeight)
		case plot.Mark:
			f.mark(cell, x, y)
		case plot.EndMark:
			f.path("interval", "M%d %dh8m-4 0V%d", x-4, y, top+cellHeight)
		case plot.GradeMark:
			f.text(x, top, "letter grade "+cell.Flag.Code(), string(cell.Rune))
		case plot.DriverMark, plot.SignMark, plot.EventMark:
			f.text(x, top, "letter", string(cell.Rune))
		case plot.Axis:
			f.axis(row.Cells[col:col+n], left, right, y)
		case plot.InfusionMark:
			f.path("infusion", "M%d %dm0-6l6 11h-12z", x, y)
		}
		col += n
	}
}

// joins reports whether the cell b continues the line that the cell a is part of.
func joins(a, b plot.Cell) bool {
	if a.Kind != b.Kind {
		return false
	}
	return a.Kind == plot.Held || a.Kind == plot.Baseline || a.Kind == plot.Axis
}

// markShapes are the shapes of a reading: a disc if the score made the grade, a
// diamond if another domain made a higher one. Black and white is enough.
var markShapes = [...]string{
	plot.Unsure:  "M%d %dm-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
	plot.ByScore: "M%d %dm-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
	plot.ByOther: "M%d %dm0-6l6 6l-6 6l-6-6z",
}

// mark draws a reading; it is hollow if it is unfinished or has another cause.
func (f *trendFigure) mark(cell plot.Cell, x, y int) {
	class := "mark " + cell.Flag.Code()
	if cell.Shape == plot.Unsure {
		class += " hollow"
	}
	f.Marks = append(f.Marks, shape{class, fmt.Sprintf(markShapes[cell.Shape], x, y)})
}

// axis draws a stretch of the time axis: a line, with ticks and the names of days.
func (f *trendFigure) axis(cells []plot.Cell, left, right, y int) {
	f.path("axis", "M%d %dH%d", left, y-7, right)
	var name strings.Builder
	start := 0
	flush := func() {
		if name.Len() > 0 {
			f.Labels = append(f.Labels, label{start, y + 7, "day", strings.ReplaceAll(name.String(), "-", "−")})
		}
		name.Reset()
	}
	for i, cell := range cells {
		x := left + i*cellWidth
		switch cell.Rune {
		case '─':
			flush()
		case '│':
			flush()
			f.path("axis", "M%d %dv5", x+cellWidth/2, y-7)
		default:
			if name.Len() == 0 {
				start = x - 2
			}
			name.WriteRune(cell.Rune)
		}
	}
	flush()
}

func (f *trendFigure) path(class, format string, numbers ...any) {
	f.Lines = append(f.Lines, shape{class, fmt.Sprintf(format, numbers...)})
}

func (f *trendFigure) text(x, top int, class, text string) {
	if text != "" {
		f.Labels = append(f.Labels, label{x, top + cellHeight/2 + 5, class, text})
	}
}
