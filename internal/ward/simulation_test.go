package ward

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"neurocheck/internal/icans"
)

// load is the work that a simulated ward has, and how soon it notices.
type load struct {
	shifts                 float64
	checks, opened, raised int
	patients, ill          int
	delays                 []float64 // hours from onset to the first flagged check after it
	missed                 int       // onsets that no check flagged
}

func (l *load) quantile(q float64) float64 {
	if len(l.delays) == 0 {
		return math.NaN()
	}
	slices.Sort(l.delays)
	return l.delays[min(len(l.delays)-1, int(q*float64(len(l.delays))))]
}

// simulation is a ward of 12 beds over 90 days: stays of about three weeks, a third
// of the patients with ICANS, some of those sedated, some children.
type simulation struct {
	*rand.Rand
	site Site
	load
}

func simulate(seed uint64, site Site) *load {
	const beds, days = 12, 90
	s := &simulation{Rand: rand.New(rand.NewPCG(seed, 90)), site: site}
	s.shifts = days * 2
	for range beds {
		for at := night.Add(-s.hours(0, 20*24)); at.Before(night.AddDate(0, 0, days)); {
			p := s.patient(at)
			p.live(night, night.AddDate(0, 0, days))
			at = p.leaves.Add(s.hours(4, 30))
		}
	}
	return &s.load
}

func (s *simulation) hours(least, most float64) time.Duration {
	return time.Duration((least + s.Float64()*(most-least)) * float64(time.Hour))
}

// simulated is one stay.
type simulated struct {
	s                        *simulation
	h                        History
	leaves                   time.Time
	onset, peak, fall, ended time.Time // of ICANS; zero if there is none
	worst                    float64   // points lost at the peak
	asleep, feature          int       // checks in a row; the feature that shows first
	sedatedFrom, sedatedTo   time.Time
	usual                    int  // points lost in health
	flagged                  bool // since the onset
}

// patient draws a patient admitted at a time: infused two days later, with CRS on days
// 1 to 4, ICANS three days after that (2 to 4), the peak a day later (0 to 2).
func (s *simulation) patient(admitted time.Time) *simulated {
	s.patients++
	infused := admitted.Add(s.hours(40, 56))
	p := &simulated{s: s, leaves: infused.Add(s.hours(12*24, 25*24))}
	p.h.Patient = Patient{ID: 1, Tool: icans.ICE, InfusedAt: infused}
	if s.IntN(8) == 0 {
		p.h.Patient.Tool = icans.CAPD
	}
	if s.IntN(8) == 0 {
		p.usual = 1 + s.IntN(2)
	}
	p.h.Patient.Baseline = icans.Scored(p.total(float64(p.usual)))
	p.h.Stays = []Stay{{ID: 1, AdmittedAt: admitted, Began: Sign("Sam", admitted)}}
	if s.IntN(3) == 0 {
		p.onset = infused.Add(s.hours(24, 96) + s.hours(48, 96))
		p.peak = p.onset.Add(s.hours(2, 48))
		p.fall = p.peak.Add(s.hours(12, 72))
		p.ended = p.fall.Add(s.hours(24, 96))
		p.worst = []float64{2, 2, 3, 3, 4, 5, 6, 8, 10, 10}[s.IntN(10)]
		p.feature = s.IntN(icans.Features)
		if p.worst >= 8 && s.IntN(2) == 0 {
			p.sedatedFrom, p.sedatedTo = p.peak, p.peak.Add(s.hours(24, 60))
		}
		s.ill++
	}
	return p
}

// lost returns the points that ICANS costs at a time.
func (p *simulated) lost(t time.Time) float64 {
	part := func(from, to time.Time) float64 { return t.Sub(from).Hours() / to.Sub(from).Hours() }
	switch {
	case p.onset.IsZero() || t.Before(p.onset) || t.After(p.ended):
		return 0
	case t.Before(p.peak):
		return 1 + (p.worst-1)*part(p.onset, p.peak)
	case t.Before(p.fall):
		return p.worst
	}
	return p.worst * (1 - part(p.fall, p.ended))
}

