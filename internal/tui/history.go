package tui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/ward"
)

// history lists the changes of a patient's details and stays, newest first.
type history struct {
	charted
	at int // first line shown
}

func newHistory(id int64) *history { return &history{charted: charted{id: id}} }

func (s *history) foot(*app, int) []string       { return nil }
func (s *history) title(a *app, _ int) string    { return s.titled(a, "CHANGES") }
func (s *history) header(a *app, w int) []string { return s.identified(a, "CHANGES", w) }
func (s *history) keys(*app) []key.Binding       { return keyList(keyMove, keyBack) }

func (s *history) update(a *app, msg tea.Msg) tea.Cmd {
	press, ok := msg.(tea.KeyPressMsg)
	switch {
	case !ok:
		return s.take(a, msg)
	case key.Matches(press, keyBack):
		return a.pop()
	case key.Matches(press, keyMove):
		s.at = moved(press.String(), s.at, len(s.lines()))
	}
	return nil
}

// detailChange is one version of the patient's details or of a stay.
type detailChange struct {
	by      ward.Signature
	did     string
	reason  string
	changes []ward.Change
}

// changes returns the versions of the details and of the stays, newest first.
func (s *history) changes() []detailChange {
	var list []detailChange
	for i := range s.chart.PatientVersions {
		p := &s.chart.PatientVersions[i]
		c := detailChange{by: p.Recorded, did: "entered", reason: p.Reason}
		if before := earlier(s.chart.PatientVersions[i+1:], func(o *ward.Patient) bool { return o.ID == p.ID }); before != nil {
			c.did, c.changes = "edited", p.ChangesFrom(before)
		}
		list = append(list, c)
	}
	for i := range s.chart.StayVersions {
		v := &s.chart.StayVersions[i]
		c := detailChange{by: v.Recorded, did: "admitted", reason: v.Reason}
		switch before := earlier(s.chart.StayVersions[i+1:], func(o *ward.Stay) bool { return o.ID == v.ID }); {
		case v.Status == ward.Withdrawn:
			c.did = "withdrew the admission"
		case before != nil:
			c.did, c.changes = "changed the stay", v.ChangesFrom(before)
		}
		list = append(list, c)
	}
	slices.SortStableFunc(list, func(a, b detailChange) int { return b.by.At.Compare(a.by.At) })
	return list
}

// earlier returns the first of the older versions that is of the same record, or nil.
func earlier[T any](older []T, same func(*T) bool) *T {
	for i := range older {
		if same(&older[i]) {
			return &older[i]
		}
	}
	return nil
}

// lines returns the text of the screen: each version, then its changes.
func (s *history) lines() (lines []historyLine) {
	for _, c := range s.changes() {
		lines = append(lines, historyLine{version: &c})
		for i := range c.changes {
			lines = append(lines, historyLine{version: &c, change: &c.changes[i]})
		}
	}
	return lines
}

// historyLine is a version, or one change of it.
type historyLine struct {
	version *detailChange
	change  *ward.Change
}

func (s *history) body(a *app, w, h int) []string {
	if !s.loaded {
		return []string{"", "  loading…"}
	}
	var lines []string
	for _, l := range s.lines() {
		if c := l.change; c != nil {
			dash := func(s string) string {
				if s == "" {
					return "–"
				}
				return plain(s)
			}
			lines = append(lines, a.fit("   "+a.pad(fieldWords(c.Field), 16)+dash(c.From)+"  →  "+dash(c.To), w))
			continue
		}
		v := l.version
		text := a.fullTime(v.by.At) + "   " + v.did + " by " + plain(v.by.By)
		if v.reason != "" {
			text += ": " + plain(v.reason)
		}
		lines = append(lines, a.fit(" "+a.theme.strong.Render(text), w))
	}
	first := max(0, min(s.at, len(lines)-h))
	return lines[first:]
}
