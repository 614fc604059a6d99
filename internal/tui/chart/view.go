package chart

import "neurocheck/internal/tui/kit"

// view is one of the views of the patient's screen, in the order of the key v.
type view int

const (
	viewChecks view = iota
	viewTrend
	viewEvents
	viewDetails
	viewAudit
	viewCount
)

var viewNames = [viewCount]string{"checks", "trend", "events", "details", "audit"}

// viewTitles are the names of the views on the first line of the screen.
var viewTitles = [viewCount]string{"checks", "trend", "events", "details and changes", "audit"}

// viewNamed returns the view that the detail of a place names; the checks if it names
// none.
func viewNamed(to kit.Place) view {
	for v, name := range viewNames {
		if name == to.Detail {
			return view(v)
		}
	}
	return viewChecks
}

// after returns the view that follows by a number of steps.
func (v view) after(by int) view { return (v + view(by) + viewCount) % viewCount }
