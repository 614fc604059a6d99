package desk

import (
	"context"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// ReadChart reads the record of a patient with the results of the site's rules. It is for
// commands.
func ReadChart(ctx context.Context, log *store.Store, patient int64, site *ward.Site) (ward.Chart, error) {
	chart, err := log.Chart(ctx, patient)
	if h := &chart.History; h.Memory == (ward.Memory{}) && len(h.Checks) > 0 {
		h.Evaluate(site)
	}
	return chart, err
}
