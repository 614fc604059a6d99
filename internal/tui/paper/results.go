package paper

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// results are the checks of the rows with a finding, as they would be recorded, with the
// results that they would have.
type results struct {
	checks   []ward.Check // in the order of time
	previews []bedside.Preview
	record   ward.History // the patient's record after the save, with the part of the checks that the rows need
}

// evaluate computes the results of the rows, each against the record and the other rows.
// tail is the part of the record that the rows need: see [ward.History.Tail].
func evaluate(h, tail *ward.History, site *ward.Site, rows []row, by string, now time.Time) results {
	var r results
	for i := range rows {
		if !rows[i].empty() {
			r.checks = append(r.checks, rows[i].check(h.Patient.ID))
		}
	}
	if len(r.checks) == 0 {
		r.record = *h
		return r
	}
	carryCauses(h, r.checks)
	r.previews, r.record = bedside.PreviewAll(tail, site, r.checks, by, now)
	for i := range r.checks {
		r.checks[i].Result = r.previews[i].Result
	}
	return r
}

// carryCauses names the cause that a clinician named ahead on checks of a patient who is
// sedated or has a tube.
func carryCauses(h *ward.History, checks []ward.Check) {
	if len(h.Attributions) == 0 {
		return
	}
	all := with(h, checks)
	for i := range checks {
		c := &checks[i]
		domains, cause := all.NamedAhead(c)
		if domains == 0 {
			continue
		}
		c.Findings.OtherCause |= domains
		c.Findings.UncertainCause &^= domains
		c.CauseNote = cause
	}
}

// with returns a history that holds checks of the sheet as well.
func with(h *ward.History, checks []ward.Check) ward.History {
	all := *h
	all.Checks = append(slices.Clone(h.Checks), checks...)
	slices.SortStableFunc(all.Checks, func(a, b ward.Check) int { return a.PerformedAt.Compare(b.PerformedAt) })
	return all
}

// of returns the check of a row and its preview; nil if the row has no finding.
func (r *results) of(id string) (*ward.Check, *bedside.Preview) {
	for i := range r.checks {
		if r.checks[i].ID == id {
			return &r.checks[i], &r.previews[i]
		}
	}
	return nil, nil
}

// nextTime returns the time of the check after the last row: at the interval in force after
// that row. It reports false if that is ahead, or if no check is due.
func (r *results) nextTime(site *ward.Site, rows []row, now time.Time) (time.Time, bool) {
	h := r.record
	h.Reports = nil // a report makes a check due, but no interval
	var due time.Time
	if len(rows) == 0 {
		due = h.Next(site, now).Due
	} else {
		last := rows[len(rows)-1].At
		h.Checks = slices.DeleteFunc(slices.Clone(h.Checks), func(c ward.Check) bool { return c.PerformedAt.After(last) })
		if every := h.Next(site, now).Interval; every > 0 && len(h.Checks) > 0 {
			due = last.Add(every)
		}
	}
	return due, !due.IsZero() && !due.After(now)
}

// result returns the score, the grade and the flag of a check: "10 0", " 9 1 ⚑", "– 0–4 ◌".
func result(c *ward.Check) string {
	x := &c.Findings
	low, high := x.ScoreRange()
	score := "–"
	switch total, known := x.Total(); {
	case known:
		score = fmt.Sprintf("%2d", total)
	case x.Unable == 0 && (low > 0 || high < x.Tool.MaxScore()):
		score = fmt.Sprintf("%d–%d", low, high)
	}
	grade := strings.ReplaceAll(words.Grade(c.Result), " to ", "–")
	mark := words.FlagMark(c.Result.Flag)
	if c.Result.AtBaseline() {
		mark = desk.MarkBaseline
	}
	return strings.TrimRight(score+" "+grade+" "+mark, " ")
}

// flagWords returns the flag of a check with its reasons, but for the findings that are
// missing, which the sheet names by itself.
func flagWords(c *ward.Check) string {
	r := c.Result
	if r.Flag != icans.FlagIncomplete {
		return bedside.FlagText(c)
	}
	text := words.FlagMark(r.Flag) + " unfinished"
	if r.Reasons &^= icans.Missing; r.Reasons != 0 {
		text = words.FlagMark(r.Flag) + " " + words.Why(r)
	}
	return text
}

// notDone returns the reason why the tool was not done, for the cells of its items.
func notDone(x icans.Findings) string {
	if x.Unable == icans.UnableUnarousable { // too long with the word
		return words.Score(&x)
	}
	return "unable: " + words.Score(&x)
}
