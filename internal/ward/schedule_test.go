package ward

import (
	"testing"
	"time"

	"neurocheck/internal/icans"
)

// planCase is a course, and the interval and the reason of the next check after it.
type planCase struct {
	name   string
	set    func(*bed) // may be nil
	course string
	want   string
}

func runPlans(t *testing.T, cases []planCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := newBed(icans.ICE)
			if c.set != nil {
				c.set(b)
			}
			b.course(c.course)
			p := b.Next(&b.site, b.Last().PerformedAt)
			if got := plan(p); got != c.want {
				t.Errorf("%s, not %s", got, c.want)
			}
			if !p.Due.IsZero() && p.Due.Sub(b.Last().PerformedAt) != p.Interval {
				t.Errorf("due %v after the check, and the interval is %v", p.Due.Sub(b.Last().PerformedAt), p.Interval)
			}
		})
	}
}

// noBurst takes away the interval that hides most others.
func noBurst(b *bed) { b.site.Intervals.Burst = 0 }

func TestIntervalsOfTheTable(t *testing.T) {
	const found = " consciousness=alert seizure=none motor=none icp=none features=none"
	runPlans(t, []planCase{
		{"nothing flagged", nil, "0 ice 10", "8 h none"},
		{"grade 3", noBurst, "0 ice 2", "1 h grade_3_4"},
		{"grade 4", noBurst, "0 ice 10 motor=focal_weakness", "1 h grade_3_4"},
		{"grade 3, its cause uncertain", noBurst, "0 ice 2 uncertain_cause=score", "1 h grade_3_4"},
		{"grade 3, attributed", noBurst, "0 ice 2 other_cause=score", "4 h incomplete"},
		{"grade 3 at the own baseline", baseline(2), "0 ice 2", "8 h none"},
		{"an item left out", nil, "0 ice 10 ice_year=", "1 h unfinished"},
		{"a domain left out", nil, "0 ice 10 motor=", "1 h unfinished"},
		{"a feature left out", nil, "0 ice 10 memory=", "1 h unfinished"},
		{"a feature left out, and the check is flagged", noBurst, "0 ice 9 memory=", "1 h unfinished"},
		{"hallucinations left out", nil, "0 ice 10 hallucinations=", "8 h none"},
		{"an item left out, with a total", nil, "0 ice 10 ice_year= stated_total=10", "8 h none"},
		{"a total, and a domain left out", nil, "0 ice bare stated_total=10", "1 h unfinished"},
		{"asleep", nil, "-1 ice 10 | 0 ice bare unable=asleep", "1 h unable"},
		{"refused", nil, "-1 ice 10 | 0 ice bare unable=refused", "1 h unable"},
		{"off the unit", nil, "-1 ice 10 | 0 ice bare unable=off_unit", "1 h unable"},
		{"sedated", nil, "-1 ice 10 | 0 ice unable=sedated consciousness=tactile", "1 h unable"},
		{"sedated, the cause named", nil, "-1 ice 10 | 0 ice unable=sedated consciousness=tactile other_cause=consciousness", "4 h incomplete"},
		{"intubated", nil, "-1 ice 10 | 0 ice unable=intubated" + found, "4 h incomplete"},
		{"another reason", nil, "-3 ice 10 | -2 ice bare unable=asleep | 0 ice unable=other" + found, "4 h incomplete"},
		{"the table's first line of equal intervals", nil, "0 ice 2 memory=", "1 h grade_3_4"},
		{"urgent", noBurst, "0 ice 10 speech=moderate", "2 h urgent"},
		{"grade 2", noBurst, "0 ice 5", "2 h urgent"},
		{"grade 1", noBurst, "0 ice 9", "4 h grade1"},
		{"a mild feature", noBurst, "0 ice 10 memory=mild", "4 h grade1"},
		{"a shorter interval of the site goes before", func(b *bed) { noBurst(b); b.site.Intervals.None = 3 * time.Hour }, "0 ice 9", "3 h none"},
	})
}

