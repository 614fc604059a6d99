package chart

import (
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/kit"
)

// view is one of the views of the patient's screen.
type view interface {
	title() string // on the first line of the screen
	// show loads the part of the record that the chart lacks. The screen calls it when
	// the view comes to the front and when the record changes.
	show(kit.Host) tea.Cmd
	list() *kit.List // nil if the view has none
	body(kit.Page) []string
	foot(kit.Page) []string
	// keys returns the keys of the view, with those that lead to another view among them.
	keys(toViews []kit.Binding) []kit.Binding
	// checkKeys returns the keys that act on the selected check or event.
	checkKeys() []kit.Binding
}

// The views, in the order of the key v.
const (
	viewChecks = iota
	viewTrend
	viewEvents
	viewDetails
	viewAudit
	viewCount
)

var viewNames = [viewCount]string{"checks", "trend", "events", "details", "audit"}

// viewNamed returns the view that the detail of a place names; the checks if it names
// none.
func viewNamed(to kit.Place) int {
	for v, name := range viewNames {
		if name == to.Detail {
			return v
		}
	}
	return viewChecks
}

// nothingToLoad is for views that show the chart alone.
type nothingToLoad struct{}

func (nothingToLoad) show(kit.Host) tea.Cmd { return nil }
