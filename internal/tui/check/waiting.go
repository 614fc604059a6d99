package check

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// waiting is a dialog that loads a chart before it asks.
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

func (w *waiting) loadChart(h kit.Host) tea.Cmd {
	id := desk.PatientOf(w.subject)
	return desk.Load(w.desk, h, &w.loading, w.subject, func(ctx context.Context, log *store.Store) (ward.Chart, error) { return log.Chart(ctx, id) })
}
