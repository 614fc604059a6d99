package check

import (
	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// mostEarlier is the number of earlier checks that the largest window shows.
const mostEarlier = 3

// earlier are the checks of a patient before the time of another one. The answers of that
// one are compared with them.
type earlier struct {
	record []ward.Check  // up to that time, the oldest first
	self   string        // the ID of that check
	checks []*ward.Check // the last ones, the newest first, at most mostEarlier
	done   []*ward.Check // the same, of those at which the tool was done
}

// earlierThan returns the checks before a check. tool is its tool.
func earlierThan(h *ward.History, c *ward.Check, tool icans.Tool) earlier {
	n := len(h.Checks)
	for n > 0 && !h.Checks[n-1].PerformedAt.Before(c.PerformedAt) {
		n--
	}
	e := earlier{record: h.Checks[:n], self: c.ID}
	for i := n - 1; i >= 0 && len(e.done) < mostEarlier; i-- {
		o := &h.Checks[i]
		if o.ID == c.ID {
			continue
		}
		if len(e.checks) < mostEarlier {
			e.checks = append(e.checks, o)
		}
		if wasDone(&o.Findings, tool) {
			e.done = append(e.done, o)
		}
	}
	return e
}

// wasDone reports whether a tool was done, in whole or in part.
func wasDone(x *icans.Findings, tool icans.Tool) bool {
	low, high := x.ScoreRange()
	return x.Tool == tool && x.Unable == 0 && (high-low < tool.MaxScore() || x.Scored())
}

// next returns the checks that the form shows next to a field: for an item those at which
// the tool was done.
func (e *earlier) next(field *icans.Field) []*ward.Check {
	if isItem(field) {
		return e.done
	}
	return e.checks
}

// last returns the first check of [earlier.next], or nil.
func (e *earlier) last(field *icans.Field) *ward.Check { return newest(e.next(field)) }

// newest returns the first check of a list, or nil.
func newest(list []*ward.Check) *ward.Check {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// term returns the index of the term with which a feature or sign was last assessed; 0
// for none or never.
func (e *earlier) term(field *icans.Field) int {
	for i := len(e.record) - 1; i >= 0; i-- {
		if c := &e.record[i]; c.ID != e.self && field.Assessed(&c.Findings) {
			return max(bedside.TermOf(field, &c.Findings), 0)
		}
	}
	return 0
}
