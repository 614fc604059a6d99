package ward

import (
	"time"

	"neurocheck/internal/icans"
)

// Memory is the part of the earlier checks that a comparison needs from any time
// back, so that a new check is compared without reading the whole history. It is
// comparable with ==. The zero Memory is that of a patient without checks.
type Memory struct {
	Conclusive   [2]int8           // by tool: grade of the last conclusive check + 1
	LastFloor    int8              // F of the last conclusive check + 1
	Signs        [5]icans.Severity // as last assessed, by comparedSigns
	Best         icans.Points      // best total that can be an inferred baseline
	EverICE      bool              // there is an ICE total
	LastICE      bool              // the last check has an ICE total
	Attributed   [5]int8           // by domain: least table grade + 1 in the unbroken row of attributed checks
	AttributedBy icans.Tool        // tool of the row of the score

	StayID      int64 // of the last check; the fields below are of this stay
	Unexamined  int   // checks in a row that left the patient unexamined
	ConclAt     int64 // time of the last conclusive check in milliseconds; 0 if there is none
	ConclFlag   icans.Flag
	ConclEveryS int64 // interval of the table after it, in seconds, without the burst
	ConclNear   bool  // a check of the 24 h before it, or itself, was flagged

	// OrderEnded is the time, in milliseconds, of the newest order that a check flagged
	// after it ended: an interval because the check asked for a shorter one, or a stop.
	OrderEnded int64

	LastAt    int64 // time of the last check in milliseconds
	FlaggedAt int64 // time of the last flagged check in milliseconds; 0 if there is none
	Gap       bool  // two checks since the last flagged one are more than 12 h apart
}

// comparedSigns are the signs of which a change flags, by index into Observed.
var comparedSigns = [5]int{icans.Handwriting, icans.Movement, icans.CranialNerve, icans.Personality, icans.Headache}

// windows of the comparisons.
const (
	dropWindow     = 24 * time.Hour
	baselineWindow = 72 * time.Hour
	quietGap       = 12 * time.Hour // longer ones are no watch
)

// evaluate returns the result of the check with index i, compared with the earlier
// ones: h.Checks[:i], and m for all before it.
// Source: clinical.md section 3.
func (h *History) evaluate(i int, m *Memory, site *Site) icans.Result {
	c := &h.Checks[i]
	x := &c.Findings
	plain := icans.Evaluate(x, h.Patient.Health)
	var cmp comparison
	cmp.grades(x, &plain, m)
	cmp.totals(h, i, m)
	cmp.signs(x, m)
	cmp.attributed(x, m)
	cmp.ability(h, x, m)
	cmp.examination(h, c, &plain, m, site)
	if h.atBaseline(i, &plain, cmp.why, m) {
		plain.Flag, plain.Reasons = icans.FlagNone, icans.AtBaseline
		return plain
	}
	return plain.Raised(cmp.flag, cmp.why)
}

// comparison collects look-back reasons.
type comparison struct {
	why  icans.Reasons
	flag icans.Flag
}

func (r *comparison) add(why icans.Reasons, flag icans.Flag) {
	r.why |= why
	r.flag = max(r.flag, flag)
}

// grades compares the least grade with the last conclusive check with the tool.
func (r *comparison) grades(x *icans.Findings, plain *icans.Result, m *Memory) {
	last := m.Conclusive[x.Tool-1]
	if last == 0 {
		return
	}
	switch up := plain.Low - int(last-1); {
	case up >= 2:
		r.add(icans.GradeUp2, icans.FlagUrgent)
	case up == 1:
		r.add(icans.WorseThanLast, icans.FlagGrade1)
	}
}

