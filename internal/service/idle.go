package service

import "time"

// Idle is the idle clock of one session: it tells how long no key was pressed. The times
// are readings of one clock. If that is set back, the session counts as touched then.
type Idle struct{ touched time.Time }

// Touch notes a key.
func (i *Idle) Touch(now time.Time) { i.touched = now }

// Over reports whether the last key was at least limit ago. A limit of zero or less never
// ends.
func (i *Idle) Over(now time.Time, limit time.Duration) bool {
	if i.touched.IsZero() || now.Before(i.touched) {
		i.touched = now
	}
	return limit > 0 && now.Sub(i.touched) >= limit
}
