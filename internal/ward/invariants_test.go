package ward

import (
	"slices"
	"testing"
	"time"

	"neurocheck/internal/icans"
)

// The invariants of a watch that never reports an unexamined patient as well, over
// random courses with fluctuation, attributions, sedation, own baselines, late entries,
// corrections, reports, orders, doses and two stays. The tests of each rule have
// the right values; these have the wrong states that no course may reach. The number of
// courses of the long form is that of the worst of them: some states are reached by one
// course in 10,000.
func TestInvariants(t *testing.T) {
	forCourses(t, 2_000, func(t *testing.T, seed uint64) {
		m := newMaker(seed)
		m.old = m.one(2)
		c := m.course(3 + m.IntN(18))
		w := &watcher{T: t, seed: seed, site: &c.site, h: c.history(), old: make(map[string]bool)}
		for i, act := range c.acts {
			c.known(w.h, act.At)
			w.record(act)
			w.people(m, act.At)
			w.now(act.At)
			until := act.At.Add(60 * time.Hour)
			if i+1 < len(c.acts) {
				until = c.acts[i+1].At
			}
			if until.After(act.At) {
				later := act.At.Add(time.Duration(m.Int64N(int64(until.Sub(act.At)))))
				c.known(w.h, later)
				w.now(later)
			}
			if m.one(3) {
				w.worse(m, act)
			}
			if t.Failed() {
				return
			}
		}
	})
}

// watcher checks the invariants of one course as it grows.
type watcher struct {
	*testing.T
	seed uint64
	site *Site
	h    *History
	old  map[string]bool // checks with an old flag
}

// record adds an act. No flagged check is without a follow-up that it opened or joined,
// unless it is an old flag, and no acknowledged follow-up takes in a worse check without
// being raised.
func (w *watcher) record(act Act) {
	type state struct {
		level icans.Flag
		peak  int
	}
	before := make([]state, len(w.h.FollowUps))
	for i := range w.h.FollowUps {
		f := &w.h.FollowUps[i]
		before[i] = state{f.Level, f.Peak}
	}
	out := Record(w.h, w.site, act)
	for _, e := range out.Events {
		if e.Index < len(before) && e.Event != JoinRaised && (e.Flag > before[e.Index].level || e.Floor > before[e.Index].peak) {
			w.Errorf("seed %d: %s is worse than the follow-up, and did not raise it", w.seed, e.CheckID)
		}
		if e.Index < len(before) {
			before[e.Index] = state{max(before[e.Index].level, e.Flag), max(before[e.Index].peak, e.Floor)}
		}
		f := &w.h.FollowUps[e.Index]
		if e.Event == JoinRaised && f.Acked.Done() || f.Level < e.Flag || f.Peak < e.Floor {
			w.Errorf("seed %d: %s joined, and the follow-up is as before", w.seed, e.CheckID)
		}
		delete(w.old, e.CheckID)
	}
	for i := range w.h.Checks {
		c := &w.h.Checks[i]
		joined := slices.ContainsFunc(w.h.FollowUps, func(f FollowUp) bool { _, ok := f.Has(c.ID); return ok })
		if c.Result.Flag.Flagged() && !joined && !w.old[c.ID] {
			if act.At.Sub(c.PerformedAt) <= 24*time.Hour {
				w.Errorf("seed %d: %s is flagged and in no follow-up", w.seed, c.ID)
			}
			w.old[c.ID] = true
		}
		w.normal(c)
	}
	if n := len(slices.DeleteFunc(slices.Clone(w.h.FollowUps), func(f FollowUp) bool { return !f.IsOpen() })); n > 1 {
		w.Errorf("seed %d: %d open follow-ups", w.seed, n)
	}
}

