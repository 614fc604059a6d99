package bedside

import (
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// TimeRefusal returns the reason that a check cannot have been done at a time, or an empty
// text.
func TimeRefusal(h *ward.History, at time.Time, clock words.Clock) string {
	stays := h.Stays
	switch {
	case at.After(clock.Now):
		return "in the future, the clock says " + clock.Now.In(clock.Zone).Format("15:04")
	case len(stays) == 0 || ward.StayAt(stays, at) != nil:
		return ""
	case at.Before(stays[0].AdmittedAt):
		return "is before admission, " + clock.FullTime(stays[0].AdmittedAt)
	}
	if left := stays[len(stays)-1].DischargedAt; !left.IsZero() && !at.Before(left) {
		return clock.DayTime(at) + " is after the patient left, " + clock.DayTime(left)
	}
	return clock.DayTime(at) + " is in no stay of this patient"
}

// LastBefore returns the last check before the time of a check, or nil.
func LastBefore(h *ward.History, c *ward.Check) *ward.Check {
	return lastBefore(h, c, func(*icans.Findings) bool { return true })
}

// LastWithTool returns the last check before the time of a check at which a tool was done,
// in part at least, or nil.
func LastWithTool(h *ward.History, c *ward.Check, tool icans.Tool) *ward.Check {
	return lastBefore(h, c, func(x *icans.Findings) bool {
		low, high := x.ScoreRange()
		return x.Tool == tool && x.Unable == 0 && (high-low < tool.MaxScore() || x.Scored())
	})
}

func lastBefore(h *ward.History, c *ward.Check, wanted func(*icans.Findings) bool) *ward.Check {
	for i := len(h.Checks) - 1; i >= 0; i-- {
		if o := &h.Checks[i]; o.ID != c.ID && o.PerformedAt.Before(c.PerformedAt) && wanted(&o.Findings) {
			return o
		}
	}
	return nil
}
