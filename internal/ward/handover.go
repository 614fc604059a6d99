package ward

import (
	"cmp"
	"slices"
	"time"

	"neurocheck/internal/icans"
)

// Shift is how far back a handover looks where nobody says: to the start of the
// last shift.
const Shift = 12 * time.Hour

// Handover is what the next shift must know of a ward: see [Hand].
type Handover struct {
	Since, Now time.Time
	Zone       *time.Location // of the ward's wall clock
	Patients   []HandedPatient
}

// HandedPatient is what the next shift must know of one patient.
type HandedPatient struct {
	Patient    Patient
	Admitted   bool // in the period
	Discharged bool // in the period

	Last   *Check   // last performed check that stands, or nil
	Tested *Check   // the last one that counts: Last, or the one before a check that could not be done
	Before *Check   // the last one that counts of those performed before the period, or nil
	Worst  *Check   // the worst of those performed in the period that say anything, the latest of equals, or nil
	Turn   Turn     // from Before to Tested
	Checks int      // that stand and were performed in the period
	Flags  []*Check // those that stand, carry a flag, and were performed or recorded in the period, oldest first
	Follow []Handed // open ones, and those closed in the period: see [Handed]
	Gaps   []Gap    // oldest first
	Notes  []Entry  // what the period changed in the record, oldest first
	Events []Event  // done, said, ordered or recorded in the period, oldest first
	Plan   Plan     // of the next check
	State  State    // of Plan, now
}

// Open returns how many follow-ups are open, and how many of those nobody has
// acknowledged.
func (p *HandedPatient) Open() (open, waiting int) {
	for i := range p.Follow {
		if f := &p.Follow[i]; f.IsOpen() {
			open++
			if !f.Acked.Done() {
				waiting++
			}
		}
	}
	return open, waiting
}

// Handed is a follow-up as it is handed over. Those that nobody has acknowledged
// come first, the more pressing first, then the open ones, then those closed.
type Handed struct {
	FollowUp
	Check       *Check    // the version that is valid now, also a withdrawn one; nil where the chart lacks it
	EscalatesAt time.Time // when it escalates, or did; zero once somebody has acknowledged or closed it
	Escalated   bool
	LastNormal  bool   // it is open, and the last check is complete and without a flag
	Lifted      bool   // it is open, and a correction has lifted the flag
	Code        string // ICD-10-CM, where a clinician has confirmed it: see [ICD10]
}

// Turn is the way that a patient has gone from one check to another.
type Turn uint8

// The turns. Where what is missing in one of the checks leaves it open, it is not
// known.
const (
	TurnUnknown Turn = iota
	Unchanged
	Better
	Worse
)

// Turns are the turns with their words, indexed by [Turn].
var Turns = [...]Term{{"unknown", "not known"}, {"unchanged", "unchanged"}, {"better", "better"}, {"worse", "worse"}}

// TurnOf compares two checks, by the grade first and then by the score of the
// same tool. Either may be nil.
func TurnOf(before, now *Check) Turn {
	if before == nil || now == nil {
		return TurnUnknown
	}
	b, n := &before.Result, &now.Result
	switch {
	case n.Low > b.High:
		return Worse
	case n.High < b.Low:
		return Better
	case n.Low != b.Low || n.High != b.High:
		return TurnUnknown
	}
	if before.Findings.Tool != now.Findings.Tool || b.Score == 0 || n.Score == 0 {
		if b.Low == b.High && b.Score == n.Score {
			return Unchanged
		}
		return TurnUnknown
	}
	switch lost, lostNow := pointsLost(&before.Findings), pointsLost(&now.Findings); {
	case lostNow > lost:
		return Worse
	case lostNow < lost:
		return Better
	}
	return Unchanged
}

// pointsLost is how many points a check is certainly away from well.
func pointsLost(x *icans.Findings) int {
	low, high := x.ScoreRange()
	if x.Tool == icans.ICE {
		return icans.ICE.MaxScore() - high
	}
	return low
}

// badness orders checks by what is certain in them: the grade, the flag, the
// score, and then the features seen, those too that never change the grade.
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

// WorseThan reports whether more is certainly wrong in c than in other.
func (c *Check) WorseThan(other *Check) bool { return badness(c, other) > 0 }

