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
func LastBefore(h *ward.History, c *ward.Check) *ward.Check { return first(ChecksBefore(h, c, 1)) }

// ChecksBefore returns the last checks before the time of a check, the newest first, most
// of them at most.
func ChecksBefore(h *ward.History, c *ward.Check, most int) []*ward.Check {
	return checksBefore(h, c, most, func(*icans.Findings) bool { return true })
}

// LastWithTool returns the last check before the time of a check at which a tool was done,
// in part at least, or nil.
func LastWithTool(h *ward.History, c *ward.Check, tool icans.Tool) *ward.Check {
	return first(ChecksWithTool(h, c, tool, 1))
}

// ChecksWithTool returns the last checks before the time of a check at which a tool was
// done, in part at least, the newest first, most of them at most.
func ChecksWithTool(h *ward.History, c *ward.Check, tool icans.Tool, most int) []*ward.Check {
	return checksBefore(h, c, most, func(x *icans.Findings) bool {
		low, high := x.ScoreRange()
		return x.Tool == tool && x.Unable == 0 && (high-low < tool.MaxScore() || x.Scored())
	})
}

func checksBefore(h *ward.History, c *ward.Check, most int, wanted func(*icans.Findings) bool) (list []*ward.Check) {
	for i := len(h.Checks) - 1; i >= 0 && len(list) < most; i-- {
		if o := &h.Checks[i]; o.ID != c.ID && o.PerformedAt.Before(c.PerformedAt) && wanted(&o.Findings) {
			list = append(list, o)
		}
	}
	return list
}

func first(list []*ward.Check) *ward.Check {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}
