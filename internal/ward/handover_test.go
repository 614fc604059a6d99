package ward

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"neurocheck/internal/icans"
)

// chartOf puts a chart together: the newest first, as the store has it.
func chartOf(p Patient, checks ...*Check) *Chart {
	c := &Chart{Patient: p}
	for _, check := range checks {
		c.Checks = append(c.Checks, *check)
	}
	slices.SortStableFunc(c.Checks, func(a, b Check) int { return b.PerformedAt.Compare(a.PerformedAt) })
	c.Checks = ByCheck(c.Checks)
	return c
}

func asleep(x *icans.Findings) { *x = icans.Findings{Tool: icans.ICE, Unable: icans.UnableAsleep} }

// recorded moves the record of a check to another time.
func recorded(at time.Time, c *Check) *Check {
	c.Recorded.At = at
	return c
}

func withdrawn(c *Check) *Check {
	c.Version, c.Status, c.Reason = 2, Withdrawn, "wrong_patient"
	c.Evaluate()
	return c
}

func TestGaps(t *testing.T) {
	lisbon := zone(t, "Europe/Lisbon")
	// clock reads a time of the ward: "17 22:00" is in March, "10-25 01:30" names
	// the month.
	clock := func(s string) time.Time {
		layout := "2006-01-02 15:04"
		if !strings.Contains(s, "-") {
			s = "03-" + s
		}
		at, err := time.ParseInLocation(layout, "2026-"+s, lisbon)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	well := func(s string) *Check { return seen(clock(s), nil) }
	ill := func(s string, n int) *Check { return seen(clock(s), lost(n)) }
	tried := func(s string) *Check { return seen(clock(s), asleep) }
	order := func(s string, o Order) Order {
		o.Ordered = Sign("Ines Reis", clock(s))
		return o
	}
	told := func(s, recorded string) Symptom {
		return Symptom{ToldAt: clock(s), ToldBy: "patient", Words: "odd", Recorded: Sign("Sam Lee", clock(recorded))}
	}

	for _, c := range []struct {
		name       string
		since, now string
		checks     []*Check
		orders     []Order // newest first
		symptoms   []Symptom
		infused    string
		discharged string
		want       []string
	}{
		{name: "all in time", since: "17 19:00", now: "18 07:00",
			checks: []*Check{well("17 14:00"), well("17 22:00"), well("18 06:00")}},
		{name: "half an hour late is in time", since: "17 19:00", now: "18 07:00",
			checks: []*Check{well("17 14:00"), well("17 22:30"), well("18 06:30")}},
		{name: "late across midnight", since: "17 19:00", now: "18 07:00",
			checks: []*Check{well("17 15:30"), well("18 01:10")},
			want:   []string{"17 23:30 to 18 01:10 done_late 1 h 40 min"}},
		{name: "due exactly at midnight, never done", since: "17 19:00", now: "18 07:00",
			checks: []*Check{well("17 16:00")},
			want:   []string{"18 00:00 to - still_due 7 h"}},
		{name: "due this minute", since: "17 19:00", now: "18 07:00",
			checks: []*Check{well("17 23:00")},
			want:   []string{"18 07:00 to - still_due 0 min"}},
		{name: "due in a minute", since: "17 19:00", now: "18 07:00",
			checks: []*Check{well("17 23:01")}},
		{name: "an hourly check has a quarter of an hour", since: "17 19:00", now: "17 23:00",
			checks: []*Check{ill("17 20:00", 8), ill("17 21:15", 8), ill("17 22:31", 8)},
			want:   []string{"17 22:15 to 17 22:31 done_late 16 min"}},
		{name: "trying does not count", since: "17 19:00", now: "18 07:00",
			checks: []*Check{well("17 14:00"), tried("17 22:05"), tried("17 23:10"), well("18 06:00")},
			want:   []string{"17 22:00 to 18 06:00 done_late 8 h tried 17 22:05, 17 23:10"}},
		{name: "trying before it is due puts it off", since: "17 19:00", now: "18 06:00",
			checks: []*Check{well("17 14:00"), tried("17 21:50"), well("17 22:55")}},
		{name: "tried and still due", since: "17 19:00", now: "18 07:00",
			checks: []*Check{well("17 14:00"), tried("18 06:30")},
			want:   []string{"17 22:00 to - still_due 9 h tried 18 06:30"}},
		{name: "due before the period, done in it", since: "17 19:00", now: "17 23:00",
			checks: []*Check{well("17 09:00"), well("17 20:00")},
			want:   []string{"17 17:00 to 17 20:00 done_late 3 h"}},
		{name: "over before the period", since: "17 19:00", now: "17 20:00",
			checks: []*Check{well("17 04:00"), well("17 16:00")}},
		{name: "a withdrawn check was none", since: "17 19:00", now: "18 07:00",
			checks: []*Check{well("17 15:00"), withdrawn(well("17 23:00")), well("18 01:00")},
			want:   []string{"17 23:00 to 18 01:00 done_late 2 h"}},
		{name: "a late entry fills the gap", since: "17 19:00", now: "18 07:00",
			checks: []*Check{well("17 14:00"), recorded(clock("18 05:00"), well("17 22:00")), well("18 06:00")}},
		{name: "a late entry shows a gap that nobody could see", since: "17 19:00", now: "18 07:00",
			checks: []*Check{well("17 18:00"), recorded(clock("18 01:00"), ill("17 19:30", 1)), well("18 01:30")},
			want:   []string{"17 23:30 to 18 01:30 done_late 2 h hindsight"}},

		{name: "nobody checked yet", since: "17 19:00", now: "17 23:00",
			want: []string{"16 08:00 to - still_due 1 d 15 h"}},
		{name: "stopped before it was due", since: "17 19:00", now: "18 07:00",
			checks: []*Check{well("17 14:00")},
			orders: []Order{order("17 21:00", Order{Kind: OrderStop, Reason: "comfort care"})}},
		{name: "stopped when it was late already", since: "17 19:00", now: "18 07:00",
			checks: []*Check{well("17 14:00")},
			orders: []Order{order("17 23:00", Order{Kind: OrderStop, Reason: "comfort care"})},
			want:   []string{"17 22:00 to 17 23:00 ordered_off 1 h"}},
		{name: "put off before it was due", since: "17 19:00", now: "18 07:00",
			checks: []*Check{well("17 14:00")},
			orders: []Order{order("17 21:00", Order{Kind: OrderInterval, Interval: 24 * time.Hour, Reason: "stable"})}},
		{name: "an order does not excuse what was only tried", since: "17 19:00", now: "18 07:00",
			checks: []*Check{well("17 14:00"), tried("17 22:00")},
			orders: []Order{order("17 22:30", Order{Kind: OrderInterval, Interval: 4 * time.Hour, Reason: "watch"})},
			want:   []string{"17 22:00 to - still_due 9 h tried 17 22:00"}},
		{name: "made more often, due from the order on", since: "17 19:00", now: "18 07:00",
			checks: []*Check{well("17 17:00"), well("17 23:00")},
			orders: []Order{order("17 22:00", Order{Kind: OrderInterval, Interval: 2 * time.Hour, Reason: "watch"})},
			want:   []string{"17 22:00 to 17 23:00 done_late 1 h", "18 01:00 to - still_due 6 h"}},
		{name: "restarted", since: "17 19:00", now: "18 07:00",
			checks: []*Check{well("16 14:00")},
			orders: []Order{
				order("18 05:00", Order{Kind: OrderRestart, Reason: "again"}),
				order("16 15:00", Order{Kind: OrderStop, Reason: "pause"})},
			want: []string{"18 05:00 to - still_due 2 h"}},

		{name: "reported, and seen to", since: "17 19:00", now: "18 03:00",
			checks:   []*Check{well("17 18:00"), well("17 20:20")},
			symptoms: []Symptom{told("17 20:00", "17 20:02")}},
		{name: "reported, and late", since: "17 19:00", now: "18 03:00",
			checks:   []*Check{well("17 18:00"), well("17 21:00")},
			symptoms: []Symptom{told("17 20:00", "17 20:02")},
			want:     []string{"17 20:00 to 17 21:00 done_late 1 h"}},
		{name: "reported, and written down late", since: "17 19:00", now: "18 03:00",
			checks:   []*Check{well("17 18:00"), well("17 22:00")},
			symptoms: []Symptom{told("17 20:00", "17 21:50")},
			want:     []string{"17 20:00 to 17 22:00 done_late 2 h hindsight"}},

		{name: "the checks end with day 30", since: "17 19:00", now: "18 07:00", infused: "02-15 11:00",
			checks: []*Check{well("17 09:00")},
			want:   []string{"17 17:00 to 18 00:00 checks_ended 7 h"}},
		{name: "none is due after day 30", since: "17 19:00", now: "18 07:00", infused: "02-15 11:00",
			checks: []*Check{well("17 16:00")}},
		{name: "discharged in time", since: "17 19:00", now: "18 07:00", discharged: "17 21:00",
			checks: []*Check{well("17 14:00")}},
		{name: "discharged without the check", since: "17 10:00", now: "18 07:00", discharged: "17 15:00",
			checks: []*Check{well("17 05:00")},
			want:   []string{"17 13:00 to 17 15:00 discharged 2 h"}},

		// The clocks go from 01:00 to 02:00 on 29 March.
		{name: "in time on the short night", since: "28 19:00", now: "29 08:00",
			checks: []*Check{well("28 16:00"), well("28 23:00"), well("29 08:00")}},
		{name: "late on the short night", since: "28 19:00", now: "29 08:00",
			checks: []*Check{well("28 16:00"), well("28 20:00"), well("29 07:00")},
			want:   []string{"29 05:00 to 29 07:00 done_late 2 h"}},
		// They go from 02:00 back to 01:00 on 25 October.
		{name: "in time on the long night", since: "10-24 19:00", now: "10-25 07:00",
			checks: []*Check{well("10-24 14:00"), well("10-24 22:00"), well("10-25 05:00")}},
		{name: "late within the hour that comes twice", since: "10-24 19:00", now: "10-25 03:00",
			checks: []*Check{ill("10-24 21:30", 1), seen(time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC), nil)},
			want:   []string{"10-25 01:30 to 10-25 01:30 done_late 1 h"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			site := DefaultSite()
			p := Patient{AdmittedAt: clock("16 08:00")}
			for i, check := range c.checks {
				if i == 0 || check.PerformedAt.Before(p.AdmittedAt) {
					p.AdmittedAt = check.PerformedAt // the first one is in time
				}
			}
			if c.infused != "" {
				p.InfusedAt = clock(c.infused)
			}
			if c.discharged != "" {
				p.DischargedAt, p.Discharge = clock(c.discharged), "home"
			}
			chart := chartOf(p, c.checks...)
			chart.Orders, chart.Symptoms = c.orders, c.symptoms
			var got []string
			show := func(at time.Time) string {
				switch at = at.In(lisbon); {
				case at.IsZero():
					return "-"
				case at.Month() == time.March:
					return at.Format("2 15:04")
				}
				return at.Format("01-02 15:04")
			}
			for _, g := range gaps(&site, chart, clock(c.since), clock(c.now), lisbon) {
				words := fmt.Sprintf("%s to %s %s %s", show(g.Due), show(g.Until), g.End, Elapsed(g.Late))
				for i, check := range g.Tried {
					words += [...]string{" tried ", ", "}[min(i, 1)] + show(check.PerformedAt)
				}
				if g.Hindsight {
					words += " hindsight"
				}
				got = append(got, words)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTurnOf(t *testing.T) {
	well := seen(night, nil)
	for _, c := range []struct {
		name        string
		before, now *Check
		want        Turn
	}{
		{"nothing before", nil, well, TurnUnknown},
		{"nothing changed", well, seen(night, nil), Unchanged},
		{"a grade up", well, seen(night, lost(1)), Worse},
		{"a grade down", seen(night, lost(8)), seen(night, lost(2)), Better},
		{"a point down in the same grade", seen(night, lost(1)), seen(night, lost(2)), Worse},
		{"a point up in the same grade", seen(night, lost(3)), seen(night, lost(2)), Better},
		{"signs alone", well, seen(night, func(x *icans.Findings) { x.Observed[icans.Memory] = icans.Mild }), Unchanged},
		{"incomplete", well, seen(night, func(x *icans.Findings) { x.Consciousness = 0 }), TurnUnknown},
		{"worse for certain, though incomplete", well, seen(night, func(x *icans.Findings) { x.Consciousness, x.Motor = icans.Drowsy, 0 }), Worse},
		{"CAPD up", seen(night, capd(2)), seen(night, capd(4)), Worse},
		{"CAPD down", seen(night, capd(4)), seen(night, capd(2)), Better},
		{"another tool, the same grade", well, seen(night, capd(0)), TurnUnknown},
		{"unarousable twice", seen(night, unarousable), seen(night, unarousable), Unchanged},
	} {
		if got := TurnOf(c.before, c.now); got != c.want {
			t.Errorf("%s: %s, not %s", c.name, Turns[got].Code, Turns[c.want].Code)
		}
	}
}

func capd(n int) func(*icans.Findings) {
	return func(x *icans.Findings) {
		x.Tool, x.ICE = icans.CAPD, [8]icans.Points{}
		for i := range x.CAPD {
			x.CAPD[i] = icans.Scored(min(1, max(0, n-i)))
		}
	}
}

func unarousable(x *icans.Findings) {
	x.ICE, x.Unable, x.Consciousness = [8]icans.Points{}, icans.UnableUnarousable, icans.Unarousable
}

// opened is the follow-up of a check, opened when that was recorded.
func opened(id int64, c *Check) FollowUp {
	return FollowUp{ID: id, CheckID: c.ID, Level: c.Result.Flag, Opened: c.Recorded}
}

func TestHandPatientByPatient(t *testing.T) {
	site := DefaultSite()
	now, since := night, night.Add(-Shift)
	ago := func(hours float64) time.Time { return now.Add(-time.Duration(hours * float64(time.Hour))) }
	person := func(id int64, bed string) Patient {
		return Patient{ID: id, Bed: bed, AdmittedAt: ago(90), InfusedAt: ago(48)}
	}
	two, one, memory := seen(ago(1), lost(5)), seen(ago(1.5), lost(1)), seen(ago(9), func(x *icans.Findings) { x.Observed[icans.Memory] = icans.Mild })

	grade2 := chartOf(person(1, "9"), seen(ago(6), nil), seen(ago(14), nil), two)
	grade2.FollowUps = []FollowUp{opened(1, two)}
	grade2.FollowUps[0].Acked = Sign("Sam Lee", ago(0.9))
	waiting := chartOf(person(2, "8"), seen(ago(13), nil), seen(ago(5), nil), one)
	waiting.FollowUps = []FollowUp{opened(2, one)}
	taken := chartOf(person(3, "7"), seen(ago(13), nil), memory, seen(ago(2), nil))
	taken.FollowUps = []FollowUp{opened(3, memory)}
	taken.FollowUps[0].Acked = Sign("Sam Lee", ago(8))
	quiet := chartOf(person(4, "10A"), seen(ago(13), nil), seen(ago(5), nil))
	quiet2 := chartOf(person(5, "2A"), seen(ago(13), nil), seen(ago(5), nil))
	late := chartOf(person(6, "11"), seen(ago(19), nil), seen(ago(11), nil))
	home := chartOf(person(7, "1"), seen(ago(15), nil))
	home.Patient.DischargedAt, home.Patient.Discharge = ago(12), "home"
	gone := chartOf(person(8, "1"), seen(ago(30), nil))
	gone.Patient.DischargedAt, gone.Patient.Discharge = ago(20), "home"
	old := seen(ago(30), lost(1))
	owing := chartOf(person(9, "1"), old)
	owing.Patient.DischargedAt, owing.Patient.Discharge = ago(20), "transferred"
	owing.FollowUps = []FollowUp{opened(9, old)}
	fresh := chartOf(Patient{ID: 10, Bed: "3", AdmittedAt: ago(0.2)})

	charts := []Chart{*home, *quiet, *late, *gone, *taken, *fresh, *owing, *waiting, *quiet2, *grade2}
	h := Hand(&site, charts, since, now, time.UTC)
	byID := make(map[int64]*HandedPatient)
	var order []int64
	for i := range h.Patients {
		byID[h.Patients[i].Patient.ID] = &h.Patients[i]
		order = append(order, h.Patients[i].Patient.ID)
	}
	// The discharged stand below the ward, and by the same rule.
	if want := []int64{1, 2, 3, 6, 10, 5, 4, 9, 7}; !slices.Equal(order, want) {
		t.Errorf("the order is %v, not %v", order, want)
	}

	p := byID[1]
	if p.Turn != Worse || p.Before.PerformedAt != ago(14) || p.Worst.ID != two.ID || p.Last.ID != two.ID || p.Checks != 2 || len(p.Flags) != 1 {
		t.Errorf("grade 2: %+v", p)
	}
	if f := p.Follow[0]; f.Escalated || !f.EscalatesAt.IsZero() || f.Check.ID != two.ID {
		t.Errorf("a follow-up that somebody took: %+v", f)
	}
	if f := byID[2].Follow[0]; !f.Escalated || f.EscalatesAt != ago(0.5) {
		t.Errorf("a follow-up that nobody took: %+v", f)
	}
	if f := byID[3].Follow[0]; !f.LastNormal || f.Lifted || byID[3].Turn != Unchanged || byID[3].Worst.ID != memory.ID {
		t.Errorf("normal again: %+v", f)
	}
	if p := byID[5]; p.Turn != Unchanged || len(p.Follow)+len(p.Flags)+len(p.Gaps)+len(p.Notes)+len(p.Events) != 0 || p.State != Later {
		t.Errorf("nothing changed: %+v", p)
	}
	if p := byID[6]; p.State != Overdue || len(p.Gaps) != 1 {
		t.Errorf("overdue: %+v", p)
	}
	if p := byID[10]; !p.Admitted || p.Last != nil || p.Turn != TurnUnknown {
		t.Errorf("just admitted: %+v", p)
	}
	if !byID[7].Discharged || byID[9].Discharged || byID[9].State != NoneDue {
		t.Error("the discharges are told wrongly")
	}
}

func TestHandSaysWhatChangedInTheRecord(t *testing.T) {
	site := DefaultSite()
	now, since := night, night.Add(-Shift)
	ago := func(hours int) time.Time { return now.Add(-time.Duration(hours) * time.Hour) }
	before := seen(ago(20), lost(3)) // corrected in the period
	before.Superseded = true
	after := seen(ago(20), nil)
	after.Version, after.Status, after.Reason = 2, Corrected, "wrong_value"
	recorded(ago(10), after)
	lateOne := recorded(ago(2), seen(ago(6), nil))
	wrong := seen(ago(5), lost(1))
	wrong.Superseded = true
	gone := withdrawn(seen(ago(5), lost(1)))
	recorded(ago(4), gone)
	changed := seen(ago(3), lost(1))
	changed.Because = lateOne.ID
	longAgo := recorded(ago(25), seen(ago(30), nil))
	chart := chartOf(Patient{ID: 1, AdmittedAt: ago(40)}, before, after, lateOne, wrong, gone, changed, longAgo)
	chart.FollowUps = []FollowUp{opened(2, wrong), opened(1, before)}
	chart.FollowUps[1].Acked = Sign("Sam Lee", ago(19))
	chart.FollowUps[1].Closed, chart.FollowUps[1].Outcome = Sign("Ines Reis", ago(9)), "resolved"
	chart.Interventions = []Intervention{
		{ID: 2, DoneAt: ago(14), Kind: "eeg", Recorded: Sign("Sam Lee", ago(1))},
		{ID: 1, DoneAt: ago(15), Kind: "imaging", Recorded: Sign("Sam Lee", ago(15))},
	}
	chart.Symptoms = []Symptom{{ToldAt: ago(7), ToldBy: "caregiver", Words: "cannot find words", Recorded: Sign("Sam Lee", ago(7))}}

	p := Hand(&site, []Chart{*chart}, since, now, time.UTC).Patients[0]
	var got []string
	for _, n := range p.Notes {
		was := "-"
		if n.Was != nil {
			was = fmt.Sprintf("%s v%d", Elapsed(now.Sub(n.Was.PerformedAt)), n.Was.Version)
		}
		got = append(got, fmt.Sprintf("%s %s v%d, was %s", n.Kind, Elapsed(now.Sub(n.Check.PerformedAt)), n.Check.Version, was))
	}
	want := []string{
		"corrected 20 h v2, was 20 h v1",
		"withdrawn 5 h v2, was 5 h v1",
		"reconsidered 3 h v1, was 6 h v1",
		"late 6 h v1, was -",
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(p.Events) != 2 || p.Events[0].What != "eeg" || p.Events[1].What != "caregiver" {
		t.Errorf("the events are %+v", p.Events)
	}
	if len(p.Follow) != 2 || !p.Follow[0].Lifted || p.Follow[0].Check.Status != Withdrawn || p.Follow[1].IsOpen() {
		t.Errorf("the follow-ups are %+v", p.Follow)
	}
	if p.Follow[1].Code != "" {
		t.Errorf("a code without a diagnosis: %s", p.Follow[1].Code)
	}
}

// anyChart draws a stay of a few days with everything in it that a chart can hold.
func anyChart(t *rapid.T, id int64, now time.Time) Chart {
	minutes := func(label string, most int) time.Duration {
		return time.Duration(rapid.IntRange(0, most).Draw(t, label)) * time.Minute
	}
	const stay = 4 * 24 * 60
	p := Patient{ID: id, Bed: fmt.Sprint(id), AdmittedAt: now.Add(-(stay + 60) * time.Minute), InfusedAt: now.Add(-48 * time.Hour)}
	if rapid.IntRange(0, 5).Draw(t, "discharged") == 0 {
		p.DischargedAt, p.Discharge = now.Add(-minutes("left", stay)), "home"
	}
	var checks []*Check
	for i := range rapid.IntRange(0, 12).Draw(t, "checks") {
		at := now.Add(-minutes("performed", stay))
		var check *Check
		if rapid.IntRange(0, 4).Draw(t, "asleep") == 0 {
			check = seen(at, asleep)
		} else {
			check = seen(at, lost(rapid.IntRange(0, 8).Draw(t, "lost")))
		}
		check.ID = fmt.Sprintf("%d-%d", id, i)
		check.Recorded.At = at.Add(min(minutes("delay", 300), now.Sub(at)))
		checks = append(checks, check)
		if rapid.IntRange(0, 5).Draw(t, "again") == 0 {
			next := *check
			check.Superseded = true
			next.Version, next.Reason = 2, "wrong_value"
			next.Status = rapid.SampledFrom([]Status{Corrected, Withdrawn}).Draw(t, "status")
			next.Evaluate()
			checks = append(checks, &next)
		}
	}
	chart := chartOf(p, checks...)
	for i := range chart.Checks {
		if c := &chart.Checks[i]; c.Version == 1 && c.Result.Flag != icans.FlagNone {
			f := opened(int64(100*int(id)+i), c)
			if rapid.Bool().Draw(t, "taken") {
				f.Acked = Sign("Sam Lee", f.Opened.At)
				if rapid.Bool().Draw(t, "closed") {
					f.Closed, f.Outcome, f.Note = Sign("Ines Reis", f.Opened.At), "resolved", "well"
				}
			}
			chart.FollowUps = append(chart.FollowUps, f)
		}
	}
	for range rapid.IntRange(0, 2).Draw(t, "orders") {
		kind := OrderKind(rapid.SampledFrom(OrderKinds).Draw(t, "order").Code)
		chart.Orders = append(chart.Orders, Order{Kind: kind, Interval: 3 * time.Hour, UntilDay: 40, Reason: "why", Ordered: Sign("Ines Reis", now.Add(-minutes("ordered", stay)))})
	}
	slices.SortStableFunc(chart.Orders, func(a, b Order) int { return b.Ordered.At.Compare(a.Ordered.At) })
	for range rapid.IntRange(0, 2).Draw(t, "symptoms") {
		at := now.Add(-minutes("told", stay))
		chart.Symptoms = append(chart.Symptoms, Symptom{ToldAt: at, ToldBy: "patient", Words: "odd", Recorded: Sign("Sam Lee", at)})
	}
	slices.SortStableFunc(chart.Symptoms, func(a, b Symptom) int { return b.ToldAt.Compare(a.ToldAt) })
	return *chart
}

func TestHandForgetsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		site := DefaultSite()
		now := night
		since := now.Add(-time.Duration(rapid.IntRange(1, 60).Draw(t, "hours")) * time.Hour)
		var charts []Chart
		for id := range int64(rapid.IntRange(1, 4).Draw(t, "patients")) {
			charts = append(charts, anyChart(t, id+1, now))
		}
		handed := make(map[int64]*HandedPatient)
		h := Hand(&site, charts, since, now, time.UTC)
		for i := range h.Patients {
			handed[h.Patients[i].Patient.ID] = &h.Patients[i]
		}
		for i := range charts {
			c := &charts[i]
			p := handed[c.Patient.ID]
			if p == nil {
				if c.Patient.OnWard() || !c.Patient.DischargedAt.Before(since) || len(Open(c.FollowUps)) > 0 {
					t.Fatalf("patient %d is forgotten", c.Patient.ID)
				}
				continue
			}
			for _, f := range Open(c.FollowUps) {
				if !slices.ContainsFunc(p.Follow, func(h Handed) bool { return h.ID == f.ID }) {
					t.Errorf("open follow-up %d is forgotten", f.ID)
				}
			}
			for _, check := range c.Checks {
				flagged := check.Stands() && check.Result.Flag != icans.FlagNone && !check.PerformedAt.Before(since)
				if flagged && !slices.ContainsFunc(p.Flags, func(h *Check) bool { return h.ID == check.ID }) {
					t.Errorf("flagged check %s is forgotten", check.ID)
				}
			}
			gapsHold(t, c, p, since, now)
			// What the board calls overdue is a gap too.
			if open := slices.ContainsFunc(p.Gaps, func(g Gap) bool { return g.End == StillDue }); p.State == Overdue && !open {
				t.Errorf("overdue since %v, and no gap", p.Plan.Due)
			}
		}
	})
}

// gapsHold checks what is true of gaps whatever the stay: they are in order and
// apart, they reach into the period, and nobody was tested in one.
func gapsHold(t *rapid.T, c *Chart, p *HandedPatient, since, now time.Time) {
	var last time.Time
	for i, g := range p.Gaps {
		end := g.Until
		if g.End == StillDue {
			end = now
			if i != len(p.Gaps)-1 {
				t.Errorf("gap %d is still due, and not the last", i)
			}
		}
		if g.Due.Before(last) || end.Before(g.Due) || end.Before(since) || g.Late != end.Sub(g.Due) {
			t.Errorf("gap %d: %+v", i, g)
		}
		last = end
		for j := range c.Checks {
			check := &c.Checks[j]
			if check.Stands() && check.Counts() && check.PerformedAt.After(g.Due) && check.PerformedAt.Before(end) {
				t.Errorf("gap %d: the patient was tested at %v: %+v", i, check.PerformedAt, g)
			}
		}
	}
}
