package report

import (
	"strings"

	"neurocheck/internal/plot"
	"neurocheck/internal/ward"
)

// eventRow is an intervention, a report or an order.
type eventRow struct {
	At, Words, By, When string
	Letter              string // in the trend; empty for an order, which has none
	Before, After       string // the checks around it; empty for an order
	Withdrawn           bool
}

func (b patientBlock) eventRow(e *ward.Event) eventRow {
	row := eventRow{
		At: b.date(e.At), Words: eventWords(e) + withdrawn(e),
		By: clean(e.Recorded.By), When: b.since(e.At, e.Recorded.At), Withdrawn: e.Withdrawn,
	}
	if e.Kind == ward.AnOrder || e.Withdrawn {
		return row
	}
	row.Letter = string(plot.ReportMark)
	if e.Kind == ward.AnIntervention {
		row.Letter = string(plot.EventMarks[e.What])
	}
	before, after := b.Chart.Around(e.At)
	row.Before, row.After = b.checkAround(e, before), b.checkAround(e, after)
	return row
}

// checkAround returns a check before or after an event in a few words.
func (b patientBlock) checkAround(e *ward.Event, c *ward.Check) string {
	if c == nil {
		return "no check"
	}
	return loose(short(c)) + " (" + b.since(e.At, c.PerformedAt) + ")"
}

// eventWords returns an event as part of a sentence.
func eventWords(e *ward.Event) string {
	detail := clean(e.Detail)
	switch e.Kind {
	case ward.AReport:
		return "“" + detail + "”, said by " + ward.WordsFor(ward.Reporters, e.What)
	case ward.AnOrder:
		return orderWords(e) + ", " + detail
	}
	return strings.TrimSpace(ward.WordsFor(ward.Interventions, e.What) + " " + detail)
}
