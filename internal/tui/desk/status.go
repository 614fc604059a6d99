package desk

import "neurocheck/internal/tui/kit"

// Config returns the part of a [kit.Config] that the desk knows. The root adds the timer,
// the requests, the way to open a place and the keys of every screen.
func (d *Desk) Config() kit.Config {
	return kit.Config{Now: d.Now, Zone: d.zone, May: d.May, ReadOnly: d.ReadOnly(), Status: d.Status, Trouble: d.Trouble, Support: d.Support,
		Band: d.band}
}

// Status returns the pieces at the end of the first line: the mode, the user, the clock.
// It is the Status of [kit.Config].
func (d *Desk) Status() []string {
	var pieces []string
	switch {
	case d.ReadOnly() != "":
		pieces = append(pieces, "READ-ONLY")
	case d.ward.Synthetic:
		pieces = append(pieces, "DEMO")
	}
	if d.user.Name != "" {
		pieces = append(pieces, kit.Plain(d.user.Name))
	}
	return append(pieces, d.Now().Format("15:04"))
}
