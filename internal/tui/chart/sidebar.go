package chart

import (
	"fmt"
	"strings"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// The sizes of the sidebar: the room from which it is drawn, and its distance to the plot.
const (
	sidebarFrom   = 120
	sidebarHeight = 24
	sidebarGap    = 2
	mostDone      = 3 // lines of interventions on a window of 36 lines
)

// sidebarFits reports whether the page has room for the sidebar.
func sidebarFits(p kit.Page) bool { return p.Width >= sidebarFrom && p.Height >= sidebarHeight }

// withSidebar draws the checks, the follow-up, the episode and the interventions right of
// the plot.
func (s *trendView) withSidebar(p kit.Page, plot []string) []string {
	const width = plotWidth + sidebarGap
	return sideBySide(p, width, [][]string{plot, s.sidebar(p.Narrow(p.Width - width))})
}

// sidebar returns its lines. The table of checks has the room that the others leave.
func (s *trendView) sidebar(p kit.Page) []string {
	p.Width-- // the facts begin below the times of the table
	facts := s.followUpLines(p)
	episode := s.episodeLines(p)
	if episode == nil {
		episode = []string{" EPISODE  none: no check had a grade"}
	}
	facts = append(append(facts, episode...), s.doneLines(p, max(mostDone, p.Height/6))...)
	for i, line := range facts {
		facts[i] = " " + p.Fit(line, p.Width)
	}
	p.Width++
	table := s.checkTable(p.With(max(p.Height-len(facts), 6)))
	return append(table, facts...)
}

// followUpLines returns the follow-up with its state: "raised 15:45: NOT ACCEPTED, 7m over
// time".
func (s *trendView) followUpLines(p kit.Page) []string {
	st := s.state()
	f := st.FollowUp
	if f == nil {
		text := " FOLLOW-UP  none is open"
		if n := len(s.chart.FollowUps); n > 0 {
			last := &s.chart.FollowUps[n-1]
			text += "; closed " + s.d.Time(last.Closed.At) + " " + words.ShortName(last.Closed.By) + ": " + ward.WordsFor(ward.Outcomes, last.Outcome)
		}
		return p.Hang(text, p.Width-1, 2)
	}
	text := fmt.Sprintf(" FOLLOW-UP  %s, peak %d, %d checks", words.Level(f), f.Peak, f.Checks())
	lines := p.Hang(strings.Replace(text, " 1 checks", " 1 check", 1), p.Width-1, 2)
	look := desk.StateLook(p.Theme, st)
	for _, part := range p.Hang(" "+s.acceptance(st), p.Width-1, 2) {
		lines = append(lines, look.Render(part))
	}
	return lines
}

// acceptance returns the last opening or raising of the follow-up and its acceptance.
func (s *trendView) acceptance(st *ward.PatientState) string {
	f := st.FollowUp
	text := "opened " + s.d.Time(f.Opened.At) + ": "
	if !f.RaisedAt.IsZero() && f.RaisedAt.After(f.Opened.At) {
		text = "raised " + s.d.Time(f.RaisedAt) + ": "
	}
	now := s.d.Now()
	switch {
	case f.Acked.Done():
		return text + "accepted " + s.d.Time(f.Acked.At) + " " + words.ShortName(f.Acked.By)
	case st.Escalated:
		return text + "NOT ACCEPTED, " + desk.Brief(now.Sub(st.EscalatesAt), 100) + " over time"
	case st.EscalatesAt.IsZero():
		return text + "not accepted"
	}
	return text + "accept within " + desk.Brief(st.EscalatesAt.Sub(now), 100)
}

// doneLines returns the interventions, the last done first, in at most so many lines but for
// the last one of them. The one through which the line of the plot goes has the mark of that
// line, and is always among them.
func (s *trendView) doneLines(p kit.Page, most int) (lines []string) {
	const head = " DONE  "
	selected, more := s.lineAt(), 0
	for _, e := range s.drawnEvents() {
		chosen := selected != nil && eventID(selected) == eventID(&e)
		switch {
		case e.Kind != ward.AnIntervention:
			continue
		case len(lines) >= most && !chosen:
			more++
			continue
		}
		text := s.d.Time(e.At) + " " + ward.WordsFor(ward.Interventions, e.What) + " " + kit.Plain(e.Detail)
		for i, part := range p.Hang(strings.TrimSpace(text), p.Width-len(head)-1, 2) {
			line := strings.Repeat(" ", len(head)) + part
			if len(lines) == 0 {
				line = head + part
			}
			if chosen && i == 0 {
				line = "│" + line[1:] // ▌ is the selected check, on which the letters act
			}
			if chosen {
				line = p.Selected.Render(line)
			}
			lines = append(lines, line)
		}
	}
	switch {
	case len(lines) == 0:
		return []string{head + "nothing yet"}
	case more > 0:
		lines = append(lines, p.Faint.Render(fmt.Sprintf("       %d more: v shows them", more)))
	}
	return lines
}
