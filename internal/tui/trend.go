package tui

import (
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/plot"
	"neurocheck/internal/ward"
)

// zooms are the lengths of time that the trend can show; 0 is the whole record.
var zooms = []struct {
	name string
	span time.Duration
}{{"36 h", 36 * time.Hour}, {"3 days", 72 * time.Hour}, {"7 days", 7 * 24 * time.Hour}, {"all", 0}, {"24 h", 24 * time.Hour}}

// trend lays out the patient's checks in the chosen zoom.
func (s *patientScreen) trend(a *app, width, height int) plot.Chart {
	t := plot.TrendOf(&s.chart, a.site, a.now)
	if c := s.check(); c != nil && c.Valid() {
		t.Cursor = c.ID
	}
	if span := zooms[s.zoom].span; span > 0 {
		t.From = t.To.Add(-span)
	}
	t.Height = height
	return plot.Layout(t, width)
}

// plotted returns the trend as lines of the screen.
func (s *patientScreen) plotted(a *app, w, h int) []string {
	chart := s.trend(a, w-plot.LabelWidth-plot.BandWidth, h)
	var lines []string
	for _, row := range chart.Rows {
		var b strings.Builder
		b.WriteString(a.theme.faint.Render(a.pad("  "+row.Label, plot.LabelWidth)))
		for col, cell := range row.Cells {
			style := a.theme.faint
			switch cell.Kind {
			case plot.Mark, plot.EndMark, plot.GradeMark, plot.DriverMark:
				style = a.theme.flags[cell.Flag]
			case plot.SignMark, plot.EventMark:
				style = a.theme.strong
			case plot.Held, plot.Span:
				style = a.theme.plain
			}
			mark := string(cell.Rune)
			if col == chart.Cursor {
				mark = a.theme.selected.Render(mark)
			}
			b.WriteString(style.Render(mark))
		}
		lines = append(lines, b.String()+a.theme.faint.Render(" "+row.Band))
	}
	return lines
}

// legend explains the marks on the time axis.
func (s *patientScreen) legend() string {
	return strings.Join(plot.Legend(&s.chart), "  ")
}

// readOut describes the check under the cursor.
func (s *patientScreen) readOut(a *app) string {
	c := s.check()
	if c == nil {
		return "no check yet"
	}
	line := a.clock(c.PerformedAt) + "  day " + a.day(&s.chart.Patient, c.PerformedAt) + "  " + toolScore(&c.Findings) + "  ICANS " + gradeColumn(c.Result)
	if c.Result.Flag != icans.FlagNone || c.Result.AtBaseline() {
		return line + "  " + flagLine(c.Result)
	}
	if same := unchanged(&c.Findings); same != "" {
		line += "  " + same
	}
	return line
}

// toReading moves the cursor to the next check that counts, older or newer.
func (s *patientScreen) toReading(step int) {
	for i := s.index() + step; i >= 0 && i < len(s.chart.Versions); i += step {
		if s.chart.Versions[i].Valid() {
			s.choose(i)
			return
		}
	}
}

// The strip of the board has one cell for each eight hours of the last two days.
const (
	stripSpan  = 48 * time.Hour
	stripWidth = 6
)

// strip returns the grades of a patient's last 48 h.
func (a *app) strip(h *ward.History) string {
	draw := plot.Spark
	if a.opts.ASCII {
		draw = plot.SparkASCII
	}
	return draw(h.Checks, a.now, stripSpan, stripWidth)
}
