package ward

import (
	"slices"
	"time"

	"neurocheck/internal/icans"
)

// Plan is the time of a patient's next check and the reason for it.
type Plan struct {
	Due      time.Time     // zero if none is due
	Interval time.Duration // from the check, admission or event that Due counts from
	Why      Why
	State    State // at the time of the plan
	Order    *Order
}

// Why is the rule that made a check due, or the reason that none is: a code of
// clinical.md section 5.
type Why string

// The codes of [Why].
const (
	WhyGrade34     Why = "grade_3_4"
	WhyUnfinished  Why = "unfinished"
	WhyUnable      Why = "unable"
	WhyBurst       Why = "burst"
	WhyUrgent      Why = "urgent"
	WhyStepDown6h  Why = "step_down_6h"
	WhyGrade1      Why = "grade1"
	WhyIncomplete  Why = "incomplete"
	WhyStepDown24h Why = "step_down_24h"
	WhyNone        Why = "none"
	WhyAdmission   Why = "admission"
	WhyReport      Why = "report"
	WhyDose        Why = "dose"
	WhyOrder       Why = "order"
	WhyStopped     Why = "stopped"
	WhyUnasked     Why = "unasked"
	WhyEnded       Why = "ended"
)

// Whys are the codes of [Why] with their words.
var Whys = []Term{
	{string(WhyGrade34), "grade 3 or 4"},
	{string(WhyUnfinished), "the last check is unfinished"},
	{string(WhyUnable), "ICE or CAPD not done last time"},
	{string(WhyBurst), "a follow-up was opened or raised"},
	{string(WhyUrgent), "urgent"},
	{string(WhyStepDown6h), "grade 2 or a seizure in the last 6 h"},
	{string(WhyGrade1), "grade-1 features"},
	{string(WhyIncomplete), "the last check is unfinished"},
	{string(WhyStepDown24h), "flagged or reported in the last 24 h"},
	{string(WhyNone), "nothing flagged"},
	{string(WhyAdmission), "first check of the stay"},
	{string(WhyReport), "a symptom was reported"},
	{string(WhyDose), "a dose was given"},
	{string(WhyOrder), "interval set by a clinician"},
	{string(WhyStopped), "checks stopped by a clinician"},
	{string(WhyUnasked), "not asked for"},
	{string(WhyEnded), "checks ended"},
}

// State is the state of a plan at a time.
type State uint8

// The states of a plan, the least pressing first.
const (
	NoneDue State = iota
	Later
	DueSoon
	Overdue
)

// StateCodes are the codes of the states in JSON, indexed by [State].
var StateCodes = [...]string{"none", "later", "soon", "overdue"}

// The windows of the schedule, before the last check and included.
const (
	gradeWindow   = 6 * time.Hour
	flaggedWindow = 24 * time.Hour
	endWindow     = 48 * time.Hour
	doseWindow    = 48 * time.Hour
	mostAfterDose = 8 * time.Hour
	mostAfterFlag = 4 * time.Hour
	lateNews      = 24 * time.Hour // an admission heard of later counts from then
)

// Next returns the plan of the next check at the time now. It counts in elapsed
// time, so midnight and a change of the clocks do not matter.
// Source: clinical.md section 5.
func (h *History) Next(site *Site, now time.Time) Plan {
	plan := h.next(site, now)
	switch {
	case plan.Due.IsZero():
		plan.State = NoneDue
	case !now.Before(plan.Due):
		plan.State = Overdue
	case !now.Before(plan.Due.Add(-site.DueSoon)):
		plan.State = DueSoon
	default:
		plan.State = Later
	}
	return plan
}

func (h *History) next(site *Site, now time.Time) Plan {
	stay := h.Stay()
	if stay == nil || !stay.OnWard() {
		return Plan{Why: WhyEnded}
	}
	order, dose, waiting := h.orderAt(now), h.lastDose(now), h.Waiting()
	switch why := h.over(site, now, dose, waiting); why {
	case WhyStopped:
		return Plan{Why: why, Order: order}
	case WhyEnded:
		return Plan{Why: why}
	}
	if h.unasked(site, order, dose, waiting) {
		return Plan{Why: WhyUnasked}
	}
	plan := h.planned(site, order)
	if !dose.IsZero() {
		plan = h.afterDose(plan, dose, site)
	}
	if waiting != nil {
		told := waiting.ToldAt
		if told.Before(stay.AdmittedAt) {
			told = stay.AdmittedAt
		}
		// A report that starts the checks again makes one due then, not before.
		if told.Before(plan.Due) || dose.IsZero() && h.over(site, told, dose, nil) != "" {
			plan = Plan{Due: told, Why: WhyReport}
		}
	}
	return plan
}

