package ward

import (
	"fmt"
	"time"

	"neurocheck/internal/icans"
)

// Warnings returns, in words, the points of a check that are likely mistakes: each
// is asked about once, and the check is then kept as entered. h is the patient's
// history without c, zone the ward's and now the time of the save.
// Source: clinical.md section 1, "asked about once".
func (c *Check) Warnings(h *History, zone *time.Location, now time.Time) []string {
	var list []string
	x := &c.Findings
	name := icans.FieldOf("tool").Words(x)
	total, known := x.Total()
	points, _ := x.ScoreRange()
	if known {
		points = total
	}
	if x.Consciousness == icans.Unarousable && x.Tool == icans.ICE && points > 0 {
		list = append(list, fmt.Sprintf("%d ICE points, but unarousable?", points))
	}
	if born := h.Patient.BirthDate; !born.IsZero() {
		switch age := born.YearsTo(DateOf(c.PerformedAt.In(zone))); {
		case x.Tool == icans.CAPD && age >= 18:
			list = append(list, fmt.Sprintf("CAPD for an adult of %d years?", age))
		case x.Tool == icans.CAPD && age >= ToolAge:
			list = append(list, fmt.Sprintf("CAPD at %d years: a developmental delay?", age))
		case x.Tool == icans.ICE && age < ToolAge:
			list = append(list, fmt.Sprintf("ICE for a child of %d years?", age))
		}
	}
	if last := h.lastBefore(c); last != nil && last.Findings.Tool == x.Tool && known {
		if before, ok := last.Findings.Total(); ok && max(before-total, total-before) >= 4 {
			list = append(list, fmt.Sprintf("%s is %d now, it was %d", name, total, before))
		}
	}
	if (x.Unable == icans.UnableLanguage || x.Unable == icans.UnableOther) && h.ICEBefore(c) {
		list = append(list, "could answer before: score the items 0")
	}
	for i := range h.Checks {
		o := &h.Checks[i]
		if o.ID == c.ID {
			continue
		}
		if apart := c.PerformedAt.Sub(o.PerformedAt).Abs(); apart <= 5*time.Minute {
			list = append(list, fmt.Sprintf("there is a check of %s by %s: the same one?", o.PerformedAt.In(zone).Format("15:04"), o.Recorded.By))
		}
	}
	if ago := now.Sub(c.PerformedAt); ago > LateAfter {
		list = append(list, fmt.Sprintf("done %s ago", Elapsed(ago)))
	}
	return list
}

// BaselineWarnings returns, in words, the reasons to doubt a recorded baseline: a
// poor total, or one much worse than a total on record.
func BaselineWarnings(p *Patient, checks []Check) []string {
	n, ok := p.Baseline.Value()
	if !ok {
		return nil
	}
	var list []string
	switch {
	case p.Tool == icans.ICE && n < 7:
		list = append(list, fmt.Sprintf("baseline ICE %d: is that right? 10 is full marks", n))
	case p.Tool == icans.CAPD && n > 8:
		list = append(list, fmt.Sprintf("baseline CAPD %d: is that right? 0 is best", n))
	}
	for i := range checks {
		total, known := checks[i].Findings.Total()
		if !known || checks[i].Findings.Tool != p.Tool {
			continue
		}
		if p.Tool == icans.ICE && total-n >= 3 || p.Tool == icans.CAPD && n-total >= 5 {
			return append(list, fmt.Sprintf("baseline %d, but %d is on record", n, total))
		}
	}
	return list
}
