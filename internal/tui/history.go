package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/ward"
)

// history is who changed what in a patient's particulars, newest first.
type history struct {
	charted
	at int // first line shown
}

func newHistory(id int64) *history { return &history{charted: charted{id: id}} }

func (s *history) foot(*app, int) []string    { return nil }
func (s *history) title(a *app, w int) string { return s.titled(a, "HISTORY  ", w) }
func (s *history) keys(*app) []key.Binding    { return keyList(keyMove, keyBack) }

func (s *history) update(a *app, msg tea.Msg) tea.Cmd {
	press, ok := msg.(tea.KeyPressMsg)
	switch {
	case !ok:
		return s.take(a, msg)
	case key.Matches(press, keyBack):
		return a.pop()
	case key.Matches(press, keyMove):
		s.at = moved(press.String(), s.at, s.length())
	}
	return nil
}

func (s *history) length() int {
	n := 0
	for i := range s.chart.History {
		n += 1 + len(s.changes(i))
	}
	return n
}

func (s *history) changes(i int) []ward.Change {
	if i+1 >= len(s.chart.History) {
		return nil
	}
	return s.chart.History[i].ChangesFrom(&s.chart.History[i+1])
}

func (s *history) body(a *app, w, h int) []string {
	if !s.loaded {
		return []string{"", "  one moment…"}
	}
	var lines []string
	for i := range s.chart.History {
		p := &s.chart.History[i]
		what := "edited"
		if i+1 == len(s.chart.History) {
			what = "admitted"
		}
		lines = append(lines, a.fit(" "+a.theme.strong.Render(a.fullTime(p.Recorded.At)+"   "+what+" by "+plain(p.Recorded.By)), w))
		for _, c := range s.changes(i) {
			from := plain(c.From)
			if from == "" {
				from = "–"
			}
			to := plain(c.To)
			if to == "" {
				to = "–"
			}
			lines = append(lines, a.fit("   "+a.pad(fieldWords(c.Field), 16)+from+"  →  "+to, w))
		}
	}
	first := max(0, min(s.at, len(lines)-h))
	return lines[first:]
}
