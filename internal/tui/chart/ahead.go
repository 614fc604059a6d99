package chart

import (
	"time"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// causesNow returns the causes that clinicians named ahead and that apply now.
func (r *record) causesNow() (list []ward.Attribution) {
	h, now := r.history(), r.d.Now()
	if h == nil {
		return nil
	}
	var withTool time.Time
	for i := range h.Checks {
		if c := &h.Checks[i]; c.Findings.Unable == 0 && c.PerformedAt.After(withTool) {
			withTool = c.PerformedAt
		}
	}
	for _, a := range h.Attributions {
		if a.Applies(now, withTool) {
			list = append(list, a)
		}
	}
	return list
}

// causeWords returns a cause with its end and the clinician who named it.
func causeWords(d *desk.Desk, a *ward.Attribution) string {
	return a.Domain + ": " + kit.Plain(a.Cause) + ", until " + untilWords(d, a.Until) + ", " + words.ShortName(a.Named.By)
}

func untilWords(d *desk.Desk, t time.Time) string { return d.WallClock().ShortTime(t) }
