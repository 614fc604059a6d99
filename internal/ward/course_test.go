package ward

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"neurocheck/internal/icans"
)

// randomCourse is a made-up record of one patient: the history without its checks, and
// the acts that add them, in the order of recording.
type randomCourse struct {
	start History
	site  Site
	acts  []Act
}

// maker draws courses from a seed.
type maker struct {
	*rand.Rand
	exact bool // times fall on half hours, so that the limits of windows are met
	old   bool // entries may be recorded more than 24 h after the examination
	n     int
	rare  int     // findings are so many times as rare
	ill   float64 // points lost, fluctuating
	calm  int     // checks until the next change of sedation
	sleep icans.Unable
	cause icans.Domains // attributed at the moment
}

func newMaker(seed uint64) *maker {
	m := &maker{Rand: rand.New(rand.NewPCG(seed, 12))}
	m.exact, m.rare = m.one(2), 1+m.IntN(6)
	return m
}

func (m *maker) one(in int) bool { return m.IntN(in) == 0 }

func (m *maker) span(least, most time.Duration) time.Duration {
	d := least + time.Duration(m.Int64N(int64(most-least)+1))
	if m.exact {
		return d.Round(30 * time.Minute)
	}
	return d.Round(time.Minute)
}

// course draws a course of about n checks.
func (m *maker) course(n int) *randomCourse {
	c := &randomCourse{site: DefaultSite()}
	tool := icans.ICE
	if m.one(5) {
		tool = icans.CAPD
	}
	begin := night
	p := Patient{ID: 1, Tool: tool, InfusedAt: begin.Add(m.span(-31*24*time.Hour, 24*time.Hour)), Interpreter: m.one(9)}
	if m.one(3) {
		p.Baseline = icans.Scored(m.IntN(tool.MaxScore() + 1))
	}
	if m.one(4) {
		p.Health = icans.FeatureSet(m.IntN(32))
	}
	c.start.Patient = p
	if m.one(3) {
		c.site.Intervals.Days = []DayInterval{{2, 10, 4 * time.Hour}}
	}
	at := begin
	stay := Stay{ID: 1, AdmittedAt: at, Began: Sign("Sam", at)}
	var checks []Check
	for range n {
		at = at.Add(m.span(0, 7*time.Hour))
		if m.one(12) {
			at = at.Add(m.span(0, 40*time.Hour))
		}
		if m.one(40) && len(checks) > 0 {
			stay.DischargedAt, stay.Discharge = at, "home"
			c.start.Stays = append(c.start.Stays, stay)
			at = at.Add(m.span(0, 30*time.Hour))
			stay = Stay{ID: stay.ID + 1, AdmittedAt: at, Began: Sign("Sam", at)}
		}
		checks = append(checks, m.check(at, tool))
	}
	c.start.Stays = append(c.start.Stays, stay)
	m.events(c, begin, at)
	c.acts = m.acts(checks)
	return c
}

// check draws one check and its delay of recording.
func (m *maker) check(at time.Time, tool icans.Tool) Check {
	m.n++
	recorded := at.Add(m.span(0, 10*time.Minute))
	switch {
	case m.old && m.one(15):
		recorded = at.Add(m.span(0, 90*time.Hour))
	case m.one(8):
		recorded = at.Add(m.span(0, 24*time.Hour))
	}
	c := Check{ID: fmt.Sprintf("c%03d", m.n), Version: 1, PatientID: 1, Status: Recorded, PerformedAt: at, Recorded: Sign("Sam", recorded), Findings: m.findings(tool)}
	return c
}

// findings draws the findings of a state that fluctuates.
func (m *maker) findings(tool icans.Tool) icans.Findings {
	if m.one(25) {
		tool = icans.ICE + icans.CAPD - tool
	}
	if m.one(m.rare) {
		m.ill = max(0, m.ill+float64(m.IntN(7)-3)/2)
	}
	if m.one(10 * m.rare) {
		m.ill = float64(m.IntN(9))
	}
	if m.calm--; m.calm < 0 {
		m.calm, m.sleep, m.cause = m.IntN(12), 0, 0
		if m.one(2 + m.rare) {
			m.sleep = icans.Unable(1 + m.IntN(8))
		}
		if m.one(5) {
			m.cause = icans.Domains(m.IntN(32))
		}
	}
	x := findings("ice bare")
	x.Tool = tool
	lost := int(m.ill)
	switch {
	case m.sleep != 0:
		x.Unable = m.sleep
	case m.one(12):
		x.StatedTotal = icans.Scored(m.total(tool, lost))
	default:
		score(&x, m.total(tool, lost))
		if m.one(12) {
			x.ICE[m.IntN(8)], x.CAPD[m.IntN(8)] = 0, 0
		}
	}
	m.domains(&x, lost)
	if x.Unable == icans.UnableUnarousable {
		x.Consciousness = icans.Unarousable
	}
	x.OtherCause = m.cause
	if m.one(12) {
		x.UncertainCause = icans.Domains(m.IntN(32)) &^ x.OtherCause
	}
	return x
}