// totals compares the total with those of the 24 h before and with the baseline.
func (r *comparison) totals(h *History, i int, m *Memory) {
	x := &h.Checks[i].Findings
	total, known := x.Total()
	if !known || x.OtherCause.Has(icans.DomainScore) {
		return
	}
	best, found := h.bestTotal(i, dropWindow)
	baseline, hasBaseline := h.baseline(x.Tool, m)
	if x.Tool == icans.ICE {
		switch {
		case found && best-total >= 3:
			r.add(icans.ICEDrop3, icans.FlagUrgent)
		case found && best-total == 2:
			r.add(icans.ICEDrop2, icans.FlagGrade1)
		}
		if hasBaseline && total < baseline {
			r.add(icans.BelowBaseline, icans.FlagGrade1)
		}
		return
	}
	if found && total-best >= 5 || hasBaseline && total-baseline >= 5 {
		r.add(icans.CAPDRise5, icans.FlagUrgent)
	}
}

// bestTotal returns the best total (highest ICE, lowest CAPD) with the tool of the
// check with index i among the checks of the window before it.
func (h *History) bestTotal(i int, window time.Duration) (best int, found bool) {
	c := &h.Checks[i]
	since := c.PerformedAt.Add(-window)
	for j := i - 1; j >= 0 && !h.Checks[j].PerformedAt.Before(since); j-- {
		o := &h.Checks[j].Findings
		n, known := o.Total()
		if !known || o.Tool != c.Findings.Tool {
			continue
		}
		if !found || o.Tool == icans.ICE && n > best || o.Tool == icans.CAPD && n < best {
			best, found = n, true
		}
	}
	return best, found
}

// baseline returns the patient's baseline for a check with that tool: the recorded
// one, else the best earlier total before the infusion.
func (h *History) baseline(tool icans.Tool, m *Memory) (total int, known bool) {
	if tool != h.Patient.Tool {
		return 0, false
	}
	if n, ok := h.Patient.Baseline.Value(); ok {
		return n, true
	}
	if h.Patient.InfusedAt.IsZero() {
		return 0, false
	}
	return m.Best.Value()
}

// signs compares the signs with the last time that each was assessed.
func (r *comparison) signs(x *icans.Findings, m *Memory) {
	why := [len(comparedSigns)]icans.Reasons{icans.HandwritingWorse, icans.MovementWorse, icans.CranialNerveWorse, icans.PersonalityWorse, icans.HeadacheWorse}
	for k, sign := range comparedSigns {
		now, before := x.Observed[sign], max(m.Signs[k], icans.None)
		worse := now > before
		if sign == icans.Headache {
			worse = now == icans.Severe && before != icans.Severe
		}
		if worse {
			r.add(why[k], icans.FlagGrade1)
		}
	}
}

// attributed compares each attributed domain with the row of attributed checks
// directly before.
func (r *comparison) attributed(x *icans.Findings, m *Memory) {
	for k, d := range icans.AllDomains {
		if !x.OtherCause.Has(d) || !x.Assessed(d) || m.Attributed[k] == 0 {
			continue
		}
		if d == icans.DomainConsciousness && x.Unable == icans.UnableSedated || d == icans.DomainScore && m.AttributedBy != x.Tool {
			continue
		}
		grade, _ := x.TableGrade(d)
		switch up := grade - int(m.Attributed[k]-1); {
		case up >= 2:
			r.add(icans.AttributedWorse, icans.FlagUrgent)
		case up == 1:
			r.add(icans.AttributedWorse, icans.FlagGrade1)
		}
	}
}

// ability flags a patient who could answer before and now cannot.
func (r *comparison) ability(h *History, x *icans.Findings, m *Memory) {
	switch {
	case x.Unable == icans.UnableLanguage && m.EverICE && !h.Patient.Interpreter:
		r.add(icans.LostAbility, icans.FlagUrgent)
	case x.Unable == icans.UnableOther && x.Consciousness == icans.Alert && m.LastICE:
		r.add(icans.LostAbility, icans.FlagGrade1)
	}
}