func TestIntervalsAfterAFlag(t *testing.T) {
	runPlans(t, []planCase{
		{"opened", nil, "0 ice 9", "1 h burst"},
		{"opened, grade 3", nil, "0 ice 2", "1 h grade_3_4"},
		{"just under 4 h after it", nil, "-3.99 ice 9 | 0 ice 10", "1 h burst"},
		{"4 h after it", nil, "-4 ice 9 | 0 ice 10", "4 h step_down_24h"},
		{"joined", nil, "-5 ice 9 | 0 ice 9", "4 h grade1"},
		{"raised", nil, "-5 ice 9 | 0 ice 10 speech=moderate", "1 h burst"},
		{"the burst is off", noBurst, "-1 ice 9 | 0 ice 10", "4 h step_down_24h"},
		{"a burst of 30 min for 2 h", func(b *bed) { b.site.Intervals.Burst, b.site.Intervals.BurstFor = 30*time.Minute, 2*time.Hour }, "-1.9 ice 9 | 0 ice 10", "30 min burst"},
		{"and after the 2 h", func(b *bed) { b.site.Intervals.Burst, b.site.Intervals.BurstFor = 30*time.Minute, 2*time.Hour }, "-2 ice 9 | 0 ice 10", "4 h step_down_24h"},
		{"grade 2 exactly 6 h ago", nil, "-6 ice 6 | 0 ice 10", "2 h step_down_6h"},
		{"grade 2 longer ago", nil, "-6.01 ice 6 | 0 ice 10", "4 h step_down_24h"},
		{"grade 1 is no reason for 2 h", noBurst, "-1 ice 9 | 0 ice 10", "4 h step_down_24h"},
		{"an attributed seizure 6 h ago", noBurst, "-6 ice 10 seizure=brief other_cause=seizure | 0 ice 10", "2 h step_down_6h"},
		{"an attributed seizure now", noBurst, "0 ice 10 seizure=brief other_cause=seizure", "2 h step_down_6h"},
		{"grade 3 at the own baseline 6 h ago", baseline(2), "-6 ice 2 | 0 ice 2", "8 h none"},
		{"a flag exactly 24 h ago", nil, "-24 ice 9 | 0 ice 10", "4 h step_down_24h"},
		{"a flag longer ago", nil, "-24.01 ice 9 | 0 ice 10", "8 h none"},
		{"a flag at the check itself is not before it", func(b *bed) { noBurst(b); b.site.Intervals.Grade1 = 6 * time.Hour }, "0 ice 9", "6 h grade1"},
		{"a report exactly 24 h ago", report(-24), "0 ice 10", "4 h step_down_24h"},
		{"a report longer ago", report(-24.01), "0 ice 10", "8 h none"},
	})
}

func report(at float64) func(*bed) {
	return func(b *bed) {
		b.Reports = append(b.Reports, Report{ID: 1, ToldAt: hours(at), ToldBy: "patient", Words: "odd", Recorded: Sign("Sam Lee", hours(at))})
	}
}

func order(at float64, o Order) func(*bed) {
	return func(b *bed) {
		o.Reason, o.Ordered = "why", Sign("Ines Reis", hours(at))
		b.Orders = append(b.Orders, o)
	}
}

func every(h float64) Order {
	return Order{Kind: OrderInterval, Interval: time.Duration(h * float64(time.Hour))}
}

func both(sets ...func(*bed)) func(*bed) {
	return func(b *bed) {
		for _, set := range sets {
			set(b)
		}
	}
}

func TestDays(t *testing.T) {
	days := func(b *bed) {
		b.Patient.InfusedAt = hours(-24) // night is 02:10 of day 1
		b.site.Intervals.Days = []DayInterval{{From: 2, To: 10, Every: 4 * time.Hour}}
	}
	runPlans(t, []planCase{
		{"day 1", days, "21.5 ice 10", "8 h none"},
		{"day 2", days, "22 ice 10", "4 h none"},
		{"day 10", days, "237.5 ice 10", "4 h none"},
		{"day 11", days, "238 ice 10", "8 h none"},
		{"of equal intervals the first line", both(days, noBurst), "22 ice 9", "4 h grade1"},
		{"without an infusion", both(days, func(b *bed) { b.Patient.InfusedAt = time.Time{} }), "22 ice 10", "8 h none"},
	})
}

