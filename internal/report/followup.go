package report

import (
	"fmt"
	"slices"
	"strings"

	"neurocheck/internal/ward"
)

// mostOpen is the number of open items of a checklist that a handover names.
const mostOpen = 2

// followUp returns the state of a follow-up.
func (b patientBlock) followUp(f *ward.HandoverFollowUp) []string {
	words := level(f.Level) + ", opened " + b.clock(f.Opened.At)
	if !f.RaisedAt.IsZero() {
		words = level(f.Level) + ", raised " + b.clock(f.RaisedAt)
	}
	items := []string{words + b.accepted(f), "Peak " + fmt.Sprint(f.Peak) + ", " + glued(ward.Several(f.Checks(), "check"))}
	if !f.IsOpen() {
		return items
	}
	items = append(items, b.remarks(f)...)
	all := f.Ticked + len(f.Open)
	if all == 0 || len(f.Open) == 0 {
		return items
	}
	items = append(items, fmt.Sprintf("Checklist %d of %d", f.Ticked, all))
	named := f.Open
	if len(named) > mostOpen+1 {
		named = append(slices.Clone(named[:mostOpen]), fmt.Sprintf("%d more", len(f.Open)-mostOpen))
	}
	list := make([]string, len(named))
	for i, item := range named {
		list[i] = clean(item)
	}
	return append(items, "Not done: "+strings.Join(list, "; "))
}

// accepted returns words about the acceptance or the end of a follow-up.
func (b patientBlock) accepted(f *ward.HandoverFollowUp) string {
	switch {
	case !f.IsOpen():
		words := ", closed " + b.clock(f.Closed.At) + " by " + name(f.Closed.By) + ": " + ward.WordsFor(ward.Outcomes, f.Outcome)
		if code := f.ICD10(); code != "" {
			words += " (" + code + ")"
		}
		if f.Asked {
			words += ", asked again: still flagged"
		}
		if note := clean(f.Note); note != "" {
			words += ", “" + note + "”"
		}
		return words
	case f.Acked.Done():
		return ", accepted " + b.clock(f.Acked.At) + " by " + name(f.Acked.By)
	case !b.Stay.OnWard():
		return ", NOT ACCEPTED"
	case f.Escalated:
		return ", NOT ACCEPTED, " + length(b.Now.Sub(f.EscalatesAt)) + " over time"
	}
	return ", NOT ACCEPTED, accept within " + length(f.EscalatesAt.Sub(b.Now))
}

// remarks returns the remarks on an open follow-up.
func (b patientBlock) remarks(f *ward.HandoverFollowUp) (items []string) {
	if f.Lifted {
		items = append(items, "Corrected: no flag now; a clinician must close it")
	}
	switch {
	case b.Last != nil && b.Last.Normal():
		items = append(items, "Last check normal "+b.clock(b.Last.PerformedAt))
	case b.Chart.DayWithoutFlag():
		items = append(items, "24 h without a flag")
	}
	return items
}

// oldFlags returns the flagged checks of the period that joined no follow-up.
func (b patientBlock) oldFlags() (items []string) {
next:
	for _, c := range b.Flags {
		for i := range b.Chart.FollowUps {
			if _, joined := b.Chart.FollowUps[i].Has(c.ID); joined {
				continue next
			}
		}
		items = append(items, "old flag of "+b.clock(c.PerformedAt)+": "+level(c.Result.Flag)+", no follow-up")
	}
	return items
}
