package ward

import (
	"cmp"
	"slices"
	"time"

	"neurocheck/internal/icans"
)

// Shift is the default period of a handover: to the start of the last shift.
const Shift = 12 * time.Hour

// Handover is the information that the next shift needs: see [BuildHandover].
type Handover struct {
	Since, Now time.Time
	Zone       *time.Location // of the ward's wall clock
	Patients   []HandoverPatient
}

// HandoverPatient is the information that the next shift needs of one patient.
type HandoverPatient struct {
	PatientState
	Chart      *Chart // the record that it was made from
	Admitted   bool   // in the period
	Discharged bool   // in the period

	// BurstEnds is when the interval of the next check becomes Then; zero if no burst
	// applies.
	BurstEnds time.Time
	Then      time.Duration

	Before *Check   // the last conclusive check before the period, or nil
	Worst  *Check   // the worst check of the period, the latest of equals, or nil
	Trend  Trend    // from Before to the last conclusive check
	Checks int      // valid checks performed in the period
	Flags  []*Check // flagged checks performed or recorded in the period, oldest first
	Follow []HandoverFollowUp
	Missed []Missed // oldest first
	Notes  []Entry  // changes of the record in the period, oldest first
	Events []Event  // done, reported, ordered or recorded in the period, oldest first
}

// HandoverFollowUp is a follow-up as it is handed over: an open one, or one closed
// in the period.
type HandoverFollowUp struct {
	FollowUp
	Last        *Check    // the last check that joined, in its valid version; nil if it was withdrawn
	EscalatesAt time.Time // zero once it is accepted or closed
	Escalated   bool
	Lifted      bool // it is open, and corrections lifted every flag
	Ticked      int  // items of the checklist that are ticked
	Open        []string
}

// Trend is the direction between two checks.
type Trend uint8

// The trends. If a missing part leaves it open, the trend is not known.
const (
	TrendUnknown Trend = iota
	Unchanged
	Better
	Worse
)

// Trends are the trends with their words, indexed by [Trend].
var Trends = [...]Term{{"unknown", "not known"}, {"unchanged", "unchanged"}, {"better", "better"}, {"worse", "worse"}}

// TrendOf compares two checks, by the grade first and then by the total of the same
// tool. Either may be nil.
func TrendOf(before, now *Check) Trend {
	if before == nil || now == nil {
		return TrendUnknown
	}
	b, n := &before.Result, &now.Result
	switch {
	case n.Low > b.High:
		return Worse
	case n.High < b.Low:
		return Better
	case n.Low != b.Low || n.High != b.High:
		return TrendUnknown
	}
	total, known := before.Findings.Total()
	totalNow, knownNow := now.Findings.Total()
	if before.Findings.Tool != now.Findings.Tool || !known || !knownNow {
		if b.Low == b.High && b.Score == n.Score {
			return Unchanged
		}
		return TrendUnknown
	}
	switch lost := pointsLost(&before.Findings); {
	case total == totalNow:
		return Unchanged
	case pointsLost(&now.Findings) > lost:
		return Worse
	}
	return Better
}

// pointsLost returns the number of points by which a check is certainly worse than
// the best total.
func pointsLost(x *icans.Findings) int {
	low, high := x.ScoreRange()
	if n, ok := x.StatedTotal.Value(); ok {
		low, high = n, n
	}
	if x.Tool == icans.ICE {
		return icans.ICE.MaxScore() - high
	}
	return low
}

// badness orders checks by the certain part of them: the grade, the flag, the
// score, and then the features and signs.
func badness(a, b *Check) int {
	seen := func(c *Check) (sum int) {
		for _, s := range c.Findings.Observed {
			sum += max(int(s)-int(icans.None), 0)
		}
		return sum
	}
	return cmp.Or(
		cmp.Compare(a.Result.Low, b.Result.Low),
		cmp.Compare(a.Result.Flag, b.Result.Flag),
		cmp.Compare(pointsLost(&a.Findings), pointsLost(&b.Findings)),
		cmp.Compare(seen(a), seen(b)),
	)
}

// WorseThan reports whether c is certainly worse than other.
func (c *Check) WorseThan(other *Check) bool { return badness(c, other) > 0 }

// Entry is a change of the record.
type Entry struct {
	Kind  EntryKind
	Check *Check // the version that was recorded; for Reconsidered the check whose flag changed
	// Was is the version that a correction or withdrawal replaced, and for
	// Reconsidered the check that caused the change; nil if the chart lacks it.
	Was *Check
}

// EntryKind is the kind of a change.
type EntryKind string

// The kinds of entry.
const (
	LateEntry    EntryKind = "late"
	Correction   EntryKind = "corrected"
	Withdrawal   EntryKind = "withdrawn"
	Reconsidered EntryKind = "reconsidered" // a flag that another entry changed
)

