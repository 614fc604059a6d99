package tui

import (
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/plot"
)

// zooms are the lengths of time that the trend can show; 0 is the whole stay.
var zooms = []struct {
	name string
	span time.Duration
}{{"3 days", 72 * time.Hour}, {"7 days", 7 * 24 * time.Hour}, {"all", 0}, {"24 h", 24 * time.Hour}}

// trend lays the patient's checks out in the zoom that is chosen.
func (s *patientScreen) trend(a *app, width int) plot.Chart {
	t := plot.WholeStay(&s.chart, a.site, a.now, a.zone)
	if c := s.check(); c != nil && c.Stands() {
		t.Cursor = c.ID
	}
	if span := zooms[s.zoom].span; span > 0 {
		t.From = t.To.Add(-span)
	}
	return plot.Layout(t, width)
}

// plotted is the trend as lines of the screen, with the check under the cursor
// read out below.
func (s *patientScreen) plotted(a *app, w int) []string {
	const label, band = 8, 9
	chart := s.trend(a, w-label-band)
	var lines []string
	for _, row := range chart.Rows {
		var b strings.Builder
		b.WriteString(a.theme.faint.Render(a.pad(" "+row.Label, label)))
		for col, cell := range row.Cells {
			style := a.theme.faint
			switch cell.Kind {
			case plot.Mark, plot.WorstMark, plot.EndMark, plot.UnableMark:
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
	return append(lines, " "+a.theme.strong.Render(a.fit(s.readOut(a), w-2)))
}

// legend says what the marks on the time axis are, those that are there.
func (s *patientScreen) legend() string {
	return strings.Join(plot.Legend(&s.chart), "  ")
}

// readOut says what the check under the cursor is.
func (s *patientScreen) readOut(a *app) string {
	c := s.check()
	if c == nil {
		return "no check yet"
	}
	line := a.clock(c.PerformedAt) + "  day " + a.day(&s.chart.Patient, c.PerformedAt) + "  " + toolScore(&c.Findings) + "  ICANS " + grade(c.Result)
	if c.Result.Flag != icans.FlagNone {
		line += "  " + strings.TrimSpace(flagLine(c.Result))
	}
	return line
}

// toReading moves the cursor to the next check that stands, older or newer.
func (s *patientScreen) toReading(step int) {
	for i := s.at + step; i >= 0 && i < len(s.chart.Checks); i += step {
		if s.chart.Checks[i].Stands() {
			s.at = i
			return
		}
	}
}

// sparkWidth is one cell for each eight hours of the last two days.
const sparkWidth = 6

func (a *app) spark(s *boardRow) string {
	draw := plot.Spark
	if a.opts.ASCII {
		draw = plot.SparkASCII
	}
	return draw(s.Patient.Tool, s.readings, a.now, sparkSpan, sparkWidth)
}
