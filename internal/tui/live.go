package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"
)

// Two terminals on one log see each other's changes: at each look at the clock
// the number of the last record is read, and when it has changed the screens
// that show the log load anew, without moving what is in hand.

// refresher is a screen that loads anew when the log has changed.
type refresher interface{ refresh(*app) tea.Cmd }

// head is the number of the last record.
type head int64

// lookForChanges brings back nothing where nothing has changed: whatever comes back
// has the screen drawn.
func (a *app) lookForChanges() tea.Cmd {
	if a.ward.Name == "" {
		return nil // there is nothing to see yet
	}
	log, seen := a.store, a.head
	_, look := ask(a, 0, func(ctx context.Context) (head, error) {
		if err := log.StillThere(); err != nil {
			return 0, err
		}
		seq, _, err := log.Head(ctx)
		return head(seq), err
	})
	return func() tea.Msg {
		msg := look()
		if found, ok := msg.(result[head]); ok && found.err == nil && found.value == seen {
			return nil
		}
		return msg
	}
}

func (a *app) changed(msg result[head]) tea.Cmd {
	if msg.err != nil {
		a.fail(msg.err)
		return nil
	}
	if msg.value == a.head {
		return nil
	}
	a.head = msg.value
	cmds := []tea.Cmd{a.writeSheets()}
	for _, s := range a.stack {
		if r, ok := s.(refresher); ok {
			cmds = append(cmds, r.refresh(a))
		}
	}
	return tea.Batch(cmds...)
}

// remind counts what is late. When there is more of it than before it rings, once
// and quietly, if the site wants it to; nothing ever lies over what is typed.
func (a *app) remind() tea.Cmd {
	before := a.alerts
	a.alerts = 0
	for _, s := range a.stack {
		if b, ok := s.(*board); ok {
			a.alerts = b.alerts(a)
		}
	}
	if a.alerts > before && a.site.Bell {
		return tea.Raw("\a")
	}
	return nil
}
