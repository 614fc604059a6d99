package report

import (
	"strings"

	"neurocheck/internal/ward"
)

// eventRow is an intervention, a report or an order.
type eventRow struct {
	At, Kind, What, Detail, By, When string
	Withdrawn                        bool
}

func (p *page) eventRow(e *ward.Event) eventRow {
	row := eventRow{
		At: p.date(e.At), Kind: ward.WordsFor(ward.EventKinds, string(e.Kind)), What: ward.WordsFor(ward.Interventions, e.What), Detail: clean(e.Detail),
		By: clean(e.Recorded.By), When: p.since(e.At, e.Recorded.At), Withdrawn: e.Withdrawn,
	}
	switch e.Kind {
	case ward.AReport:
		row.What = "said " + ward.WordsFor(ward.Reporters, e.What)
	case ward.AnOrder:
		row.What = orderWords(e)
	}
	if reason := clean(e.Reason); e.Withdrawn && reason != "" {
		row.Detail = strings.TrimSpace(row.Detail + " (withdrawn: " + reason + ")")
	}
	return row
}