// examination flags a patient who has not been examined for too long.
func (r *comparison) examination(h *History, c *Check, plain *icans.Result, m *Memory, site *Site) {
	if !c.Findings.Unexamined(plain) {
		return
	}
	stay := StayAt(h.Stays, c.PerformedAt)
	in := m.within(stay)
	run := in.Unexamined
	if !c.Findings.OtherCause.Has(icans.DomainConsciousness) {
		run++
	}
	if flag := h.notExamined(run, in, stay, c.PerformedAt, site); flag.Flagged() {
		r.add(icans.NotExamined, flag)
	}
}

// within returns the memory as far as it is of the stay.
func (m *Memory) within(stay *Stay) Memory {
	if stay == nil || m.StayID != stay.ID {
		return Memory{}
	}
	return *m
}

// notExamined returns the flag of a patient who, at the time t of a stay, was left
// unexamined by run checks in a row after the last conclusive check in m.
func (h *History) notExamined(run int, m Memory, stay *Stay, t time.Time, site *Site) icans.Flag {
	grade1, urgent := site.notExaminedAfter(h.everyAfterConclusive(&m, t))
	var passed time.Duration
	switch {
	case m.ConclAt != 0:
		passed = t.Sub(time.UnixMilli(m.ConclAt))
	case stay != nil:
		passed = t.Sub(stay.AdmittedAt)
	}
	switch {
	case passed >= urgent, run >= 2 && m.ConclAt != 0 && m.ConclFlag.Flagged():
		return icans.FlagUrgent
	case passed >= grade1, run >= 3:
		return icans.FlagGrade1
	}
	return icans.FlagNone
}

// notExaminedAfter returns the times after which a patient counts as not examined:
// never less than 4 and 8 h past the interval in force.
func (site *Site) notExaminedAfter(every time.Duration) (grade1, urgent time.Duration) {
	return max(site.NotExamined.Grade1, every+4*time.Hour), max(site.NotExamined.Urgent, every+8*time.Hour)
}

// atBaseline reports whether the check with index i is at the patient's own
// baseline.
func (h *History) atBaseline(i int, plain *icans.Result, why icans.Reasons, m *Memory) bool {
	x := &h.Checks[i].Findings
	total, known := x.Total()
	baseline, has := h.baseline(x.Tool, m)
	if !known || !has || !plain.Conclusive() || why&^icans.WorseThanLast != 0 {
		return false
	}
	if x.OtherCause != 0 || x.Uncertain() != 0 || !x.FeaturesNone(h.Patient.Health) || x.Observed[icans.Hallucinations] > icans.None {
		return false
	}
	for _, d := range icans.AllDomains[1:] {
		if _, high := x.TableGrade(d); high > 0 {
			return false
		}
	}
	best, found := h.bestTotal(i, baselineWindow)
	if x.Tool == icans.ICE {
		return total < icans.ICE.MaxScore() && total >= baseline && !(found && best-total >= 2)
	}
	if found && total-best >= 5 {
		return false
	}
	return total >= 1 && total <= 8 && total-baseline <= 2 || total >= 9 && total <= baseline
}

// add adds the check with index i, which has its result, to the memory.
func (m *Memory) add(h *History, i int, site *Site) {
	c := &h.Checks[i]
	x := &c.Findings
	total, known := x.Total()
	if c.Result.Conclusive() {
		m.Conclusive[x.Tool-1] = int8(c.Result.Low + 1)
		m.LastFloor = int8(c.Result.Floor + 1)
	}
	for k, sign := range comparedSigns {
		if s := x.Observed[sign]; s != 0 {
			m.Signs[k] = s
		}
	}
	if h.countsForBaseline(c) {
		if n, ok := m.Best.Value(); !ok || x.Tool == icans.ICE && total > n || x.Tool == icans.CAPD && total < n {
			m.Best = icans.Scored(total)
		}
	}
	m.LastICE = known && x.Tool == icans.ICE
	m.EverICE = m.EverICE || m.LastICE
	m.addAttributed(x)
	m.addToStay(h, i, site)
	m.addOrder(h, i, site)
	at := c.PerformedAt.UnixMilli()
	switch {
	case c.Result.Flag.Flagged():
		m.FlaggedAt, m.Gap = at, false
	case m.FlaggedAt != 0 && at-m.LastAt > quietGap.Milliseconds():
		m.Gap = true
	}
	m.LastAt = at
}

