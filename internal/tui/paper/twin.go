package paper

import (
	"slices"
	"strings"
	"time"

	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// twinWithin is the time between a row and another check from which on nothing is asked.
// It is longer than for a check that is recorded at once, because times on paper are rounded.
const twinWithin = 10 * time.Minute

// twin is a check of nearly the same time as a row: on record, or another row.
type twin struct {
	id    string
	words string
}

// twinOf returns the first check that may be the same one as a row; nil if there is none, or
// if it was answered that they are two.
func (s *sheet) twinOf(r *row) *twin {
	near := func(at time.Time) bool {
		return r.At.Truncate(time.Minute).Sub(at.Truncate(time.Minute)).Abs() <= twinWithin
	}
	checks := from(s.history.Checks, r.At.Add(-twinWithin-time.Minute))
	for i := range checks {
		c := &checks[i]
		if c.PerformedAt.After(r.At.Add(twinWithin + time.Minute)) {
			break
		}
		if near(c.PerformedAt) && !slices.Contains(r.Other, c.ID) {
			return &twin{c.ID, "there is a check of " + s.desk.Time(c.PerformedAt) + " by " + initialed(c.Recorded.By) + ", " + words.Score(&c.Findings)}
		}
	}
	for i := range s.state.Rows {
		o := &s.state.Rows[i]
		if o.ID == r.ID || !near(o.At) || slices.Contains(r.Other, o.ID) || slices.Contains(o.Other, r.ID) {
			continue
		}
		x := o.findings()
		return &twin{o.ID, "there is a row of " + s.desk.Time(o.At) + " on this sheet, " + words.Score(&x)}
	}
	return nil
}

// twinAsked returns the row that must be answered before a save: the later one of two.
func (s *sheet) twinAsked() int {
	for i := range slices.Backward(s.state.Rows) {
		if s.twinOf(&s.state.Rows[i]) != nil {
			return i
		}
	}
	return -1
}

// initialed returns a name with initials: T. Wójcik.
func initialed(name string) string {
	parts := strings.Fields(kit.Plain(name))
	if len(parts) < 2 || strings.HasSuffix(parts[0], ".") || parts[0] == "Dr" {
		return words.ShortName(name)
	}
	for i := range parts[:len(parts)-1] {
		parts[i] = string([]rune(parts[i])[:1]) + "."
	}
	return strings.Join(parts, " ")
}

// otherChecks returns the checks that other people recorded since the sheet was opened.
func (s *sheet) otherChecks() (list []ward.Check) {
	for i := range s.history.Checks {
		if c := &s.history.Checks[i]; !s.known[c.ID] && c.Recorded.By != s.desk.User().Name {
			list = append(list, *c)
		}
	}
	return list
}
