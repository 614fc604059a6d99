package check

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// saving is the save of a form: one act with one ID, however often it is tried.
type saving struct {
	pending kit.Pending
	request string    // the ID of the act
	entered time.Time // of the first try
	failed  bool      // the last try failed, and no answer has changed since
}

// words returns the line about a save that is not confirmed; empty if there is none.
func (s *saving) words() string {
	switch {
	case s.pending.Waiting():
		return "saving… NOT SAVED YET. esc keeps it here"
	case s.failed:
		return "NOT SAVED. Your answers are kept here; ctrl+s tries again"
	}
	return ""
}

// begin writes a check.
func (s *saving) begin(d *desk.Desk, h kit.Host, subject string, c ward.Check) tea.Cmd {
	if s.pending.Waiting() {
		return nil
	}
	c.Result = icans.Result{}
	s.failed = false
	if s.entered.IsZero() {
		s.entered = d.Now()
	}
	return desk.Save(d, h, &s.pending, subject, s.request, func(ctx context.Context, log *store.Store, sig ward.Signature) (store.Saved, error) {
		return log.SaveCheck(ctx, sig, c)
	})
}
