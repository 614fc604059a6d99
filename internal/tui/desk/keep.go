package desk

import "neurocheck/internal/tui/kit"

// kept is work that was typed and not saved, by the person and the place.
type kept struct {
	by string
	kit.Place
}

// Keep remembers work of the person at the keyboard that was left unsaved, so that the
// same place shows it again: esc and a failed save lose nothing. Nil forgets it. The
// value lives as long as the program.
func (d *Desk) Keep(at kit.Place, work any) {
	key := kept{d.user.Name, at}
	if work == nil {
		delete(d.kept, key)
		return
	}
	if d.kept == nil {
		d.kept = map[kept]any{}
	}
	d.kept[key] = work
}

// Kept returns the work that [Desk.Keep] remembers, or nil.
func (d *Desk) Kept(at kit.Place) any { return d.kept[kept{d.user.Name, at}] }