// normal checks that only a check in which everything was examined and nothing found is
// called normal.
func (w *watcher) normal(c *Check) {
	if !c.Normal() {
		return
	}
	x := &c.Findings
	well := x.Unable == 0 && x.Consciousness == icans.Alert && x.Seizure == icans.NoSeizure && x.Motor == icans.NoWeakness && x.ICP == icans.ICPNone
	well = well && x.OtherCause|x.UncertainCause == 0 && x.StatedTotal == 0
	for i, s := range x.Observed[:icans.Personality+1] {
		well = well && (s == icans.None || s == 0 && i >= icans.Features)
	}
	total, scored := x.Total()
	if best := map[icans.Tool]int{icans.ICE: 10, icans.CAPD: 0}[x.Tool]; !well || !scored || total != best || c.Result.Flag != icans.FlagNone || c.Unexamined() {
		w.Errorf("seed %d: %s is called normal: %+v", w.seed, c.ID, x)
	}
}

// people accept and close follow-ups at random.
func (w *watcher) people(m *maker, at time.Time) {
	f := w.h.Open()
	if f == nil || m.one(3) {
		return
	}
	f.Acked = Sign("Sam", at)
	if m.one(4) && !w.h.AskResolved() {
		f.Closed, f.Outcome = Sign("Reis", at), Resolved
	}
}

// now checks the state of the watch at a time.
func (w *watcher) now(now time.Time) {
	s := Watch(w.h, w.site, now)
	if !w.h.OnWard() {
		if s.Alert != AlertNone || s.Next.State != NoneDue {
			w.Errorf("seed %d: an alert of a patient who left", w.seed)
		}
		return
	}
	w.due(&s, now)
	if c := s.Conclusive; c != nil && !c.AtBaseline() {
		least := MarkNone
		switch {
		case c.Result.Low >= 2:
			least = MarkUrgent
		case c.Result.Low == 1:
			least = MarkGrade1
		}
		if s.Mark < least {
			w.Errorf("seed %d: the mark %s after grade %d", w.seed, MarkCodes[s.Mark], c.Result.Low)
		}
	}
	if f := s.FollowUp; f != nil && s.Alert < alertOf(f.Level) {
		w.Errorf("seed %d: the alert %s with a follow-up open", w.seed, AlertCodes[s.Alert])
	}
	stopped := s.Next.Why == WhyStopped && s.Report != nil && !s.Next.Order.Ordered.At.Before(s.Report.ToldAt)
	if s.Report != nil && s.Next.State != Overdue && !stopped {
		w.Errorf("seed %d: a report waits, and no check is due", w.seed)
	}
}

// due checks that a patient with a flag in the last 48 h has a check due, in at most
// 4 h within 24 h of a flag, and that the board shows a patient who was not examined.
func (w *watcher) due(s *PatientState, now time.Time) {
	none := s.Next.State == NoneDue
	var examined time.Time // the last check that did not leave the patient unexamined
	for i := range w.h.Checks {
		c := &w.h.Checks[i]
		if !c.Unexamined() && c.PerformedAt.After(examined) {
			examined = c.PerformedAt
		}
		if !c.Result.Flag.Flagged() {
			continue
		}
		stopped := s.Next.Why == WhyStopped && !s.Next.Order.Ordered.At.Before(c.PerformedAt)
		if none && !stopped && now.Sub(c.PerformedAt) <= 48*time.Hour {
			w.Errorf("seed %d: %s is flagged, and no check is due (%s)", w.seed, c.ID, s.Next.Why)
		}
		if last := s.Last; !none && last != nil && !w.stoppedSince(c) && last.PerformedAt.Sub(c.PerformedAt) <= 24*time.Hour && s.Next.Due.Sub(last.PerformedAt) > 4*time.Hour {
			w.Errorf("seed %d: the next check %v after one within 24 h of a flag (%s)", w.seed, s.Next.Due.Sub(last.PerformedAt), s.Next.Why)
		}
	}
	since := s.Stay.AdmittedAt
	if examined.After(since) {
		since = examined
	}
	if order := w.h.orderAt(now); !none && (order == nil || order.Kind != OrderInterval) && s.Alert < AlertGrade1 {
		if unexamined := s.Last != nil && s.Last.Unexamined() || s.Last == nil; unexamined && now.Sub(since) >= 12*time.Hour {
			w.Errorf("seed %d: not examined for %v, and the alert is %s", w.seed, now.Sub(since), AlertCodes[s.Alert])
		}
	}
}

