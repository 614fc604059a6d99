package check

import "neurocheck/internal/ward"

// evaluated returns the history of a chart with the results of the site's rules.
func evaluated(chart *ward.Chart, site *ward.Site) *ward.History {
	h := &chart.History
	if h.Memory == (ward.Memory{}) && len(h.Checks) > 0 {
		h.Evaluate(site)
	}
	return h
}