// Entry is something that the period changed in the record.
type Entry struct {
	Kind  EntryKind
	Check *Check // the version that was recorded; for Reconsidered the check whose flag has changed
	// Was is the version that a correction or withdrawal replaced, and for
	// Reconsidered the check whose entry or correction did it; nil where the chart
	// lacks it.
	Was *Check
}

// EntryKind is what was changed.
type EntryKind string

// The kinds of entry.
const (
	LateEntry    EntryKind = "late"
	Correction   EntryKind = "corrected"
	Withdrawal   EntryKind = "withdrawn"
	Reconsidered EntryKind = "reconsidered" // a flag that another entry has changed
)

// Hand puts a handover together from the charts of a ward: what happened from
// since until now, and how things stand. It passes over patients who were
// discharged before since and have no follow-up open. What carries a time after
// now, because a clock was set back, is told too.
//
// The most worrying patient comes first: by the grade that is certain now, the
// flag of the last check or of an open follow-up that no correction has lifted,
// whether nobody has taken it, how long a check is overdue, and the worst of the
// period; then by the bed. Discharged patients come last.
func Hand(site *Site, charts []Chart, since, now time.Time, zone *time.Location) Handover {
	h := Handover{Since: since, Now: now, Zone: zone}
	for i := range charts {
		c := &charts[i]
		if c.Patient.OnWard() || !c.Patient.DischargedAt.Before(since) || len(Open(c.FollowUps)) > 0 {
			h.Patients = append(h.Patients, hand(site, c, since, now, zone))
		}
	}
	slices.SortStableFunc(h.Patients, func(a, b HandedPatient) int {
		return cmp.Or(
			compareBool(!a.Patient.OnWard(), !b.Patient.OnWard()),
			slices.Compare(b.worry(now), a.worry(now)),
			compareBeds(a.Patient.Bed, b.Patient.Bed),
			cmp.Compare(a.Patient.ID, b.Patient.ID),
		)
	})
	return h
}

// worry weighs a patient, the weightiest reason first.
func (p *HandedPatient) worry(now time.Time) []int {
	grade, flag, waiting, overdue, worst := 0, 0, 0, 0, 0
	for _, c := range []*Check{p.Last, p.Tested} {
		if c != nil {
			grade, flag = max(grade, c.Result.Low), max(flag, int(c.Result.Flag))
		}
	}
	for i := range p.Follow {
		if f := &p.Follow[i]; f.IsOpen() && !f.Lifted {
			flag = max(flag, int(f.Level))
			if !f.Acked.Done() {
				waiting = max(waiting, int(f.Level))
			}
		}
	}
	if p.State == Overdue {
		overdue = int(now.Sub(p.Plan.Due) / time.Minute)
	}
	for _, g := range p.Gaps {
		if g.End == StillDue {
			overdue = max(overdue, int(g.Late/time.Minute))
		}
	}
	if p.Worst != nil {
		worst = p.Worst.Result.Low
	}
	return []int{grade, flag, waiting, overdue, worst}
}

func hand(site *Site, c *Chart, since, now time.Time, zone *time.Location) HandedPatient {
	p := HandedPatient{
		Patient:    c.Patient,
		Admitted:   !c.Patient.AdmittedAt.Before(since),
		Discharged: !c.Patient.OnWard() && !c.Patient.DischargedAt.Before(since),
		Last:       c.Last(),
		Gaps:       gaps(site, c, since, now, zone),
		Notes:      c.entries(since),
	}
	in := func(t time.Time) bool { return !t.Before(since) }
	for i := range c.Checks {
		check := &c.Checks[i]
		if !check.Stands() {
			continue
		}
		if in(check.PerformedAt) {
			p.Checks++
			if tells := check.Counts() || check.Result.Low > 0; tells && (p.Worst == nil || check.WorseThan(p.Worst)) {
				p.Worst = check
			}
		}
		if check.Result.Flag != icans.FlagNone && (in(check.PerformedAt) || in(check.Recorded.At)) {
			p.Flags = append(p.Flags, check)
		}
		if check.Counts() {
			if p.Tested == nil {
				p.Tested = check
			}
			if p.Before == nil && !in(check.PerformedAt) {
				p.Before = check
			}
		}
	}
	slices.Reverse(p.Flags)
	p.Turn = TurnOf(p.Before, p.Tested)
	for i := range c.FollowUps {
		if f := &c.FollowUps[i]; f.IsOpen() || in(f.Closed.At) {
			p.Follow = append(p.Follow, c.handed(site, f, p.Last, now))
		}
	}
	slices.SortStableFunc(p.Follow, func(a, b Handed) int {
		return cmp.Or(
			compareBool(!a.IsOpen(), !b.IsOpen()),
			compareBool(a.Acked.Done(), b.Acked.Done()),
			cmp.Compare(b.Level, a.Level),
			a.Opened.At.Compare(b.Opened.At),
		)
	})
	for _, e := range slices.Backward(c.Events()) {
		if in(e.At) || in(e.Recorded.At) {
			p.Events = append(p.Events, e)
		}
	}
	p.Plan = site.Next(&c.Patient, p.Last, c.Orders, c.Told(), zone)
	p.State = p.Plan.State(site, now)
	return p
}

