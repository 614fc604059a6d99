package chart

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/plot"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// zooms are the lengths of time that the trend can show, the shortest first; 0 is the
// whole record.
var zooms = [...]struct {
	name string
	span time.Duration
}{{"24 h", 24 * time.Hour}, {"36 h", 36 * time.Hour}, {"3 days", 72 * time.Hour}, {"7 days", 7 * 24 * time.Hour}, {"all", 0}}

// trendView draws the scores over time, with the checks and the events below them. On a
// wide window the checks, the follow-up and the episode are right of the plot.
type trendView struct {
	nothingToLoad
	*selection
	toEvents func() // brings the view of the events to the front
	longer   int    // steps of the zoom from 36 h
	through  bool   // a line goes through the plot at the selected event

	readings plot.Trend // of the whole record
	as       asOf
}

func (s *trendView) title() string   { return "trend, " + s.zoomName() }
func (s *trendView) list() *kit.List { return nil }

func (s *trendView) zoom() int { return 1 + s.longer }

func (s *trendView) zoomName() string { return zooms[s.zoom()].name }

// changeZoom takes the next longer or shorter zoom. It reports whether there is one.
func (s *trendView) changeZoom(by int) bool {
	to := s.zoom() + by
	if to < 0 || to >= len(zooms) {
		return false
	}
	s.longer += by
	return true
}

// window returns the readings with the window of the zoom. If the selected check or event is
// earlier, the window moves to it.
func (s *trendView) window() plot.Trend {
	if s.outdated(&s.as) {
		s.readings = plot.TrendOf(&s.chart, s.d.Site(), s.d.Now())
	}
	t := s.readings
	shown := time.Time{}
	if c := s.check(); c != nil && c.Valid() {
		t.Cursor, shown = c.ID, c.PerformedAt
	}
	if e := s.lineAt(); e != nil {
		shown = e.At
	}
	span := zooms[s.zoom()].span
	if span == 0 {
		return t
	}
	t.From = t.To.Add(-span)
	if !shown.IsZero() && shown.Before(t.From) {
		t.From = shown.Add(-span / 6)
		t.To = t.From.Add(span)
	}
	return t
}

func (s *trendView) body(p kit.Page) []string {
	if len(s.chart.Checks) == 0 {
		return append(s.stateLines(p), "", "  No check yet: the trend begins with the first one.")
	}
	states := s.stateLines(p)
	if !sidebarFits(p) {
		rows := s.plotRows(p, p.Height-len(states))
		return append(fewer(p, states, p.Height-len(rows)), rows...)
	}
	states = fewer(p, states, p.Height-plotHeight)
	p.Height -= len(states)
	return append(states, s.withSidebar(p, s.plotRows(p.Narrow(plotWidth), p.Height))...)
}

// plotRows draws the plot in the room, or in more lines if it needs them.
func (s *trendView) plotRows(p kit.Page, room int) (lines []string) {
	t := s.window()
	t.Height = p.Height - 1
	width := p.Width - plot.LabelWidth - plot.BandWidth
	c := plot.Layout(t, width)
	through := -1
	if e := s.lineAt(); e != nil {
		through = columnOf(t, e.At, width)
	}
	c.Rows, c.Scores = giveWay(c.Rows, c.Scores, room)
	for i, row := range c.Rows {
		lines = append(lines, drawRow(p, row, c.Cursor, through, i < c.Scores))
	}
	return lines
}

// foot returns the selected check or event. On a window of 24 lines it has one line, so
// that the plot has the others.
func (s *trendView) foot(p kit.Page) []string {
	if e := s.lineAt(); e != nil {
		return strong(p, p.Hang(" "+s.effectWords(p, e), p.Width-1, 1)) // whole, because "not proof" is its end
	}
	text := "no check is chosen: ← → choose one"
	if c := s.check(); c != nil {
		text = s.readOut(c)
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
	return strong(p, lines)
}

func (s *trendView) keys(toViews []kit.Binding) []kit.Binding {
	toViews[0].Short = "views" // the line has room for no more
	checks := s.earlierLater("checks", (*ward.Check).Valid)
	move := checks.Do
	checks.Do = func(h kit.Host, k kit.Key) tea.Cmd {
		s.through = false
		return move(h, k)
	}
	list := []kit.Binding{
		checks,
		kit.Bind("up down", "events", "a later or earlier event: a line through the plot", func(h kit.Host, k kit.Key) tea.Cmd {
			s.moveEvent(h, k.Name == "down")
			return nil
		}).As("↑↓").If(len(s.drawnEvents()) > 0, "nothing was done or reported"),
		kit.Bind("+ -", "zoom", "zoom: 24 h, 36 h, 3 days, 7 days, all", func(h kit.Host, k kit.Key) tea.Cmd {
			by := 1
			if k.Name == "+" {
				by = -1
			}
			if !s.changeZoom(by) {
				h.Fail("the trend shows " + s.zoomName() + " already")
			}
			return nil
		}).As("+ -"),
		kit.Bind("home end", "", "the first, the last check", func(_ kit.Host, k kit.Key) tea.Cmd {
			s.through = false
			if n := len(s.chart.Checks); n > 0 && k.Name == "home" {
				s.checks.Choose(s.chart.Checks[0].ID)
			} else if n > 0 {
				s.checks.Choose(s.chart.Checks[n-1].ID)
			}
			return nil
		}),
	}
	return append(append(list, toViews...), s.enterKey())
}

// enterKey opens the selected check, or the list of events if the line of one is drawn.
func (s *trendView) enterKey() kit.Binding {
	if s.lineAt() != nil {
		return kit.Bind("enter", "in full", "the event in full", func(kit.Host, kit.Key) tea.Cmd {
			s.toEvents()
			return nil
		})
	}
	return s.checks.Acting(kit.Bind("enter", "in full", "the check in full", nil), s.openCheck)
}

// drawnEvents returns the events that the trend draws, the newest first.
func (s *trendView) drawnEvents() []ward.Event {
	return slices.DeleteFunc(s.chart.Events(), func(e ward.Event) bool { return !drawn(&e) })
}

func drawn(e *ward.Event) bool { return !e.Withdrawn && e.Kind != ward.AnOrder }

// lineAt returns the event whose line goes through the plot, or nil.
func (s *trendView) lineAt() *ward.Event {
	if e := s.event(); s.through && e != nil && drawn(e) {
		return e
	}
	return nil
}

// moveEvent draws the line through the event before or after the selected one. The first
// press draws it through the last event.
func (s *trendView) moveEvent(h kit.Host, earlier bool) {
	list := s.drawnEvents()
	if s.lineAt() == nil {
		s.through = true
		s.events.Choose(eventID(&list[0]))
		return
	}
	at := eventID(s.event())
	i := slices.IndexFunc(list, func(e ward.Event) bool { return eventID(&e) == at })
	if earlier {
		i++
	} else {
		i--
	}
	switch {
	case i < 0:
		h.Fail("this is the last event; ← → go back to the checks")
	case i >= len(list):
		h.Fail("this is the first event")
	default:
		s.events.Choose(eventID(&list[i]))
	}
}