func (p *simulated) total(lost float64) int {
	if p.h.Patient.Tool == icans.CAPD {
		return min(int(lost*1.6+0.5), icans.CAPD.MaxScore())
	}
	return max(0, icans.ICE.MaxScore()-int(lost+0.5))
}

// findings is the check that a nurse makes at a time. Well patients lose a point at
// random in one of 60 checks; ill ones fluctuate by a point.
func (p *simulated) findings(t time.Time) icans.Findings {
	s := p.s
	x := findings("ice bare")
	x.Tool = p.h.Patient.Tool
	lost := p.lost(t)
	x.Seizure, x.Motor, x.ICP, x.Consciousness = icans.NoSeizure, icans.NoWeakness, icans.ICPNone, icans.Alert
	for i := range icans.Personality + 1 {
		x.Observed[i] = icans.None
	}
	if t.After(p.sedatedFrom) && t.Before(p.sedatedTo) {
		x.Unable, x.Consciousness = icans.UnableSedated, icans.Tactile
		if t.Sub(p.sedatedFrom) > 3*time.Hour { // a clinician named the cause by then
			x.OtherCause = icans.DomainConsciousness | icans.DomainScore
		}
		return x
	}
	hour := t.Hour()
	if lost == 0 && (hour >= 23 || hour < 6) && p.asleep == 0 && s.IntN(6) == 0 {
		p.asleep++
		return icans.Findings{Tool: x.Tool, Unable: icans.UnableAsleep}
	}
	p.asleep = 0
	total := lost + float64(p.usual)
	switch {
	case lost > 0:
		total += s.Float64()*2 - 1
	case s.IntN(60) == 0:
		total++
	}
	score(&x, p.total(max(0, total)))
	p.signs(&x, lost)
	return x
}

// signs adds the features, which go with the points lost, and at times leaves a part of
// the check out.
func (p *simulated) signs(x *icans.Findings, lost float64) {
	s := p.s
	if lost >= 0.5 {
		x.Observed[icans.Handwriting] = icans.Severity(min(4, 2+int(lost/3)))
		x.Observed[icans.Tremor] = x.Observed[icans.Handwriting]
		if s.IntN(3) > 0 {
			x.Observed[p.feature] = icans.Severity(min(4, 2+int(lost/4)))
		}
	}
	switch {
	case lost > 9:
		x.Consciousness = icans.Tactile
	case lost > 6:
		x.Consciousness = icans.Voice
	case lost > 4:
		x.Consciousness = icans.Drowsy
	}
	if s.IntN(150) == 0 {
		x.Observed[icans.Headache] = icans.Severe
	}
	if s.IntN(50) == 0 {
		x.Observed[icans.Memory] = 0
	}
}

// live makes the checks of the stay when they are due, and counts those from since
// until the end.
func (p *simulated) live(since, until time.Time) {
	s := p.s
	now := p.h.Stays[0].AdmittedAt
	for {
		plan := p.h.Next(&s.site, now)
		if plan.Due.IsZero() {
			break
		}
		at := plan.Due.Add(time.Duration(s.ExpFloat64() * float64(8*time.Minute))).Add(-4 * time.Minute).Round(time.Minute)
		if !at.After(now) {
			at = now.Add(time.Minute)
		}
		p.people(now, at)
		if at.After(p.leaves) || at.After(until) {
			break
		}
		now = at
		c := Check{ID: fmt.Sprintf("c%03d", len(p.h.Checks)), Version: 1, Status: Recorded, PerformedAt: at, Recorded: Sign("Sam", at.Add(3*time.Minute)), Findings: p.findings(at)}
		out := Record(&p.h, &s.site, Act{At: c.Recorded.At, By: "Sam", Checks: []Check{c}})
		if at.Before(since) {
			continue
		}
		s.checks++
		for _, e := range out.Events {
			switch e.Event {
			case JoinOpened:
				s.opened++
			case JoinRaised:
				s.raised++
			}
		}
		if flag := p.h.Last().Result.Flag; flag.Flagged() && !p.flagged && p.onset.After(since) && !at.Before(p.onset) {
			p.flagged = true
			s.delays = append(s.delays, at.Sub(p.onset).Hours())
		}
	}
	if !p.flagged && !p.onset.IsZero() && p.onset.After(since) && p.ended.Before(until) && p.ended.Before(p.leaves) {
		s.missed++
	}
}

