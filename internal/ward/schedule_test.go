package ward

import (
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// seen is a check performed at a time; set makes it other than normal.
func seen(at time.Time, set func(*icans.Findings)) *Check {
	x := icans.Findings{Tool: icans.ICE, Consciousness: icans.Alert, Seizure: icans.NoSeizure, Motor: icans.NoWeakness, ICP: icans.ICPNone}
	for i := range x.ICE {
		x.ICE[i] = icans.Scored(1)
	}
	x.ICE[icans.ICENaming] = icans.Scored(3)
	for i := range x.Observed {
		x.Observed[i] = icans.None
	}
	if set != nil {
		set(&x)
	}
	c := &Check{ID: at.String(), Version: 1, Status: Recorded, PerformedAt: at, Recorded: Sign("Sam Lee", at), Findings: x}
	c.Evaluate()
	return c
}

func lost(n int) func(*icans.Findings) {
	return func(x *icans.Findings) {
		for i := range n {
			x.ICE[i] = icans.Scored(0)
		}
	}
}

var night = time.Date(2026, 3, 17, 2, 10, 0, 0, time.UTC)

func TestNextCheckIsDueByTheWorstOfTheLast(t *testing.T) {
	site := DefaultSite()
	for _, c := range []struct {
		name string
		last *Check
		due  time.Duration
	}{
		{"nothing wrong", seen(night, nil), 8 * time.Hour},
		{"incomplete", seen(night, func(x *icans.Findings) { x.Consciousness = 0 }), time.Hour},
		{"grade 1", seen(night, lost(1)), 4 * time.Hour},
		{"a mild feature", seen(night, func(x *icans.Findings) { x.Observed[icans.Memory] = icans.Mild }), 4 * time.Hour},
		{"grade 2", seen(night, func(x *icans.Findings) { x.Consciousness = icans.Voice }), 2 * time.Hour},
		{"a moderate feature", seen(night, func(x *icans.Findings) { x.Observed[icans.Speech] = icans.Moderate }), 2 * time.Hour},
		{"grade 3", seen(night, func(x *icans.Findings) { x.Seizure = icans.BriefSeizure }), time.Hour},
		{"grade 4", seen(night, func(x *icans.Findings) { x.Motor = icans.FocalWeakness }), time.Hour},
		{"asleep", seen(night, func(x *icans.Findings) { *x = icans.Findings{Tool: icans.ICE, Unable: icans.UnableAsleep} }), time.Hour},
		{"refused", seen(night, func(x *icans.Findings) { *x = icans.Findings{Tool: icans.ICE, Unable: icans.UnableRefused} }), time.Hour},
		{"off the unit", seen(night, func(x *icans.Findings) { *x = icans.Findings{Tool: icans.ICE, Unable: icans.UnableOffUnit} }), time.Hour},
	} {
		p := &Patient{AdmittedAt: night.Add(-48 * time.Hour), InfusedAt: night.Add(-24 * time.Hour)}
		if plan := site.Next(p, c.last, nil, time.Time{}, time.UTC); !plan.Due.Equal(night.Add(c.due)) {
			t.Errorf("%s: due %v after, not %v (%s)", c.name, plan.Due.Sub(night), c.due, plan.Why)
		}
	}
}

func TestPlanWithoutAChecks(t *testing.T) {
	site := DefaultSite()
	p := &Patient{AdmittedAt: night}
	if plan := site.Next(p, nil, nil, time.Time{}, time.UTC); !plan.Due.Equal(night) || plan.State(&site, night) != Overdue {
		t.Errorf("a new patient: %+v", plan)
	}
	p.DischargedAt = night
	if plan := site.Next(p, nil, nil, time.Time{}, time.UTC); plan.State(&site, night) != NoneDue {
		t.Errorf("a discharged one: %+v", plan)
	}
}

func TestStates(t *testing.T) {
	site := DefaultSite()
	plan := Plan{Due: night}
	for before, want := range map[time.Duration]State{
		31 * time.Minute: Later, 30 * time.Minute: DueSoon, time.Second: DueSoon, 0: Overdue, -time.Hour: Overdue,
	} {
		if got := plan.State(&site, night.Add(-before)); got != want {
			t.Errorf("%v before: %v, not %v", before, got, want)
		}
	}
}

func TestOrders(t *testing.T) {
	site := DefaultSite()
	p := &Patient{AdmittedAt: night.Add(-48 * time.Hour), InfusedAt: night.Add(-24 * time.Hour)}
	by := func(ago time.Duration) Signature { return Sign("Dr Reis", night.Add(-ago)) }
	six := Order{Kind: OrderInterval, Interval: 6 * time.Hour, Reason: "r", Ordered: by(2 * time.Hour)}
	stop := Order{Kind: OrderStop, Reason: "comfort care", Ordered: by(time.Hour)}
	restart := Order{Kind: OrderRestart, Reason: "r", Ordered: by(time.Minute)}
	for _, c := range []struct {
		name   string
		last   *Check
		orders []Order // newest first
		due    time.Duration
	}{
		{"own interval", seen(night, nil), []Order{six}, 6 * time.Hour},
		{"a flag after the order goes before it", seen(night, lost(1)), []Order{six}, 4 * time.Hour},
		{"an order after the flag", seen(night.Add(-3*time.Hour), lost(1)), []Order{six}, 3 * time.Hour},
		{"stopped", seen(night, nil), []Order{stop, six}, -1},
		{"restarted, at the site's interval", seen(night, nil), []Order{restart, stop, six}, 8 * time.Hour},
		{"a new interval also restarts", seen(night, nil), []Order{{Kind: OrderInterval, Interval: 3 * time.Hour, Ordered: by(0)}, stop}, 3 * time.Hour},
		{"late for nothing before the restart", seen(night.Add(-40*time.Hour), nil), []Order{restart, stop}, -time.Minute},
		{"nor before a shorter interval", seen(night.Add(-7*time.Hour), nil), []Order{{Kind: OrderInterval, Interval: 3 * time.Hour, Ordered: by(time.Hour)}}, -time.Hour},
		{"asleep comes first", seen(night, func(x *icans.Findings) { *x = icans.Findings{Tool: icans.ICE, Unable: icans.UnableAsleep} }), []Order{six}, time.Hour},
	} {
		plan := site.Next(p, c.last, c.orders, time.Time{}, time.UTC)
		if c.name == "stopped" {
			if !plan.Due.IsZero() || !strings.Contains(plan.Why, "comfort care") {
				t.Errorf("%s: %+v", c.name, plan)
			}
			continue
		}
		if !plan.Due.Equal(night.Add(c.due)) {
			t.Errorf("%s: due %v after, not %v (%s)", c.name, plan.Due.Sub(night), c.due, plan.Why)
		}
	}
	for _, o := range []Order{six, stop, restart} {
		if err := o.Validate(Staff{Name: "Sam", Role: Nurse}); err == nil {
			t.Error("a nurse may order", o.Kind)
		}
	}
}

func TestChecksEndAfterTheLastDay(t *testing.T) {
	site := DefaultSite()
	lisbon := zone(t, "Europe/Lisbon")
	infused := time.Date(2026, 3, 1, 23, 30, 0, 0, lisbon)
	p := &Patient{AdmittedAt: infused.AddDate(0, 0, -1), InfusedAt: infused}
	end := time.Date(2026, 4, 1, 0, 0, 0, 0, lisbon) // day 30 is 31 March, and the clocks have changed between
	last := seen(end.Add(-9*time.Hour), nil)
	if plan := site.Next(p, last, nil, time.Time{}, lisbon); !plan.Due.Equal(end.Add(-time.Hour)) || !plan.Ends.Equal(end) || plan.State(&site, end) != NoneDue {
		t.Errorf("on day 30: %+v", plan)
	}
	last = seen(end.Add(-7*time.Hour), nil)
	if plan := site.Next(p, last, nil, time.Time{}, lisbon); !plan.Due.IsZero() {
		t.Errorf("past day 30: %+v", plan)
	}
	extend := []Order{{Kind: OrderExtend, UntilDay: 40, Reason: "r", Ordered: Sign("Dr Reis", end)}}
	if plan := site.Next(p, last, extend, time.Time{}, lisbon); !plan.Due.Equal(end.Add(time.Hour)) {
		t.Errorf("extended: %+v", plan)
	}
}

func TestDueIsElapsedTimeThroughAChangeOfTheClocks(t *testing.T) {
	site := DefaultSite()
	for _, name := range []string{"Europe/Lisbon", "America/New_York", "Australia/Lord_Howe"} {
		loc := zone(t, name)
		for at := time.Date(2026, 1, 1, 1, 30, 0, 0, loc); at.Year() == 2026; at = at.Add(8 * time.Hour) {
			p := &Patient{AdmittedAt: at.AddDate(-1, 0, 0)}
			if plan := site.Next(p, seen(at, nil), nil, time.Time{}, loc); plan.Due.Sub(at) != 8*time.Hour {
				t.Fatalf("%s: %v after %v", name, plan.Due.Sub(at), at)
			}
		}
	}
}

func TestReportedSymptomMakesACheckDue(t *testing.T) {
	site := DefaultSite()
	p := &Patient{AdmittedAt: night.Add(-48 * time.Hour)}
	last := seen(night, nil)
	if plan := site.Next(p, last, nil, night.Add(time.Hour), time.UTC); !plan.Due.Equal(night.Add(time.Hour)) {
		t.Errorf("told an hour after: %+v", plan)
	}
	if plan := site.Next(p, last, nil, night.Add(-time.Hour), time.UTC); !plan.Due.Equal(night.Add(8 * time.Hour)) {
		t.Errorf("told before the check: %+v", plan)
	}
}

func TestLookBack(t *testing.T) {
	p := &Patient{Tool: icans.ICE, Baseline: icans.Scored(10)}
	ten, nine, eight := seen(night.Add(-20*time.Hour), nil), seen(night.Add(-8*time.Hour), lost(1)), seen(night, lost(2))
	old := seen(night.Add(-25*time.Hour), nil)
	gone := seen(night.Add(-time.Hour), nil)
	gone.Status = Withdrawn
	future := seen(night.Add(time.Hour), nil)
	calm := &Patient{Tool: icans.ICE}
	for _, c := range []struct {
		name   string
		check  *Check
		p      *Patient
		others []*Check
		want   string
	}{
		{"down 2 within 24 h", eight, calm, []*Check{ten, nine}, "ice_drop_2"},
		{"down 1", eight, calm, []*Check{nine}, ""},
		{"the best lies more than 24 h back", eight, calm, []*Check{old, nine}, ""},
		{"worse than the last", eight, calm, []*Check{old}, "worse_than_last"},
		{"both", eight, calm, []*Check{ten}, "worse_than_last;ice_drop_2"},
		{"below baseline", nine, p, nil, "below_baseline"},
		{"at baseline", ten, p, nil, ""},
		{"a withdrawn check does not count", eight, calm, []*Check{gone}, ""},
		{"nor does a later one", eight, calm, []*Check{future}, ""},
		{"nor the check itself", eight, calm, []*Check{eight}, ""},
		{"what is missing counts as full", seen(night, func(x *icans.Findings) { x.ICE[0], x.ICE[1] = 0, 0 }), calm, []*Check{ten}, ""},
	} {
		var others []Check
		for _, o := range c.others {
			others = append(others, *o)
		}
		var why icans.Reasons
		for _, comparison := range LookBack(c.check, c.p, others) {
			why |= comparison.Reason
			if comparison.Reason != icans.BelowBaseline && comparison.With == nil {
				t.Errorf("%s: with nothing", c.name)
			}
		}
		if got := string(why.AppendCodes(nil)); got != c.want {
			t.Errorf("%s: %q, not %q", c.name, got, c.want)
		}
	}
}

func TestEscalation(t *testing.T) {
	site := DefaultSite()
	for level, wait := range map[icans.Flag]time.Duration{icans.FlagUrgent: 15 * time.Minute, icans.FlagGrade1: time.Hour} {
		f := FollowUp{Level: level, Opened: Sign("Sam", night)}
		if site.Escalated(&f, night.Add(wait-time.Second)) || !site.Escalated(&f, night.Add(wait)) {
			t.Errorf("%s does not escalate after %v", level.Code(), wait)
		}
		if f.Acked = Sign("Sam", night); site.Escalated(&f, night.Add(24*time.Hour)) {
			t.Error("one that was acknowledged escalates")
		}
	}
	if n := len(site.Checklist(icans.FlagUrgent)); n != 11 {
		t.Errorf("the urgent checklist has %d items", n)
	}
}

func TestBoardOrder(t *testing.T) {
	site := DefaultSite()
	admitted := night.Add(-48 * time.Hour)
	standing := func(bed string, last *Check, flags ...FollowUp) Standing {
		return Standing{Patient: Patient{Bed: bed, AdmittedAt: admitted}, Last: last, Open: flags}
	}
	untaken := FollowUp{Level: icans.FlagGrade1, Opened: Sign("Sam", night)}
	taken := FollowUp{Level: icans.FlagUrgent, Opened: Sign("Sam", night), Acked: Sign("Sam", night)}
	board := []Standing{
		standing("12", seen(night, nil)),
		standing("2", seen(night, nil)),
		standing("urgent but taken", seen(night, lost(5)), taken),
		standing("overdue", seen(night.Add(-24*time.Hour), nil)),
		standing("untaken", seen(night, lost(1)), untaken),
	}
	MostUrgentFirst(board, &site, time.UTC)
	var beds []string
	for _, b := range board {
		beds = append(beds, b.Patient.Bed)
	}
	if got := strings.Join(beds, ", "); got != "untaken, overdue, urgent but taken, 2, 12" {
		t.Error(got)
	}
}
