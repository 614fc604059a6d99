package main

import (
	"context"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// wardState counts the patients on the ward.
type wardState struct {
	OnWard        int  `json:"on_ward"`
	Overdue       int  `json:"overdue"`
	OldestOverdue *int `json:"oldest_overdue_min"`
	NotExamined   int  `json:"not_examined"`
	Unfinished    int  `json:"unfinished"`
}

// followUpState counts the open follow-ups, those of discharged patients too.
type followUpState struct {
	Open           int  `json:"open"`
	Unacknowledged int  `json:"unacknowledged"` // of patients on the ward
	Escalated      int  `json:"escalated"`      // of these, over time
	Oldest         *int `json:"oldest_min"`     // since the opening or raising of the one that waits longest
}

// countWard counts the ward and its follow-ups. Of a damaged log it counts nothing.
func (st *state) countWard(ctx context.Context, s *store.Store, site *ward.Site, at time.Time) error {
	states, _, err := boardAt(ctx, s, site, time.Time{})
	if ward.TroubleOf(err) == ward.LogDamaged {
		st.add("not_readable", "high", "", "the ward cannot be counted: "+err.Error())
		return nil
	}
	if err != nil {
		return err
	}
	w, f := wardState{}, followUpState{}
	for i := range states {
		w.count(&states[i], at)
		f.count(&states[i], at)
	}
	st.Ward, st.FollowUps = &w, &f
	return nil
}

func (w *wardState) count(p *ward.PatientState, at time.Time) {
	if !p.Stay.OnWard() {
		return
	}
	w.OnWard++
	if p.Next.State == ward.Overdue {
		w.Overdue++
		w.OldestOverdue = longest(w.OldestOverdue, at.Sub(p.Next.Due))
	}
	if p.NotExamined.Flagged() {
		w.NotExamined++
	}
	if p.Last != nil && p.Last.Unfinished() {
		w.Unfinished++
	}
}

func (f *followUpState) count(p *ward.PatientState, at time.Time) {
	if p.FollowUp == nil {
		return
	}
	f.Open++
	if p.FollowUp.Acked.Done() || !p.Stay.OnWard() && !p.Left {
		return
	}
	f.Unacknowledged++
	if p.Escalated {
		f.Escalated++
	}
	since := p.FollowUp.Opened.At
	if p.FollowUp.RaisedAt.After(since) {
		since = p.FollowUp.RaisedAt
	}
	f.Oldest = longest(f.Oldest, at.Sub(since))
}

// longest returns the longer of a number of minutes, nil for none yet, and a time.
func longest(minutes *int, d time.Duration) *int {
	if n := int(d / time.Minute); minutes == nil || n > *minutes {
		return &n
	}
	return minutes
}