// countsForBaseline reports whether the total of c can be an inferred baseline.
func (h *History) countsForBaseline(c *Check) bool {
	x := &c.Findings
	if _, known := x.Total(); !known || x.Tool != h.Patient.Tool || !c.Result.Conclusive() {
		return false
	}
	if h.Patient.InfusedAt.IsZero() || !c.PerformedAt.Before(h.Patient.InfusedAt) {
		return false
	}
	if x.OtherCause != 0 || x.Uncertain() != 0 || !x.FeaturesNone(h.Patient.Health) {
		return false
	}
	for _, d := range icans.AllDomains[1:] {
		if _, high := x.TableGrade(d); high > 0 {
			return false
		}
	}
	return true
}

func (m *Memory) addAttributed(x *icans.Findings) {
	for k, d := range icans.AllDomains {
		sedated := d == icans.DomainConsciousness && x.Unable == icans.UnableSedated
		if !x.OtherCause.Has(d) || !x.Assessed(d) || sedated {
			m.Attributed[k] = 0
			continue
		}
		grade, _ := x.TableGrade(d)
		least := int8(grade + 1)
		if before := m.Attributed[k]; before != 0 && (d != icans.DomainScore || m.AttributedBy == x.Tool) {
			least = min(least, before)
		}
		m.Attributed[k] = least
	}
	if m.Attributed[0] != 0 {
		m.AttributedBy = x.Tool
	}
}

func (m *Memory) addToStay(h *History, i int, site *Site) {
	c := &h.Checks[i]
	stay := StayAt(h.Stays, c.PerformedAt)
	in := m.within(stay)
	m.StayID, m.Unexamined, m.ConclAt, m.ConclFlag, m.ConclEveryS = 0, in.Unexamined, in.ConclAt, in.ConclFlag, in.ConclEveryS
	if stay != nil {
		m.StayID = stay.ID
	}
	switch {
	case c.Findings.OtherCause.Has(icans.DomainConsciousness):
	case c.Unexamined():
		m.Unexamined++
	default:
		m.Unexamined = 0
	}
	if c.Result.Conclusive() {
		m.ConclAt, m.ConclFlag = c.PerformedAt.UnixMilli(), c.Result.Flag
		every, _ := h.tableInterval(i, site, false)
		m.ConclEveryS = int64(every / time.Second)
		m.ConclNear = h.flaggedWithin(i, flaggedWindow)
	}
}

// everyAfterConclusive returns the interval in force, at the time t, after the last
// conclusive check in m; 0 if there is none.
func (h *History) everyAfterConclusive(m *Memory, t time.Time) time.Duration {
	if m.ConclAt == 0 {
		return 0
	}
	every := time.Duration(m.ConclEveryS) * time.Second
	if o := h.orderAt(t); o != nil && o.Kind == OrderInterval && m.OrderEnded != o.Ordered.At.UnixMilli() {
		every = o.Interval
		if m.ConclNear {
			every = min(every, mostAfterFlag)
		}
	}
	return every
}

// addOrder notes that a flagged check ended the order in force: a stop, or an interval
// because the check asks for a shorter one.
func (m *Memory) addOrder(h *History, i int, site *Site) {
	c := &h.Checks[i]
	if !c.Result.Flag.Flagged() {
		return
	}
	o := h.orderAt(c.PerformedAt)
	if o == nil || o.Kind == OrderRestart || !c.PerformedAt.After(o.Ordered.At) {
		return
	}
	if every, _ := h.tableInterval(i, site, false); o.Kind == OrderStop || every < o.Interval {
		m.OrderEnded = o.Ordered.At.UnixMilli()
	}
}
