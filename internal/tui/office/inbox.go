package office

import (
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// inbox says whether a feed is set up. A feed sends the admissions, moves and discharges
// of the hospital.
type inbox struct {
	kit.Base
	d *desk.Desk
}

func newInbox(d *desk.Desk, _ kit.Place) kit.Screen { return &inbox{d: d} }

// Head implements [kit.Screen].
func (s *inbox) Head(p kit.Page) []string {
	return []string{" " + p.Strong.Render("INBOX") + "   messages of the feed"}
}

// Body lists the feeds.
func (s *inbox) Body(p kit.Page) []string {
	var feeds []string
	for _, m := range s.d.People() {
		if m.Role == ward.Feed && m.Active {
			feeds = append(feeds, "  "+kit.Plain(m.Name))
		}
	}
	text := "No feed is set up yet, so no message is held. Patients are admitted on the screens: p on the board."
	if len(feeds) > 0 {
		text = "These feeds may sign in. Their messages are not listed on this screen yet."
	}
	lines := []string{""}
	for _, line := range p.Wrap(text, p.Width-4) {
		lines = append(lines, "  "+line)
	}
	return append(append(lines, ""), feeds...)
}

// Bindings implements [kit.Screen].
func (s *inbox) Bindings() []kit.Binding {
	return []kit.Binding{kit.Bind("esc", "back", "back", func(h kit.Host, _ kit.Key) tea.Cmd { return h.Close(s) })}
}
