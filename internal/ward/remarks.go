package ward

import "time"

// DayWithoutFlag reports whether a conclusive check was made 24 h or more after the
// last flagged one, with no gap of more than 12 h between the checks since. It is
// false if no check is flagged.
func (h *History) DayWithoutFlag() bool {
	const day = 24 * time.Hour
	last := len(h.Checks) - 1
	for last >= 0 && !h.Checks[last].Result.Flag.Flagged() {
		last--
	}
	if last < 0 { // the last flagged one is not loaded, or there is none
		c := h.Conclusive()
		return c != nil && h.Memory.FlaggedAt != 0 && !h.Memory.Gap && c.PerformedAt.UnixMilli()-h.Memory.FlaggedAt >= day.Milliseconds()
	}
	flagged, long := h.Checks[last].PerformedAt, false
	for i := last + 1; i < len(h.Checks); i++ {
		c := &h.Checks[i]
		if c.PerformedAt.Sub(h.Checks[i-1].PerformedAt) > quietGap {
			return false
		}
		long = long || c.Result.Conclusive() && c.PerformedAt.Sub(flagged) >= day
	}
	return long
}