// unasked reports whether the site has checks only of patients for whom a person has asked,
// and no person has asked for this one, whom a feed admitted: neither by a check nor by an
// order, a report or a dose.
func (h *History) unasked(site *Site, order *Order, dose time.Time, waiting *Report) bool {
	stay := h.Stay()
	if site.Intake.Watch != WatchAsked || stay == nil || h.LastOfStay() != nil || order != nil || !dose.IsZero() || waiting != nil || h.Open() != nil {
		return false
	}
	_, feed := FeedName(stay.Began.By)
	return feed
}

// planned returns the plan by the last check of the stay, or by the admission.
func (h *History) planned(site *Site, order *Order) Plan {
	stay, last := h.Stay(), h.LastOfStay()
	if last == nil {
		from := stay.AdmittedAt
		if heard := stay.Began.At; heard.Sub(from) > lateNews {
			from = heard
		}
		return Plan{Due: from.Add(site.Intervals.First), Interval: site.Intervals.First, Why: WhyAdmission}
	}
	i := len(h.Checks) - 1
	every, why := h.tableInterval(i, site, true)
	plan := Plan{Due: last.PerformedAt.Add(every), Interval: every, Why: why}
	if order != nil && order.Kind == OrderInterval && !h.orderEnded(order, site) {
		every = order.Interval
		if h.flaggedWithin(i, flaggedWindow) {
			every = min(every, mostAfterFlag)
		}
		plan = Plan{Due: last.PerformedAt.Add(every), Interval: every, Why: WhyOrder, Order: order}
	}
	return plan
}

// afterDose shortens a plan for the 48 h after a dose. If the checks had ended
// before the dose, the interval counts from the dose.
func (h *History) afterDose(plan Plan, dose time.Time, site *Site) Plan {
	last := h.LastOfStay()
	if last == nil {
		return plan
	}
	before := dose.Add(-time.Nanosecond)
	if last.PerformedAt.Before(dose) && h.over(site, before, h.lastDose(before), nil) != "" {
		every := min(plan.Interval, mostAfterDose)
		return Plan{Due: dose.Add(every), Interval: every, Why: WhyDose}
	}
	if plan.Interval > mostAfterDose {
		return Plan{Due: last.PerformedAt.Add(mostAfterDose), Interval: mostAfterDose, Why: WhyDose}
	}
	return plan
}

// tableInterval returns the shortest interval of the table that applies after the
// check with index i, and of equal ones the first. burst includes the one that
// depends on follow-ups.
func (h *History) tableInterval(i int, site *Site, burst bool) (every time.Duration, why Why) {
	c := &h.Checks[i]
	x, t := &c.Findings, &site.Intervals
	day, known := h.Patient.Day(c.PerformedAt, site.Zone)
	every, why = site.noneOn(day, known), WhyNone
	add := func(applies bool, interval time.Duration, code Why) {
		if applies && interval <= every {
			every, why = interval, code
		}
	}
	// From the last line of the table to the first, so that of equal intervals the
	// first line stays.
	add(h.flaggedBefore(i, flaggedWindow) || h.reportWithin(c.PerformedAt), t.StepDown24h, WhyStepDown24h)
	add(c.Result.Flag == icans.FlagIncomplete, t.Incomplete, WhyIncomplete)
	add(c.Result.Flag == icans.FlagGrade1, t.Grade1, WhyGrade1)
	add(h.severeWithin(i), t.StepDown6h, WhyStepDown6h)
	add(c.Result.Flag == icans.FlagUrgent, t.Urgent, WhyUrgent)
	add(burst && t.Burst > 0 && h.inBurst(i, site), t.Burst, WhyBurst)
	switch x.Unable {
	case icans.UnableAsleep, icans.UnableRefused, icans.UnableOffUnit:
		add(true, t.Unable, WhyUnable)
	case icans.UnableSedated:
		add(!x.OtherCause.Has(icans.DomainConsciousness), t.Unable, WhyUnable)
	case 0:
		add(!x.Complete(), t.Unfinished, WhyUnfinished)
	}
	add(c.Floor() >= 3, t.Grade34, WhyGrade34)
	return every, why
}

