package tui

import (
	"neurocheck/internal/tui/admit"
	"neurocheck/internal/tui/board"
	"neurocheck/internal/tui/chart"
	"neurocheck/internal/tui/check"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/follow"
	"neurocheck/internal/tui/office"
	"neurocheck/internal/tui/paper"
	"neurocheck/internal/tui/round"
	"neurocheck/internal/tui/session"
	"neurocheck/internal/tui/wall"
)

// screens lists the packages of screens. A place that none of them has is refused with a
// line, and the command line does not offer it.
var screens = []func() map[string]desk.Maker{
	session.Screens, board.Screens, check.Screens, paper.Screens, chart.Screens, follow.Screens, admit.Screens, office.Screens, round.Screens, wall.Screens,
}

// makers puts the screens of all packages together.
func makers() map[string]desk.Maker {
	all := make(map[string]desk.Maker)
	for _, list := range screens {
		for name, m := range list() {
			all[name] = m
		}
	}
	return all
}