// total returns the total of the tool for a number of points lost.
func (m *maker) total(tool icans.Tool, lost int) int {
	if tool == icans.CAPD {
		return min(lost*2, icans.CAPD.MaxScore())
	}
	return max(0, icans.ICE.MaxScore()-lost)
}

// domains draws the findings apart from the score: rare, left out at times, and more
// in a patient who is ill.
func (m *maker) domains(x *icans.Findings, lost int) {
	left := func() bool { return m.one(15 * m.rare) }
	if !left() {
		x.Consciousness = icans.Alert
		if m.one(6*m.rare) || x.Unable == icans.UnableSedated {
			x.Consciousness = icans.Consciousness(1 + m.IntN(5))
		}
	}
	if !left() {
		if x.Seizure = icans.NoSeizure; m.one(20 * m.rare) {
			x.Seizure = icans.Seizure(1 + m.IntN(5))
		}
	}
	if !left() {
		if x.Motor = icans.NoWeakness; m.one(25 * m.rare) {
			x.Motor = icans.FocalWeakness
		}
	}
	if !left() {
		if x.ICP = icans.ICPNone; m.one(60) {
			x.ICP = icans.FocalEdema
		}
	}
	for i := range icans.Personality + 1 {
		if left() || i >= icans.Features && m.one(4) {
			continue
		}
		if x.Observed[i] = icans.None; m.one(m.rare * max(3, 30-4*lost)) {
			x.Observed[i] = icans.Severity(1 + m.IntN(4))
		}
	}
}

// events draws reports, doses and orders.
func (m *maker) events(c *randomCourse, begin, end time.Time) {
	for range m.IntN(3) {
		at := begin.Add(m.span(0, end.Sub(begin)))
		c.start.Reports = append(c.start.Reports, Report{ToldAt: at, Recorded: Sign("Sam", at)})
	}
	if m.one(6) {
		c.start.Doses = append(c.start.Doses, begin.Add(m.span(0, end.Sub(begin))))
	}
	for m.one(4) {
		kind := OrderKind(OrderKinds[m.IntN(len(OrderKinds))].Code)
		o := Order{Kind: kind, Interval: m.span(time.Hour, 14*time.Hour), UntilDay: 35, Ordered: Sign("Reis", begin.Add(m.span(0, end.Sub(begin))))}
		o.Interval = max(o.Interval, time.Hour)
		c.start.Orders = append(c.start.Orders, o)
	}
	slices.SortFunc(c.start.Reports, func(a, b Report) int { return a.ToldAt.Compare(b.ToldAt) })
	slices.SortFunc(c.start.Orders, func(a, b Order) int { return a.Ordered.At.Compare(b.Ordered.At) })
}

// acts makes one act of each check, adds corrections and withdrawals, and sorts them by
// their time of recording.
func (m *maker) acts(checks []Check) []Act {
	var acts []Act
	add := func(c Check) { acts = append(acts, Act{At: c.Recorded.At, By: "Sam", Checks: []Check{c}}) }
	for _, c := range checks {
		add(c)
		for m.one(10) {
			limit := 24*time.Hour - c.Recorded.At.Sub(c.PerformedAt)
			if m.old {
				limit = 90 * time.Hour
			}
			if limit < 0 {
				break
			}
			c.Version, c.Status, c.Reason = c.Version+1, Corrected, "wrong_value"
			c.Recorded.At = c.Recorded.At.Add(m.span(0, limit)).Add(time.Duration(c.Version) * time.Millisecond)
			if !m.old && c.Recorded.At.Sub(c.PerformedAt) > 24*time.Hour {
				break
			}
			if c.Findings = m.findings(c.Findings.Tool); m.one(3) {
				c.Status = Withdrawn
			}
			add(c)
		}
	}
	slices.SortStableFunc(acts, func(a, b Act) int {
		x, y := &a.Checks[0], &b.Checks[0]
		return cmp.Or(a.At.Compare(b.At), x.PerformedAt.Compare(y.PerformedAt), cmp.Compare(x.ID, y.ID), cmp.Compare(x.Version, y.Version))
	})
	return acts
}

// history returns a copy of the start that acts can be added to.
func (c *randomCourse) history() *History {
	h := c.start
	h.Stays, h.Reports, h.Orders = slices.Clone(h.Stays), slices.Clone(h.Reports), slices.Clone(h.Orders)
	return &h
}

// known returns a copy of the start as it was known at a time: events after it are not.
func (c *randomCourse) known(h *History, now time.Time) {
	h.Reports, h.Orders, h.Doses, h.Stays = h.Reports[:0], h.Orders[:0], nil, h.Stays[:0]
	for _, r := range c.start.Reports {
		if !r.ToldAt.After(now) {
			h.Reports = append(h.Reports, r)
		}
	}
	for _, o := range c.start.Orders {
		if !o.Ordered.At.After(now) {
			h.Orders = append(h.Orders, o)
		}
	}
	for _, d := range c.start.Doses {
		if !d.After(now) {
			h.Doses = append(h.Doses, d)
		}
	}
	for _, s := range c.start.Stays {
		if s.AdmittedAt.After(now) {
			continue
		}
		if s.DischargedAt.After(now) {
			s.DischargedAt, s.Discharge = time.Time{}, ""
		}
		h.Stays = append(h.Stays, s)
	}
}
