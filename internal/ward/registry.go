package ward

import (
	"slices"
	"time"

	"neurocheck/internal/icans"
)

// EpisodeRow is one episode of a patient as registries ask for it.
// Source: exchange.md section 4.
type EpisodeRow struct {
	Patient *Patient
	Number  int // of the patient's episodes, from 1
	Episode
	Day   int // of the onset, counted from the infusion
	Timed bool

	// PossibleAt is the first check whose grade may have been 1 or more since the last
	// conclusive grade 0: the onset, or before it.
	PossibleAt time.Time
	EndAt      time.Time // zero while it goes on
	Ended      EpisodeEndKind

	Steroid, Tocilizumab *Intervention // the first of each from PossibleAt to the end; nil if none was given
	CRS                  icans.Points  // the greatest grade of CRS from PossibleAt to the end
	Confirmed            bool          // a clinician closed a follow-up of its checks as ICANS
	ICD10                string        // of that follow-up
}

// EpisodeEndKind is the way in which an episode ended.
type EpisodeEndKind string

// The ends of an episode.
const (
	EpisodeResolved   EpisodeEndKind = "resolved"
	EpisodeDischarged EpisodeEndKind = "discharged"
	EpisodeDied       EpisodeEndKind = "died"
	EpisodeOpen       EpisodeEndKind = "open"
)

// EpisodeEnds are the ends of an episode with their words.
var EpisodeEnds = []Term{
	{string(EpisodeResolved), "24 h at grade 0"},
	{string(EpisodeDischarged), "the patient left"},
	{string(EpisodeDied), "the patient died"},
	{string(EpisodeOpen), "it goes on"},
}

// steroids are the kinds of [Intervention] that begin or go on with steroids. A step of a
// taper is none of them: it lessens one that was given before.
var steroids = []string{"dexamethasone", "methylprednisolone", "other_steroid"}

// IsSteroid reports whether a steroid was given.
func (i *Intervention) IsSteroid() bool { return !i.Withdrawn && slices.Contains(steroids, i.Kind) }

// EpisodeRows returns the episodes of a patient as they are known at the time now.
func (c *Chart) EpisodeRows(site *Site, now time.Time) (rows []EpisodeRow) {
	for i, e := range c.Episodes(site, now) {
		r := EpisodeRow{Patient: &c.Patient, Number: i + 1, Episode: e, PossibleAt: c.possibleOnset(e.Onset)}
		r.Day, r.Timed = c.Patient.Day(e.Onset, site.Zone)
		r.EndAt, r.Ended = c.endOf(&e, now)
		until := e.Until
		c.addTreatment(&r, until)
		for k := range c.Checks {
			check := &c.Checks[k]
			if within(check.PerformedAt, r.PossibleAt, until) {
				if n, known := icans.FieldOf("crs_grade").Number(&check.Findings); known {
					if most, any := r.CRS.Value(); !any || n > most {
						r.CRS = icans.Scored(n)
					}
				}
			}
		}
		c.addOutcome(&r, until)
		rows = append(rows, r)
	}
	return rows
}

func within(t, from, to time.Time) bool { return !t.Before(from) && !t.After(to) }

// possibleOnset returns the first check since the last conclusive grade 0 before an onset
// that may have had a grade of 1 or more.
func (h *History) possibleOnset(onset time.Time) time.Time {
	possible := onset
	for i := range slices.Backward(h.Checks) {
		c := &h.Checks[i]
		if !c.PerformedAt.Before(onset) {
			continue
		}
		g := c.gradeBounds()
		if g.most == 0 {
			break
		}
		possible = c.PerformedAt
	}
	return possible
}

// endOf returns the time and the way in which an episode ended, as far as it is known at
// the time now.
func (h *History) endOf(e *Episode, now time.Time) (time.Time, EpisodeEndKind) {
	stay := h.Stay()
	switch {
	case !e.End.IsZero():
		return e.End, EpisodeResolved
	case stay == nil || stay.DischargedAt.IsZero() || stay.DischargedAt.After(now):
		return time.Time{}, EpisodeOpen
	case stay.Discharge == "died" || stay.Discharge == DiedICANS:
		return stay.DischargedAt, EpisodeDied
	}
	return stay.DischargedAt, EpisodeDischarged
}

func (c *Chart) addTreatment(r *EpisodeRow, until time.Time) {
	for i := range slices.Backward(c.Interventions) { // the last done first
		v := &c.Interventions[i]
		switch {
		case v.Withdrawn || !within(v.DoneAt, r.PossibleAt, until):
		case v.IsSteroid() && r.Steroid == nil:
			r.Steroid = v
		case v.Kind == "tocilizumab" && r.Tocilizumab == nil:
			r.Tocilizumab = v
		}
	}
}

// addOutcome adds the diagnosis of the follow-ups with checks of the episode: the worst one.
func (c *Chart) addOutcome(r *EpisodeRow, until time.Time) {
	for i := range c.FollowUps {
		f := &c.FollowUps[i]
		code := f.ICD10()
		if code != "" && slices.ContainsFunc(f.Joined, func(j Joined) bool { return within(j.PerformedAt, r.Onset, until) }) {
			r.Confirmed, r.ICD10 = true, max(r.ICD10, code)
		}
	}
}