// flaggedWithin reports whether the check with index i, or one of the window before
// it, is flagged.
func (h *History) flaggedWithin(i int, window time.Duration) bool {
	return h.Checks[i].Result.Flag.Flagged() || h.flaggedBefore(i, window)
}

// flaggedBefore reports whether a check of the window before the one with index i is
// flagged.
func (h *History) flaggedBefore(i int, window time.Duration) bool {
	since := h.Checks[i].PerformedAt.Add(-window)
	for i--; i >= 0 && !h.Checks[i].PerformedAt.Before(since); i-- {
		if h.Checks[i].Result.Flag.Flagged() {
			return true
		}
	}
	return false
}

// severeWithin reports whether the check with index i, or one of the 6 h before it,
// has grade 2 or more or a seizure, whatever its cause.
func (h *History) severeWithin(i int) bool {
	since := h.Checks[i].PerformedAt.Add(-gradeWindow)
	for ; i >= 0 && !h.Checks[i].PerformedAt.Before(since); i-- {
		if c := &h.Checks[i]; c.Floor() >= 2 || c.Findings.Seizure > icans.NoSeizure {
			return true
		}
	}
	return false
}

// reportWithin reports whether a symptom was reported in the 24 h before t.
func (h *History) reportWithin(t time.Time) bool {
	for i := range h.Reports {
		if at := h.Reports[i].ToldAt; !at.After(t) && !at.Before(t.Add(-flaggedWindow)) {
			return true
		}
	}
	return false
}

// inBurst reports whether the check with index i opened or raised a follow-up, or
// follows such a check by less than the burst.
func (h *History) inBurst(i int, site *Site) bool {
	since := h.Checks[i].PerformedAt.Add(-site.Intervals.BurstFor)
	for k := i; k >= 0 && (k == i || h.Checks[k].PerformedAt.After(since)); k-- {
		if h.openedOrRaised(h.Checks[k].ID) {
			return true
		}
	}
	return false
}

// openedOrRaised reports whether the check with that ID opened or raised a follow-up.
func (h *History) openedOrRaised(id string) bool {
	for i := range h.FollowUps {
		for k := range h.FollowUps[i].Joined {
			if j := &h.FollowUps[i].Joined[k]; j.Event != JoinJoined && j.CheckID == id {
				return true
			}
		}
	}
	return false
}

// orderAt returns the newest order of interval, stop or restart given by the time t,
// or nil.
func (h *History) orderAt(t time.Time) *Order {
	for i := len(h.Orders) - 1; i >= 0; i-- {
		if o := &h.Orders[i]; o.Kind != OrderExtend && !o.Ordered.At.After(t) {
			return o
		}
	}
	return nil
}

// orderEnded reports whether a check flagged after the order asked for a shorter
// interval.
func (h *History) orderEnded(o *Order, site *Site) bool {
	if h.Memory.OrderEnded == o.Ordered.At.UnixMilli() {
		return true
	}
	if site.Intervals.Burst <= 0 || site.Intervals.Burst >= o.Interval {
		return false
	}
	for i := range h.FollowUps {
		joined := h.FollowUps[i].Joined
		for k := range joined {
			if j := &joined[k]; j.PerformedAt.After(o.Ordered.At) && !h.withdrawn(j) && h.inBurstOf(joined, j, site) {
				return true
			}
		}
	}
	return false
}

// inBurstOf reports whether the check that joined as j opened or raised the follow-up, or
// follows such a check by less than the burst. One that only follows asks for the burst as
// well, and the check that it follows may be older than an order.
func (h *History) inBurstOf(joined []Joined, j *Joined, site *Site) bool {
	return slices.ContainsFunc(joined, func(o Joined) bool {
		apart := j.PerformedAt.Sub(o.PerformedAt)
		return o.Event != JoinJoined && (o.CheckID == j.CheckID || apart >= 0 && apart < site.Intervals.BurstFor && !h.withdrawn(&o))
	})
}

// withdrawn reports whether the check that joined is loaded no more although others of
// its time are.
func (h *History) withdrawn(j *Joined) bool {
	if len(h.Checks) == 0 || j.PerformedAt.Before(h.Checks[0].PerformedAt) {
		return false
	}
	return !slices.ContainsFunc(h.Checks, func(c Check) bool { return c.ID == j.CheckID })
}