// BuildHandover returns the handover of a ward from its charts: the events from
// since until now, and the present state. It skips patients who were discharged
// before since and have no open follow-up.
//
// The order is that of the board; discharged patients come last, by bed.
func BuildHandover(site *Site, charts []Chart, since, now time.Time) Handover {
	h := Handover{Since: since, Now: now, Zone: site.Zone}
	states := make([]PatientState, 0, len(charts))
	byID := make(map[int64]HandoverPatient, len(charts))
	for i := range charts {
		c := &charts[i]
		stay := c.Stay()
		if stay == nil || !stay.OnWard() && stay.DischargedAt.Before(since) && c.Open() == nil {
			continue
		}
		p := handoverOf(site, c, since, now)
		states = append(states, p.PatientState)
		byID[c.Patient.ID] = p
	}
	MostUrgentFirst(states)
	slices.SortStableFunc(states, func(a, b PatientState) int {
		return compareBool(!a.Stay.OnWard(), !b.Stay.OnWard())
	})
	for i := range states {
		h.Patients = append(h.Patients, byID[states[i].Patient.ID])
	}
	return h
}

func handoverOf(site *Site, c *Chart, since, now time.Time) HandoverPatient {
	in := func(t time.Time) bool { return !t.Before(since) }
	state := Watch(&c.History, site, now)
	p := HandoverPatient{
		PatientState: state,
		Chart:        c,
		Admitted:     in(state.Stay.AdmittedAt),
		Discharged:   !state.Stay.OnWard() && in(state.Stay.DischargedAt),
		Missed:       MissedChecks(site, &c.History, since, now),
		Notes:        c.entries(since),
	}
	for i := range c.Checks {
		check := &c.Checks[i]
		if in(check.PerformedAt) {
			p.Checks++
			if p.Worst == nil || !p.Worst.WorseThan(check) {
				p.Worst = check
			}
		} else if check.Result.Conclusive() {
			p.Before = check
		}
		if check.Result.Flag.Flagged() && (in(check.PerformedAt) || in(check.Recorded.At)) {
			p.Flags = append(p.Flags, check)
		}
	}
	p.BurstEnds, p.Then, _ = c.AfterBurst(site, now)
	p.Trend = TrendOf(p.Before, p.Conclusive)
	for i := range slices.Backward(c.FollowUps) {
		if f := &c.FollowUps[i]; f.IsOpen() || in(f.Closed.At) {
			p.Follow = append(p.Follow, c.handoverFollowUp(site, f, now))
		}
	}
	for _, e := range slices.Backward(c.Events()) {
		if in(e.At) || in(e.Recorded.At) {
			p.Events = append(p.Events, e)
		}
	}
	return p
}

func (c *Chart) handoverFollowUp(site *Site, f *FollowUp, now time.Time) HandoverFollowUp {
	h := HandoverFollowUp{FollowUp: *f, Escalated: site.Escalated(f, now)}
	if f.IsOpen() && !f.Acked.Done() {
		h.EscalatesAt = site.EscalatesAt(f)
	}
	h.Lifted = f.IsOpen() && c.Lifted(f)
	for i := len(f.Joined) - 1; i >= 0 && h.Last == nil; i-- {
		if current := c.Current(f.Joined[i].CheckID); current != nil && current.Valid() {
			h.Last = current
		}
	}
	for _, item := range site.Checklist(f.Level, c.Patient.Product) {
		if _, ticked := c.Ticks[f.ID][item]; ticked {
			h.Ticked++
		} else {
			h.Open = append(h.Open, item)
		}
	}
	return h
}

// Lifted reports whether corrections lifted the flag of every check that joined the
// follow-up. A clinician still closes it. The history must hold these checks.
func (h *History) Lifted(f *FollowUp) bool {
	for i := range h.Checks {
		if c := &h.Checks[i]; c.Result.Flag.Flagged() {
			if _, joined := f.Has(c.ID); joined {
				return false
			}
		}
	}
	return true
}

// entries returns the changes of the record since then.
func (c *Chart) entries(since time.Time) []Entry {
	type dated struct {
		at time.Time
		Entry
	}
	var found []dated
	for i := range c.Versions {
		check := &c.Versions[i]
		if cause := c.Current(check.Because); check.Valid() && check.Because != "" && cause != nil && !cause.Recorded.At.Before(since) {
			found = append(found, dated{cause.Recorded.At, Entry{Reconsidered, check, cause}})
		}
		if check.Recorded.At.Before(since) {
			continue
		}
		e := Entry{LateEntry, check, nil}
		switch {
		case check.Version <= 1 && !check.Late():
			continue
		case check.Version > 1:
			e.Kind = Correction
			if check.Status == Withdrawn {
				e.Kind = Withdrawal
			}
			for j := range c.Versions {
				if o := &c.Versions[j]; o.ID == check.ID && o.Version == check.Version-1 {
					e.Was = o
				}
			}
		}
		found = append(found, dated{check.Recorded.At, e})
	}
	slices.SortStableFunc(found, func(a, b dated) int { return a.at.Compare(b.at) })
	var list []Entry
	for _, d := range found {
		list = append(list, d.Entry)
	}
	return list
}
