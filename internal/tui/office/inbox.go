package office

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// inbox lists the messages of the feed that were held or refused. A feed sends the
// admissions, moves and discharges of the hospital.
type inbox struct {
	kit.Base
	d       *desk.Desk
	loading kit.Pending
	loaded  bool
	waiting []ward.InboxMessage
	scroll  kit.Scroll
}

func newInbox(d *desk.Desk, _ kit.Place) kit.Screen { return &inbox{d: d} }

// waitingMessages is the result of a load.
type waitingMessages []ward.InboxMessage

// Init implements [kit.Screen].
func (s *inbox) Init(h kit.Host) tea.Cmd {
	return tea.Batch(s.load(h), s.d.Note(h, ward.AuditEvent{Event: ward.InboxRead, Detail: "the list"}))
}

func (s *inbox) load(h kit.Host) tea.Cmd {
	return desk.Load(s.d, h, &s.loading, "", func(ctx context.Context, log *store.Store) (waitingMessages, error) {
		list, err := log.Inbox(ctx, false)
		return list, err
	})
}

// Update implements [kit.Screen].
func (s *inbox) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case kit.Result[waitingMessages]:
		if !kit.Take(&s.loading, msg) {
			return nil
		}
		if msg.Err != nil {
			h.Fail(desk.Words(msg.Err))
			return nil
		}
		s.loaded, s.waiting = true, msg.Value
	case desk.Changed:
		return s.load(h)
	}
	return nil
}

// Head implements [kit.Screen].
func (s *inbox) Head(p kit.Page) []string {
	return []string{" " + p.Strong.Render("INBOX") + "   messages of the feed"}
}

// Body lists the messages, or says why there are none.
func (s *inbox) Body(p kit.Page) []string {
	if !s.loaded {
		return []string{"", "  loading…"}
	}
	if len(s.waiting) > 0 {
		return s.scroll.View(p, s.lines(p))
	}
	text := "No feed is set up yet, so no message is held. Patients are admitted on the screens: p on the board."
	for _, m := range s.d.People() {
		if m.Role == ward.Feed && m.Active {
			text = "No message waits: all were taken, or are of other wards."
		}
	}
	lines := []string{""}
	for _, line := range p.Wrap(text, p.Width-4) {
		lines = append(lines, "  "+line)
	}
	return lines
}

func (s *inbox) lines(p kit.Page) []string {
	lines := []string{p.Faint.Render(fmt.Sprintf("  %4s  %-12s  %-7s  %-5s  %-20s  why", "no.", "received", "state", "event", "control ID"))}
	for i := range s.waiting {
		m := &s.waiting[i]
		why := m.Reason
		if m.State == ward.MessageRefused {
			why = m.Place + ": " + m.Reason
		} else if words := ward.WordsFor(ward.HeldReasons, m.Reason); words != "" {
			why = words
		}
		head := fmt.Sprintf("  %4d  %-12s  %-7s  %-5s  %-20s", m.ID, m.Received.In(s.d.Zone()).Format("2 Jan 15:04"), m.State, kit.Plain(m.Event), p.Fit(kit.Plain(m.ControlID), 20))
		if line := head + "  " + kit.Plain(why); p.Cells(line) < p.Width {
			lines = append(lines, line)
			continue
		}
		lines = append(lines, head)
		for _, part := range p.Wrap(kit.Plain(why), p.Width-9) {
			lines = append(lines, "        "+part)
		}
	}
	lines = append(lines, "")
	for _, line := range p.Wrap("On the command line: neurocheck intake show NO. prints a message, retry NO. takes it again, drop NO. --reason TEXT settles it.", p.Width-4) {
		lines = append(lines, "  "+p.Faint.Render(line))
	}
	return lines
}

// Bindings implements [kit.Screen].
func (s *inbox) Bindings() []kit.Binding {
	return append(s.scroll.Bindings(), kit.Bind("esc", "back", "back", func(h kit.Host, _ kit.Key) tea.Cmd { return h.Close(s) }))
}
