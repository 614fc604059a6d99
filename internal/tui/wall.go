package tui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// wallBack is the time without a key after which the wall covers the sign-in again.
const wallBack = time.Minute

// startWall shows the wall at the start of the program, if nothing is to be asked.
func (r *root) startWall() tea.Cmd {
	switch {
	case r.wall.open:
		r.d.SetWard(r.wall.ward, r.d.Site().Zone, nil)
	case r.wall.by != "":
		r.entered = true // a person has, on the command line: only a PIN ends the program
	default:
		return nil
	}
	r.wall.shown = true
	return r.pushWall()
}

// showWall locks the screens of the person at the keyboard and shows the wall over the
// sign-in, which asks that person for the PIN when the wall is left.
func (r *root) showWall(h kit.Host) tea.Cmd {
	if r.makers[desk.Wall] == nil {
		h.Fail(desk.Wall + ": not in this version")
		return nil
	}
	note := r.d.Note(h, ward.AuditEvent{Event: ward.ReadPatient, About: "wall"})
	r.wall.by = r.d.User().Name
	cmd := r.lock(h)
	r.wall.shown = true
	return tea.Batch(note, cmd, r.pushWall())
}

// pushWall puts the wall over the sign-in. If it is there, only a help that was left open
// over it closes.
func (r *root) pushWall() tea.Cmd {
	m := r.makers[desk.Wall]
	switch {
	case m == nil:
		return nil
	case r.isOpen(desk.Wall):
		if top := r.stack.Top(); r.places[top].Screen != desk.Wall {
			return r.stack.Close(top)
		}
		return nil
	}
	cmd := r.stack.Home()
	if door, ok := r.stack.Top().(desk.Door); ok && r.wall.by != "" {
		door.AskPIN(r.wall.by)
	}
	to := kit.Place{Screen: desk.Wall}
	if r.wall.open {
		to.Detail = desk.WithoutPIN
	}
	screen := m(r.d, to)
	r.places[screen] = to
	return tea.Batch(cmd, r.stack.Push(screen))
}

// trouble returns the lines of trouble for the screen that is shown: on the wall, where
// beds need the room and the public reads, no more than the first sentence of each.
func (r *root) trouble() []string {
	lines := r.d.Trouble()
	if r.places[r.stack.Base()].Screen != desk.Wall {
		return lines
	}
	for i, line := range lines {
		if first, _, more := strings.Cut(line, ". "); more {
			lines[i] = first
		}
	}
	return lines
}
