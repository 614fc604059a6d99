package chart

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/plot"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// zooms are the lengths of time that the trend can show, the shortest first; 0 is the
// whole record.
var zooms = [...]struct {
	name string
	span time.Duration
}{{"24 h", 24 * time.Hour}, {"36 h", 36 * time.Hour}, {"3 days", 72 * time.Hour}, {"7 days", 7 * 24 * time.Hour}, {"all", 0}}

// trend holds the zoom, and the readings of the chart until the chart or the minute
// changes, because they take longer than one frame for a long record.
type trend struct {
	longer   int // steps from 36 h
	readings plot.Trend
	of       int
	at       time.Time
}

func (t *trend) zoom() int { return 1 + t.longer }

func (t *trend) zoomName() string { return zooms[t.zoom()].name }

// change takes the next longer or shorter zoom. It reports whether there is one.
func (t *trend) change(by int) bool {
	to := t.zoom() + by
	if to < 0 || to >= len(zooms) {
		return false
	}
	t.longer += by
	return true
}

// window returns the readings with the window of the zoom. If the check in hand is
// earlier, the window moves to it.
func (s *patientScreen) window() plot.Trend {
	if now := s.d.Now(); s.trend.of != s.loads || now.Sub(s.trend.at) >= time.Minute || now.Before(s.trend.at) {
		s.trend.readings, s.trend.of, s.trend.at = plot.TrendOf(&s.chart, s.d.Site(), now), s.loads, now
	}
	t := s.trend.readings
	c := s.check()
	if c != nil && c.Valid() {
		t.Cursor = c.ID
	}
	span := zooms[s.trend.zoom()].span
	if span == 0 {
		return t
	}
	t.From = t.To.Add(-span)
	shown := time.Time{}
	if c != nil && c.Valid() {
		shown = c.PerformedAt
	}
	if e := s.eventAt(); e != nil {
		shown = e.At
	}
	if !shown.IsZero() && shown.Before(t.From) {
		t.From = shown.Add(-span / 6)
		t.To = t.From.Add(span)
	}
	return t
}

func (s *patientScreen) trendBody(p kit.Page) []string {
	if len(s.chart.Checks) == 0 {
		return append(s.stateLines(p), "", "  No check yet: the trend begins with the first one.")
	}
	states := s.stateLines(p)
	t := s.window()
	t.Height = p.Height - 1
	width := p.Width - plot.LabelWidth - plot.BandWidth
	c := plot.Layout(t, width)
	through := s.through(t, width)
	room := p.Height - len(states)
	c.Rows, c.Scores = giveWay(c.Rows, c.Scores, room)
	if len(c.Rows) > room {
		states = s.fewer(p, states, p.Height-len(c.Rows))
	}
	for i, row := range c.Rows {
		states = append(states, drawRow(p, row, c.Cursor, through, i < c.Scores))
	}
	return states
}

// fewer shortens the state to the lines that the plot leaves. The last one says how many
// more there are.
func (s *patientScreen) fewer(p kit.Page, states []string, room int) []string {
	room = max(room, 2)
	if len(states) <= room {
		return states
	}
	more := p.Faint.Render(" +" + itoa(len(states)-room) + " (v)")
	last := p.Fit(states[room-1], p.Width-p.Cells(more))
	return append(states[:room-1:room-1], last+more)
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

// through returns the column of the event in hand, or -1.
func (s *patientScreen) through(t plot.Trend, width int) int {
	e := s.eventAt()
	if e == nil {
		return -1
	}
	t.Readings, t.Events = nil, []plot.Event{{At: e.At, Mark: 'x'}}
	for _, row := range plot.Layout(t, width).Rows {
		for col, cell := range row.Cells {
			if cell.Kind == plot.EventMark {
				return col
			}
		}
	}
	return -1
}

// drawRow draws a row with its labels, the check in hand in reverse, and the line of the
// event in hand through the cells without a reading.
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

// trendFoot returns the check or the event in hand. On a window of 24 lines it has one
// line, so that the plot has the others.
func (s *patientScreen) trendFoot(p kit.Page) []string {
	text := "no check is in hand: ← → choose one"
	if c := s.check(); c != nil {
		text = s.readOut(c)
	}
	if e := s.eventAt(); e != nil {
		text = s.eventEffect(e)
	}
	lines := p.Hang(" "+text, p.Width-1, 1)
	room := 1
	if p.Height > 21 {
		room = 3
	}
	if len(lines) > room {
		const more = "   enter: more"
		lines = lines[:room]
		lines[room-1] = p.Cut(lines[room-1], p.Width-1-len(more))
		if i := strings.LastIndexAny(lines[room-1], ",;"); i > 0 {
			lines[room-1] = lines[room-1][:i]
		}
		lines[room-1] += more
	}
	for i := range lines {
		lines[i] = p.Strong.Render(lines[i])
	}
	return lines
}

func (s *patientScreen) trendKeys() []kit.Binding {
	events := s.drawnEvents()
	return []kit.Binding{
		s.earlierLater("checks"),
		kit.Bind("up down", "events", "a later or earlier event: a line through the plot", func(h kit.Host, k kit.Key) tea.Cmd {
			s.moveEvent(h, k.Name == "down")
			return nil
		}).As("↑↓").If(len(events) > 0, "nothing was done or reported"),
		kit.Bind("+ -", "zoom", "zoom: 24 h, 36 h, 3 days, 7 days, all", func(h kit.Host, k kit.Key) tea.Cmd {
			by := 1
			if k.Name == "+" {
				by = -1
			}
			if !s.trend.change(by) {
				h.Fail("the trend shows " + s.trend.zoomName() + " already")
			}
			return nil
		}).As("+ -"),
		kit.Bind("home end", "", "the first, the last check", func(_ kit.Host, k kit.Key) tea.Cmd {
			s.throughAt = false
			if n := len(s.chart.Checks); n > 0 && k.Name == "home" {
				s.checks.Choose(s.chart.Checks[0].ID)
			} else if n > 0 {
				s.checks.Choose(s.chart.Checks[n-1].ID)
			}
			return nil
		}),
	}
}

// enterKey opens the check in hand, or the list of events if the line of one is drawn.
func (s *patientScreen) enterKey() kit.Binding {
	if s.eventAt() != nil {
		return kit.Bind("enter", "in full", "the event in full", func(kit.Host, kit.Key) tea.Cmd {
			s.view = viewEvents
			return nil
		})
	}
	return s.checks.Acting(kit.Bind("enter", "in full", "the check in full", nil), s.openCheck)
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
