package check

import "neurocheck/internal/bedside"

// review returns the check with its result and the record that it is compared with.
// unknown is a line about a part of the record that could not be read.
func (e *examination) review(unknown string) *bedside.Review {
	c := e.resulting()
	return &bedside.Review{
		Check: &c, Original: e.original, History: &e.history, Preview: e.view, By: e.desk.User().Name, Clock: e.desk.WallClock(),
		Late: e.sheet.late || e.sheet.asksLate, Known: e.known, Since: e.since, Unknown: unknown,
	}
}