// stoppedSince reports whether a clinician stopped the checks after a check.
func (w *watcher) stoppedSince(c *Check) bool {
	return slices.ContainsFunc(w.h.Orders, func(o Order) bool {
		return o.Kind == OrderStop && !o.Ordered.At.Before(c.PerformedAt)
	})
}

// worse checks that no single worse finding makes the next check later, or the flag
// milder.
func (w *watcher) worse(m *maker, act Act) {
	last := w.h.Last()
	if last == nil || last.Version > 1 || last.ID != act.Checks[0].ID || len(w.h.Checks) < 2 {
		return
	}
	before := *w.h
	before.Checks = slices.Clone(w.h.Checks[:len(w.h.Checks)-1])
	before.Evaluate(w.site)
	same, bad := *last, *last
	if !worsen(m, &bad.Findings) {
		return
	}
	after := func(c Check) (Plan, icans.Result) {
		h := before
		h.Checks, h.FollowUps = slices.Clone(before.Checks), nil
		for _, f := range w.h.FollowUps {
			f.Joined = slices.DeleteFunc(slices.Clone(f.Joined), func(j Joined) bool { return j.CheckID == c.ID })
			if len(f.Joined) > 0 {
				f.Level, f.Peak, f.Closed = 0, 0, Signature{}
				for _, j := range f.Joined {
					f.Level, f.Peak = max(f.Level, j.Flag), max(f.Peak, j.Floor)
				}
				h.FollowUps = append(h.FollowUps, f)
			}
		}
		Record(&h, w.site, Act{At: c.Recorded.At, Checks: []Check{c}})
		return h.Next(w.site, c.Recorded.At), h.Last().Result
	}
	planSame, resultSame := after(same)
	planBad, resultBad := after(bad)
	// A finding can settle the grade: the patient then counts as examined.
	milder := resultBad.Flag < resultSame.Flag && (resultSame.Reasons&icans.NotExamined == 0 || !resultBad.Conclusive())
	if milder || !planSame.Due.IsZero() && (planBad.Due.IsZero() || planBad.Due.After(planSame.Due)) {
		same.Result, bad.Result = resultSame, resultBad
		w.Errorf("seed %d: %s, worse: due %v (%s, %s), not %v (%s, %s)", w.seed, last.ID, planBad.Due, planBad.Why, flagOf(&bad), planSame.Due, planSame.Why, flagOf(&same))
	}
}

// worsen makes one finding that was assessed worse, and reports whether it could.
func worsen(m *maker, x *icans.Findings) bool {
	i := m.IntN(8)
	switch m.IntN(6) {
	case 0:
		if n, ok := x.ICE[i].Value(); ok && n > 0 {
			x.ICE[i] = icans.Scored(n - 1)
			return true
		}
		if n, ok := x.CAPD[i].Value(); ok && n < 4 {
			x.CAPD[i] = icans.Scored(n + 1)
			return true
		}
	case 1:
		// lost_ability asks for a patient who is alert: with consciousness attributed, a
		// drowsy one has no flag by the text.
		excused := x.Unable == icans.UnableOther && x.OtherCause.Has(icans.DomainConsciousness)
		if x.Consciousness != 0 && x.Consciousness < icans.Unarousable && !excused {
			x.Consciousness++
			return true
		}
	case 2:
		if x.Seizure == icans.NoSeizure {
			x.Seizure = icans.BriefSeizure
			return true
		}
	case 3:
		if x.Motor == icans.NoWeakness {
			x.Motor = icans.FocalWeakness
			return true
		}
	default:
		if s := &x.Observed[m.IntN(int(icans.Personality)+1)]; *s != 0 && *s < icans.Severe {
			*s++
			return true
		}
	}
	return false
}
