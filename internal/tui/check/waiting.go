package check

import (
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
)

// waiting is the part of a dialog that reads the log before it asks, and stays under its
// question until the save is answered.
type waiting struct {
	kit.Base
	desk    *desk.Desk
	subject string
	loading kit.Pending
}

// Over implements [kit.Dialog].
func (*waiting) Over() {}

// Body implements [kit.Screen].
func (w *waiting) Body(kit.Page) []string {
	if w.loading.Waiting() {
		return []string{" loading…"}
	}
	return []string{" saving… NOT SAVED YET"}
}
