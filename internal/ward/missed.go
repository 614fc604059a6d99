package ward

import "time"

// Missed is a check that was due and was not done in time, by the schedule as the
// record makes it now.
type Missed struct {
	Due   time.Time
	Until time.Time // when it was done, or was no longer due; zero while it still is
	End   MissedEnd
	Late  time.Duration // from Due to Until, or to now

	// KnownLater is set if the record could not show it at the time: the check that
	// made it due was recorded after it was due.
	KnownLater bool
}

// MissedEnd is the way in which a missed check ended.
type MissedEnd string

// The ends of a missed check.
const (
	StillDue    MissedEnd = "still_due"
	DoneLate    MissedEnd = "done_late"
	LeftTheWard MissedEnd = "discharged"
)

// mostLeeway is the longest that a check may come after it was due and still count
// as done in time; less if the interval is short.
const mostLeeway = 30 * time.Minute

// MissedChecks returns the checks of the latest stay that were missed between since
// and now. h must hold every check of the stay in that period and the one before it.
func MissedChecks(site *Site, h *History, since, now time.Time) []Missed {
	stay := h.Stay()
	if stay == nil {
		return nil
	}
	end := now
	if !stay.OnWard() {
		end = stay.DischargedAt
	}
	var found []Missed
	var m Memory
	upTo := -1 // index of the last check that the plan rests on
	for i := 0; i <= len(h.Checks); i++ {
		until, last := end, i == len(h.Checks)
		if !last {
			until = h.Checks[i].PerformedAt
		}
		if stay.Holds(until) && !until.Before(since) {
			if missed, ok := h.missedBefore(site, upTo, m, until); ok {
				switch {
				case !last:
					missed.Until, missed.End = until, DoneLate
				case !stay.OnWard():
					missed.Until, missed.End = until, LeftTheWard
				default:
					missed.End = StillDue
				}
				found = append(found, missed)
			}
		}
		if !last {
			m.add(h, i, site)
			upTo = i
		}
	}
	return found
}

// missedBefore returns the check that was due after the check with index i, and was
// late at the time until.
func (h *History) missedBefore(site *Site, i int, m Memory, until time.Time) (Missed, bool) {
	plan := h.planAt(site, i, m, h.Stays, until)
	if plan.Due.IsZero() {
		return Missed{}, false
	}
	leeway := mostLeeway
	if plan.Interval > 0 {
		leeway = min(leeway, plan.Interval/4)
	}
	late := until.Sub(plan.Due)
	missed := Missed{Due: plan.Due, Late: late}
	if i >= 0 {
		missed.KnownLater = h.Checks[i].Recorded.At.After(plan.Due.Add(leeway))
	}
	return missed, late > leeway
}

// planAt returns the plan that applied at the time t after the check with index i, m
// being the memory after that check and the last of stays the stay it is about, which
// had not ended then.
func (h *History) planAt(site *Site, i int, m Memory, stays []Stay, t time.Time) Plan {
	then := h.knownAt(i, m, stays, t)
	return then.Next(site, t)
}

// knownAt returns the part of the history that the plan of [History.planAt] rests on.
func (h *History) knownAt(i int, m Memory, stays []Stay, t time.Time) History {
	then := *h
	then.Checks, then.Memory, then.Drafts = h.Checks[:i+1], m, nil
	then.Stays = append([]Stay(nil), stays...)
	then.Stays[len(then.Stays)-1].DischargedAt = time.Time{}
	then.Reports = nil
	for _, r := range h.Reports {
		if !r.ToldAt.After(t) {
			then.Reports = append(then.Reports, r)
		}
	}
	then.FollowUps = nil
	for i := range h.FollowUps {
		if f := &h.FollowUps[i]; !f.Opened.At.After(t) {
			then.FollowUps = append(then.FollowUps, f.known(t))
		}
	}
	return then
}

// known returns the part of a follow-up that a plan reads, as the record had it at the
// time t. Unlike [FollowUp.At] it copies nothing, because a long history asks for it
// once a check.
func (f *FollowUp) known(t time.Time) FollowUp {
	n := len(f.Joined)
	for n > 0 && f.Joined[n-1].At.After(t) {
		n--
	}
	then := FollowUp{ID: f.ID, PatientID: f.PatientID, Opened: f.Opened, Joined: f.Joined[:n]}
	if !f.Closed.At.After(t) {
		then.Closed = f.Closed
	}
	return then
}
