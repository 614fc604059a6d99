package ward

import (
	"slices"
	"time"
)

// Known is the memory before the check with the index Index of [History].Checks, if the
// checks before it are not all of the patient's.
type Known struct {
	Index  int
	Memory Memory
}

// Tail returns a copy of the history that [Record] may change, with the part of the checks
// that an act needs. An act from since on changes no check before since, so that evaluating
// it costs the same after thousands of checks. since is the earliest time of the checks of
// the act and of the versions that they replace. The tail of a tail must not begin earlier.
func (h *History) Tail(since time.Time, site *Site) History {
	tail := *h
	last, _ := slices.BinarySearchFunc(h.Checks, since, func(c Check, t time.Time) int { return c.PerformedAt.Compare(t) })
	last-- // before since
	first := 0
	if last > 0 {
		from := h.Checks[last].PerformedAt.Add(-baselineWindow)
		first, _ = slices.BinarySearchFunc(h.Checks, from, func(c Check, t time.Time) int { return c.PerformedAt.Compare(t) })
	}
	tail.Known = nil
	if (first > 0 || h.Known != nil) && last < len(h.Checks)-1 { // else the memory after the last check is enough
		tail.Known = &Known{last - first, h.memoryBefore(last, site)}
	}
	for i := range slices.Backward(h.Checks[:first]) {
		if c := &h.Checks[i]; c.Result.Conclusive() {
			tail.LastConclusive = c
			break
		}
	}
	tail.Checks = slices.Clone(h.Checks[first:])
	tail.FollowUps = slices.Clone(h.FollowUps)
	for i := range tail.FollowUps {
		tail.FollowUps[i].Joined = slices.Clip(tail.FollowUps[i].Joined) // so that a new one is appended to a copy
	}
	return tail
}

// memoryBefore returns the memory before the check with index i.
func (h *History) memoryBefore(i int, site *Site) Memory {
	from, m := 0, Memory{}
	if h.Known != nil {
		from, m = h.Known.Index, h.Known.Memory
	}
	for ; from < i; from++ {
		m.add(h, from, site)
	}
	return m
}