func TestOrdersOfAnInterval(t *testing.T) {
	runPlans(t, []planCase{
		{"longer", order(-1, every(12)), "0 ice 10", "12 h order"},
		{"shorter", order(-1, every(2)), "0 ice 10", "2 h order"},
		{"the newest", both(order(-2, every(12)), order(-1, every(6))), "0 ice 10", "6 h order"},
		{"a flag after it asks for a shorter one", both(noBurst, order(-1, every(6))), "0 ice 9", "4 h grade1"},
		{"a flag that asks for none shorter", both(noBurst, order(-1, every(3))), "0 ice 9", "3 h order"},
		{"the burst asks for a shorter one", order(-1, every(3)), "0 ice 9", "1 h burst"},
		{"the burst that a flag before it began, and a flag after it", order(-0.5, every(3)), "-1 ice 9 | 0 ice 9", "1 h burst"},
		{"the same burst without a flag after it", order(-0.5, every(3)), "-1 ice 9 | 0 ice 10", "3 h order"},
		{"a flag after the burst is over", order(-0.5, every(3)), "-4 ice 9 | 0 ice 9", "3 h order"},
		{"it ended for good", order(-50, every(12)), "-40 ice 9 | 0 ice 10", "8 h none"},
		{"a flag before it", both(noBurst, order(-1, every(12))), "-2 ice 9 | 0 ice 10", "4 h order"},
		{"within 24 h of a flag never over 4 h", order(-23, every(12)), "-24 ice 9 | 0 ice 10", "4 h order"},
		{"and after that as ordered", order(-23, every(12)), "-24.1 ice 9 | 0 ice 10", "12 h order"},
		{"at a flagged check itself", both(noBurst, order(0.1, every(12))), "0 ice 9 | 0.2 ice 10", "4 h order"},
		{"an unfinished check is no flag", order(-1, every(6)), "0 ice 10 memory=", "6 h order"},
	})
	b := newBed(icans.ICE).course("0 ice 10")
	order(-1, every(6))(b)
	order(1, Order{Kind: OrderRestart})(b)
	if got := plan(b.watch(2).Next); got != "8 h none" {
		t.Errorf("a restart goes back to the site's intervals: %s", got)
	}
	if got := plan(b.Next(&b.site, hours(0.5))); got != "6 h order" {
		t.Errorf("before the restart: %s", got)
	}
	for _, o := range []Order{{Kind: "often", Reason: "r"}, every(0.2), every(169), {Kind: OrderExtend, Reason: "r"}, {Kind: OrderStop}} {
		if o.Validate() == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}

func TestStopAndRestart(t *testing.T) {
	stop := order(-10, Order{Kind: OrderStop})
	for _, c := range []struct {
		name   string
		set    func(*bed)
		course string
		at     float64
		want   string
	}{
		{"stopped", stop, "-12 ice 10", 0, "stopped"},
		{"a flag before it does not matter", stop, "-12 ice 9", 0, "stopped"},
		{"a normal check after it does not start them", stop, "-8 ice 10", 0, "stopped"},
		{"restarted", both(stop, order(-1, Order{Kind: OrderRestart})), "-2 ice 10", 0, "8 h none"},
		{"another interval restarts too", both(stop, order(-1, every(3))), "-2 ice 10", 0, "3 h order"},
		{"a flag after it starts them again", stop, "-8 ice 9", 0, "1 h burst"},
		{"until all is quiet", stop, "-8 ice 9 | 42 ice 10", 43, "4 h grade1"}, // see below: the follow-up is open
		{"a report after it starts them again", both(stop, report(-1)), "-12 ice 10", 0, "0 min report"},
		{"until a check was done", both(stop, report(-1)), "-12 ice 10 | 0 ice 10", 1, "stopped"},
		{"a dose after it starts them again", both(stop, dose(-1)), "-12 ice 10", 0, "8 h dose"},
		{"for 48 h", both(stop, dose(-1)), "-12 ice 10 | 40 ice 10", 47.1, "stopped"},
	} {
		b := newBed(icans.ICE)
		c.set(b)
		b.course(c.course)
		if c.name == "until all is quiet" {
			if got := plan(b.watch(c.at).Next); got != "8 h none" {
				t.Errorf("the follow-up is open: %s", got)
			}
			b.close(43)
			c.want = "stopped"
		}
		if got := plan(b.watch(c.at).Next); got != c.want {
			t.Errorf("%s: %s, not %s", c.name, got, c.want)
		}
	}
}

// The clinician who stopped the checks did not know of an entry that was recorded later.
func TestALateEntryAfterAStopStartsTheChecks(t *testing.T) {
	b := newBed(icans.ICE).course("-12 ice 10")
	order(-10, Order{Kind: OrderStop})(b)
	b.save(-11, -10.5, "ice 10")
	if got := plan(b.watch(-9).Next); got != "stopped" {
		t.Errorf("an entry before the stop: %s", got)
	}
	c := b.save(-10.4, -9, "ice 2")
	if got := plan(b.watch(-9).Next); got != "1 h grade_3_4" {
		t.Errorf("a flagged check of before it: %s", got)
	}
	b.correct(c.ID, -8.5, "")
	if got := plan(b.watch(-8).Next); got != "stopped" {
		t.Errorf("withdrawn: %s", got)
	}
	report(-10.2)(b)
	b.Reports[0].Recorded.At = hours(-7)
	if got := plan(b.watch(-7).Next); got != "0 min report" {
		t.Errorf("a report of before it: %s", got)
	}
}

// A stop is a decision about the stay in which it was given.
func TestAStopEndsWithItsStay(t *testing.T) {
	b := newBed(icans.ICE).course("-12 ice 10")
	order(-10, Order{Kind: OrderStop})(b)
	b.Stays[0].DischargedAt = hours(-8)
	b.Stays = append(b.Stays, Stay{ID: 2, AdmittedAt: hours(-2), Began: Sign("Sam Lee", hours(-2))})
	if p := b.watch(0).Next; plan(p) != "30 min admission" || p.State != Overdue {
		t.Errorf("readmitted: %s", plan(p))
	}
	if s := b.watch(14); s.NotExamined != icans.FlagUrgent || s.Alert != AlertUrgent {
		t.Errorf("nobody came for 16 h: %s, alert %s", s.NotExamined.Code(), AlertCodes[s.Alert])
	}
	b.course("15 ice 10")
	if got := plan(b.watch(16).Next); got != "8 h none" {
		t.Errorf("after a check: %s", got)
	}
	order(16, Order{Kind: OrderStop})(b)
	if got := plan(b.watch(17).Next); got != "stopped" {
		t.Errorf("stopped in this stay: %s", got)
	}
}

func dose(at float64) func(*bed) {
	return func(b *bed) { b.Doses = append(b.Doses, hours(at)) }
}

func TestFirstCheckOfAStay(t *testing.T) {
	b := newBed(icans.ICE)
	if p := b.watch(-48).Next; plan(p) != "30 min admission" || !p.Due.Equal(hours(-47.5)) || p.State != DueSoon {
		t.Errorf("admitted now: %+v", p)
	}
	b.Stays[0].Began.At = hours(-24)
	if p := b.watch(0).Next; !p.Due.Equal(hours(-47.5)) {
		t.Errorf("heard of 24 h later: due %v", p.Due)
	}
	b.Stays[0].Began.At = hours(-23.9)
	if p := b.watch(0).Next; !p.Due.Equal(hours(-23.4)) {
		t.Errorf("heard of over 24 h later: due %v", p.Due)
	}
	b.course("-40 ice 10")
	b.Stays[0].DischargedAt = hours(-30)
	if p := b.watch(0).Next; p.State != NoneDue || p.Why != WhyEnded {
		t.Errorf("discharged: %+v", p)
	}
	b.Stays = append(b.Stays, Stay{ID: 2, AdmittedAt: hours(-2), Began: Sign("Sam Lee", hours(-2))})
	if p := b.watch(0).Next; plan(p) != "30 min admission" || !p.Due.Equal(hours(-1.5)) {
		t.Errorf("readmitted: %+v", p)
	}
}

func TestStates(t *testing.T) {
	b := newBed(icans.ICE).course("0 ice 10")
	for before, want := range map[time.Duration]State{
		31 * time.Minute: Later, 30 * time.Minute: DueSoon, time.Second: DueSoon, 0: Overdue, -time.Hour: Overdue,
	} {
		if got := b.Next(&b.site, hours(8).Add(-before)).State; got != want {
			t.Errorf("%v before: %v, not %v", before, got, want)
		}
	}
}

func TestReportsAndDoses(t *testing.T) {
	for _, c := range []struct {
		name   string
		set    func(*bed)
		course string
		at     float64
		want   string
		due    float64
	}{
		{"a report", report(1), "0 ice 10", 2, "0 min report", 1},
		{"a report, and a check was due before it", report(9), "0 ice 10", 10, "8 h none", 8},
		{"a check of the same time is not after it", report(0), "0 ice 10", 0, "0 min report", 0},
		{"a check after it", report(-0.1), "0 ice 10", 0, "4 h step_down_24h", 4},
		{"a report before the stay waits too", report(-50), "", -47.9, "0 min report", -48},
		{"a dose with checks every 12 h", both(dose(-2), twelveHours), "-3 ice 10", 0, "8 h dose", 5},
		{"a dose exactly 48 h ago", both(dose(-48), twelveHours), "-3 ice 10", 0, "8 h dose", 5},
		{"a dose longer ago", both(dose(-48.1), twelveHours), "-3 ice 10", 0, "12 h none", 9},
		{"a dose changes no shorter interval", dose(-2), "-3 ice 10", 0, "8 h none", 5},
		{"a dose and an order", both(dose(-2), order(-4, every(12))), "-3 ice 10", 0, "8 h dose", 5},
	} {
		b := newBed(icans.ICE)
		c.set(b)
		if c.course != "" {
			b.course(c.course)
		}
		if p := b.watch(c.at).Next; plan(p) != c.want || !p.Due.Equal(hours(c.due)) {
			t.Errorf("%s: %s, due %v; not %s, due %v", c.name, plan(p), p.Due, c.want, hours(c.due))
		}
	}
}

func twelveHours(b *bed) { b.site.Intervals.None = 12 * time.Hour }