// people accept follow-ups within minutes, and clinicians close them at the rounds of
// 09:00 and 17:00 once a day passed without a flag and the last check is normal or as in
// health.
func (p *simulated) people(from, to time.Time) {
	f := p.h.Open()
	if f == nil {
		return
	}
	if !f.Acked.Done() {
		f.Acked = Sign("Sam", from.Add(p.s.hours(0.1, 0.5)))
	}
	for round := from.Truncate(24 * time.Hour); !round.After(to); round = round.Add(time.Hour) {
		if hour := round.Hour(); round.Before(from) || hour != 9 && hour != 17 || p.h.AskResolved() {
			continue
		}
		last := p.h.Last()
		if round.UnixMilli()-p.h.Memory.FlaggedAt >= (24*time.Hour).Milliseconds() && !last.Result.Flag.Flagged() {
			f.Closed, f.Outcome, f.Note = Sign("Reis", round), Resolved, "well"
			return
		}
	}
}

// The bar for a mixed ward: at most 1.5 follow-ups opened and 3 raised in a shift of
// 12 hours, and no onset that is not flagged.
func TestLoadOfAMixedWard(t *testing.T) {
	l := simulate(1, DefaultSite())
	opened, raised := float64(l.opened)/l.shifts, float64(l.raised)/l.shifts
	t.Logf("%d patients, %d with ICANS: %.1f checks, %.2f opened, %.2f raised a shift; %.1f h to the first flag, p95 %.1f h", l.patients, l.ill, float64(l.checks)/l.shifts, opened, raised, l.quantile(0.5), l.quantile(0.95))
	if opened > 1.5 || raised > 3 || l.missed > 0 || l.ill < 5 {
		t.Errorf("%.2f opened and %.2f raised a shift, %d onsets of %d without a flag", opened, raised, l.missed, l.ill)
	}
}

// BenchmarkWard prints the work of a mixed ward, by the site's intervals.
func BenchmarkWard(b *testing.B) {
	often := DefaultSite()
	often.Intervals.Days = []DayInterval{{2, 10, 4 * time.Hour}}
	burst := DefaultSite()
	burst.Intervals.Burst, burst.Intervals.BurstFor = 30*time.Minute, 2*time.Hour
	for _, c := range []struct {
		name string
		site Site
	}{{"default", DefaultSite()}, {"4-hourly on days 2-10", often}, {"burst of 30 min for 2 h", burst}} {
		b.Run(c.name, func(b *testing.B) {
			var sum load
			seed := uint64(0)
			for b.Loop() {
				seed++
				l := simulate(seed, c.site)
				sum.shifts += l.shifts
				sum.checks, sum.opened, sum.raised = sum.checks+l.checks, sum.opened+l.opened, sum.raised+l.raised
				sum.delays = append(sum.delays, l.delays...)
			}
			b.ReportMetric(float64(sum.checks)/sum.shifts, "checks/shift")
			b.ReportMetric(float64(sum.opened)/sum.shifts, "opened/shift")
			b.ReportMetric(float64(sum.raised)/sum.shifts, "raised/shift")
			b.ReportMetric(sum.quantile(0.5), "h-to-flag-median")
			b.ReportMetric(sum.quantile(0.95), "h-to-flag-p95")
		})
	}
}