// restarted reports whether a flagged check, a report or a dose after a stop started
// the checks again by the time now. A check or a report of before that was recorded after
// it does too: the clinician who stopped the checks did not know of it.
func (h *History) restarted(stop *Order, now time.Time) bool {
	at := stop.Ordered.At
	if h.Memory.OrderEnded == at.UnixMilli() {
		return true
	}
	after := func(t time.Time) bool { return t.After(at) && !t.After(now) }
	for i := range h.Reports {
		if r := &h.Reports[i]; after(r.ToldAt) || after(r.Recorded.At) {
			return true
		}
	}
	if f := h.Open(); f != nil && slices.ContainsFunc(f.Joined, func(j Joined) bool { return after(j.At) && !h.withdrawn(&j) }) {
		return true
	}
	return slices.ContainsFunc(h.Doses, func(d time.Time) bool { return d.After(at) && !d.After(now) })
}

// lastDose returns the last dose of the immunotherapy in the 48 h before now, or the
// zero time.
func (h *History) lastDose(now time.Time) (last time.Time) {
	for _, d := range h.Doses {
		if !d.After(now) && !d.Before(now.Add(-doseWindow)) && d.After(last) {
			last = d
		}
	}
	return last
}

// lastDay returns the last day of checks since infusion, as ordered by the time now.
func (h *History) lastDay(site *Site, now time.Time) int {
	day := site.LastDay
	for i := range h.Orders {
		if o := &h.Orders[i]; o.Kind == OrderExtend && !o.Ordered.At.After(now) {
			day = max(day, o.UntilDay)
		}
	}
	return day
}

// restartAt returns the newest order to restart given by the time now, if no stop came
// after it; or nil. An interval ordered later says how often, not until when.
func (h *History) restartAt(now time.Time) *Order {
	for i := range slices.Backward(h.Orders) {
		switch o := &h.Orders[i]; {
		case o.Ordered.At.After(now):
		case o.Kind == OrderStop:
			return nil
		case o.Kind == OrderRestart:
			return o
		}
	}
	return nil
}

// over returns [WhyStopped] or [WhyEnded] if no check is due at the time now, else "".
// dose is a dose of the last 48 h, or zero, and waiting a report that waits, or nil.
func (h *History) over(site *Site, now, dose time.Time, waiting *Report) Why {
	order := h.orderAt(now)
	quiet := dose.IsZero() && waiting == nil && h.quiet()
	switch {
	case h.stoppedBy(order) && (quiet || !h.restarted(order, now)):
		return WhyStopped
	case quiet && h.pastLastDay(site, now):
		return WhyEnded
	}
	return ""
}

// stoppedBy reports whether the order is a stop of the latest stay. One of an earlier stay
// was no decision about this one: a patient who comes back is examined.
func (h *History) stoppedBy(order *Order) bool {
	return order != nil && order.Kind == OrderStop && !order.Ordered.At.Before(h.Stay().AdmittedAt)
}

// quiet reports whether the record gives no reason to go on: no follow-up is open, and
// the last check of the stay is conclusive with all five features, without a flag in
// the 48 h before it.
func (h *History) quiet() bool {
	last := h.LastOfStay()
	return last != nil && h.Open() == nil && last.Result.Conclusive() && last.Findings.FeaturesAssessed() &&
		!h.flaggedWithin(len(h.Checks)-1, endWindow)
}

// pastLastDay reports whether the last day is over at the time now, and the last check
// of the stay was performed on it or later and 24 h or more after the admission. A
// clinician's restart after the last day has no end but the next stop.
func (h *History) pastLastDay(site *Site, now time.Time) bool {
	day, known := h.Patient.Day(now, site.Zone)
	last, lastDay := h.LastOfStay(), h.lastDay(site, now)
	if !known || day <= lastDay || last == nil || last.PerformedAt.Sub(h.Stay().AdmittedAt) < 24*time.Hour {
		return false
	}
	if order := h.restartAt(now); order != nil {
		if on, _ := h.Patient.Day(order.Ordered.At, site.Zone); on > lastDay {
			return false
		}
	}
	on, _ := h.Patient.Day(last.PerformedAt, site.Zone)
	return on >= lastDay
}