func (c *Chart) handed(site *Site, f *FollowUp, last *Check, now time.Time) Handed {
	h := Handed{FollowUp: *f, Check: c.current(f.CheckID), Escalated: site.Escalated(f, now)}
	if h.Check != nil {
		h.Code = ICD10(f, h.Check.Result)
	}
	if f.IsOpen() {
		h.LastNormal = last != nil && last.Result.Flag == icans.FlagNone
		h.Lifted = h.Check != nil && h.Check.Result.Flag == icans.FlagNone
		if !f.Acked.Done() {
			h.EscalatesAt = site.EscalatesAt(f)
		}
	}
	return h
}

// current returns the version of a check that is valid now, also a withdrawn one,
// or nil.
func (c *Chart) current(id string) *Check {
	for i := range c.Checks {
		if c.Checks[i].ID == id && !c.Checks[i].Superseded {
			return &c.Checks[i]
		}
	}
	return nil
}

// entries returns what was changed in the record since then.
func (c *Chart) entries(since time.Time) []Entry {
	type dated struct {
		at time.Time
		Entry
	}
	var found []dated
	for i := range c.Checks {
		check := &c.Checks[i]
		if cause := c.current(check.Because); check.Stands() && cause != nil && !cause.Recorded.At.Before(since) {
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
			for j := range c.Checks {
				if o := &c.Checks[j]; o.ID == check.ID && o.Version == check.Version-1 {
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

// Gap is a check that was due and was not done in its time, by the schedule as
// the record makes it now.
type Gap struct {
	Due   time.Time
	Until time.Time // when it was done, or was due no more; zero while it still is
	End   GapEnd
	Late  time.Duration // from Due to Until, or to now
	Tried []*Check      // checks between that could not be done, oldest first

	// Hindsight says that nobody could read this from the record at the time: what
	// made the check due was recorded or corrected after it was due.
	Hindsight bool
}

// GapEnd is how a gap ended.
type GapEnd string

// The ends of a gap.
const (
	StillDue    GapEnd = "still_due"
	DoneLate    GapEnd = "done_late"
	OrderedOff  GapEnd = "ordered_off" // a clinician stopped the checks or put the next one off
	ChecksEnded GapEnd = "checks_ended"
	LeftTheWard GapEnd = "discharged"
)

// mostLeeway is the longest that a check may come after it was due and count as
// done in its time.
const mostLeeway = 30 * time.Minute

// gaps walks through the stay and returns the gaps that were open at any time
// since then. A check counts as done in its time up to half an hour after it was
// due, and a quarter of its interval where that is less; one that is still due is
// told from the moment at which it is.
//
// A check that could not be done is no end of a gap.
func gaps(site *Site, c *Chart, since, now time.Time, zone *time.Location) []Gap {
	w := watch{site: site, zone: zone, chart: c, patient: c.Patient, since: since}
	w.patient.DischargedAt = time.Time{}
	w.begin(w.next(nil), time.Time{})
	for _, s := range stepsOf(c) {
		if !c.Patient.OnWard() && s.at.After(c.Patient.DischargedAt) {
			break
		}
		w.lapse(s.at)
		switch {
		case s.check != nil:
			w.checked(s.check)
		case s.order != nil:
			w.ordered(s.order)
		default:
			w.told = s.at
			if !w.due(s.at) {
				w.begin(w.next(w.last), s.known)
			}
		}
	}
	if !c.Patient.OnWard() {
		w.lapse(c.Patient.DischargedAt)
		w.close(c.Patient.DischargedAt, LeftTheWard)
		return w.found
	}
	w.lapse(now)
	if w.due(now) {
		w.gap.End, w.gap.Late = StillDue, now.Sub(w.gap.Due)
		w.found = append(w.found, w.gap)
	}
	return w.found
}

// step is something that moves the schedule: a check, an order, or a reported
// symptom.
type step struct {
	at    time.Time
	check *Check
	order *Order
	known time.Time // when a symptom was recorded
}

// stepsOf returns the steps of a stay in the order of time; of the same time the
// check first, because what is reported then makes another one due.
func stepsOf(c *Chart) []step {
	var steps []step
	for i := range slices.Backward(c.Checks) {
		if check := &c.Checks[i]; check.Stands() {
			steps = append(steps, step{at: check.PerformedAt, check: check})
		}
	}
	for i := range slices.Backward(c.Orders) {
		steps = append(steps, step{at: c.Orders[i].Ordered.At, order: &c.Orders[i]})
	}
	for i := range slices.Backward(c.Symptoms) {
		steps = append(steps, step{at: c.Symptoms[i].ToldAt, known: c.Symptoms[i].Recorded.At})
	}
	slices.SortStableFunc(steps, func(a, b step) int { return a.at.Compare(b.at) })
	return steps
}

// watch is the schedule of a stay at one time of it.
type watch struct {
	site    *Site
	zone    *time.Location
	chart   *Chart
	patient Patient
	since   time.Time

	last, counted *Check // the last check, and the last that counts
	orders        []Order
	told          time.Time

	gap    Gap // what is due next; Due is zero where nothing is
	leeway time.Duration
	ends   time.Time
	found  []Gap
}

func (w *watch) next(last *Check) Plan {
	return w.site.Next(&w.patient, last, w.orders, w.told, w.zone)
}

// due reports whether a check is due at that time.
func (w *watch) due(at time.Time) bool { return !w.gap.Due.IsZero() && !at.Before(w.gap.Due) }

// begin makes the check of a plan the next one that is due. known is when what
// made it due was recorded.
func (w *watch) begin(plan Plan, known time.Time) {
	w.gap, w.ends, w.leeway = Gap{Due: plan.Due}, plan.Ends, mostLeeway
	if w.last != nil && w.last.PerformedAt.Before(plan.Due) && !plan.Due.Equal(w.told) {
		w.leeway = min(mostLeeway, plan.Due.Sub(w.last.PerformedAt)/4)
	}
	w.gap.Hindsight = !plan.Due.IsZero() && known.After(plan.Due.Add(w.leeway))
}

// close ends what is due, and keeps it where it was not done in its time.
func (w *watch) close(at time.Time, end GapEnd) {
	if late := at.Sub(w.gap.Due); w.due(at) && late > w.leeway && !at.Before(w.since) {
		w.gap.Until, w.gap.End, w.gap.Late = at, end, late
		w.found = append(w.found, w.gap)
	}
	w.gap = Gap{}
}

// lapse ends what is due where the checks have ended by then.
func (w *watch) lapse(at time.Time) {
	if !w.ends.IsZero() && !at.Before(w.ends) {
		w.close(w.ends, ChecksEnded)
	}
}

func (w *watch) checked(c *Check) {
	w.last = c
	switch {
	case c.Counts():
		w.close(c.PerformedAt, DoneLate)
		w.counted = c
	case w.due(c.PerformedAt):
		w.gap.Tried = append(w.gap.Tried, c)
		return
	}
	known := c.Recorded.At
	if cause := w.chart.current(c.Because); cause != nil && cause.Recorded.At.After(known) {
		known = cause.Recorded.At
	}
	w.begin(w.next(c), known)
}

func (w *watch) ordered(o *Order) {
	w.orders = slices.Insert(w.orders, 0, *o)
	at := o.Ordered.At
	if w.due(at) {
		// Trying is not testing: only what the order makes of the last check that
		// counts can put off what is due already.
		if plan := w.next(w.counted); !plan.Due.IsZero() && !plan.Due.After(at) {
			return
		}
		w.close(at, OrderedOff)
	}
	plan := w.next(w.last)
	if !plan.Due.IsZero() && plan.Due.Before(at) {
		plan.Due = at // an order makes nothing due before it was given
	}
	w.begin(plan, at)
}
