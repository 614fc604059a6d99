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
	history *ward.History
	check   *ward.Check   // the one that is compared
	checks  []*ward.Check // the last ones, the newest first, at most mostEarlier
	done    []*ward.Check // the same, of those at which the tool was done
}

// earlierThan returns the checks before a check. tool is its tool.
func earlierThan(h *ward.History, c *ward.Check, tool icans.Tool) earlier {
	return earlier{h, c, bedside.ChecksBefore(h, c, mostEarlier), bedside.ChecksWithTool(h, c, tool, mostEarlier)}
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
func (e *earlier) last(field *icans.Field) *ward.Check {
	if list := e.next(field); len(list) > 0 {
		return list[0]
	}
	return nil
}
