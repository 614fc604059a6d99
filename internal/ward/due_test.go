package ward

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/icans"
)

// dueWords lists the checks that were due as hours from night.
func dueWords(list []DueCheck) (words []string) {
	for _, d := range list {
		w := fmt.Sprintf("%g %s", d.Due.Sub(night).Hours(), d.End)
		if d.Check != nil {
			w += fmt.Sprintf(" %g", d.Late.Hours())
		}
		words = append(words, w)
	}
	return words
}

// sitesOf returns settings that never changed.
func sitesOf(b *bed) SiteAt { return func(time.Time) *Site { return &b.site } }

// By hand from clinical.md section 5. The patient is admitted at -48 and checked once
// then, so that the first check of the table is due 8 h after.
func TestDueChecks(t *testing.T) {
	inferred := func(b *bed) { b.Stays[0].AdmissionInferred = true }
	for _, c := range []struct {
		name   string
		set    func(*bed)
		course string
		now    float64
		want   []string
	}{
		{"no check yet, and time yet", nil, "", -47.1, nil},
		{"no check yet", nil, "", -46.9, []string{"-47.5 still_due"}},
		{"the first check of the stay is late, and not missed every half-hour", nil, "-44 ice 10", -43, []string{"-47.5 late 3.5"}},
		{"the first check of the stay, and the next", nil, "-47 ice 10 | -39 ice 10", -38, []string{"-47.5 on_time 0.5", "-39 on_time 0"}},
		{"half an hour late is on time, more is late", nil, "-47.5 ice 10 | -39 ice 10 | -30.4 ice 10", -30, []string{"-47.5 on_time 0", "-39.5 on_time 0.5", "-31 late 0.6"}},
		{"before it was due", nil, "-47.5 ice 10 | -45 ice 10", -44, []string{"-47.5 on_time 0", "-39.5 on_time -5.5"}},
		{"the next fell due", nil, "-47.5 ice 10 | -22 ice 10", -22, []string{"-47.5 on_time 0", "-39.5 missed", "-31.5 missed", "-23.5 late 1.5"}},
		{"done just when the next falls due", nil, "-47.5 ice 10 | -31.5 ice 10", -30, []string{"-47.5 on_time 0", "-39.5 missed", "-31.5 on_time 0"}},
		{"the tool could not be done, however late", noBurst, "-47.5 ice 10 | -36 ice bare unable=asleep | -35 ice 10", -34,
			[]string{"-47.5 on_time 0", "-39.5 not_possible 3.5", "-35 on_time 0"}},
		{"still due, two intervals long", nil, "-47.5 ice 10", -31, []string{"-47.5 on_time 0", "-39.5 missed"}},
		{"and a half-hour more", nil, "-47.5 ice 10", -30.9, []string{"-47.5 on_time 0", "-39.5 missed", "-31.5 still_due"}},
		{"left in time", discharged(-39.1), "-47.5 ice 10", 0, []string{"-47.5 on_time 0"}},
		{"left without it", discharged(-38), "-47.5 ice 10", 0, []string{"-47.5 on_time 0", "-39.5 left"}},
		{"an inferred admission is its first check", inferred, "-48 ice 10 | -40 ice 10", -39, []string{"-40 on_time 0"}},
		{"a burst is known once it is recorded", nil, "-47.5 ice 8 | -46.5 ice 8", -46.4, []string{"-47.5 on_time 0", "-46.5 on_time 0"}},
		{"a report makes one due", report(-45), "-47.5 ice 10 | -44 ice 10", -43.9, []string{"-47.5 on_time 0", "-45 late 1"}},
		{"an order counts from when it was given", order(-43, every(2)), "-47.5 ice 10 | -42.8 ice 10", -42, []string{"-47.5 on_time 0", "-43 on_time 0.2"}},
		{"stopped after one was missed", order(-30, Order{Kind: OrderStop}), "-47.5 ice 10", 0, []string{"-47.5 on_time 0", "-39.5 missed", "-31.5 still_due"}},
		{"stopped before it was due", order(-40, Order{Kind: OrderStop}), "-47.5 ice 10", 0, []string{"-47.5 on_time 0"}},
		{"the last day is over before it is due", func(b *bed) { b.site.LastDay = 1; b.Patient.InfusedAt = hours(-50) }, "-47.5 ice 10 | -23 ice 10 | -15 ice 10 | -7 ice 10", 20,
			[]string{"-47.5 on_time 0", "-39.5 missed", "-31.5 missed", "-23.5 on_time 0.5", "-15 on_time 0", "-7 on_time 0"}},
		{"an extension counts from when it was ordered", both(func(b *bed) { b.site.LastDay = 1 }, order(15, Order{Kind: OrderExtend, UntilDay: 9})), "-23 ice 10 | -15 ice 10 | -7 ice 10", 16,
			[]string{"-47.5 missed", "-39.5 missed", "-31.5 missed", "-23.5 on_time 0.5", "-15 on_time 0", "-7 on_time 0", "15 still_due"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBed(icans.ICE)
			if c.set != nil {
				c.set(b)
			}
			if c.course != "" {
				b.course(c.course)
			}
			if diff := cmp.Diff(c.want, dueWords(b.DueChecks(sitesOf(b), nil, hours(c.now)))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A late entry counts from when it was performed, and a flag in it from when it was recorded:
// no check was due an hour after it by a follow-up that did not exist.
func TestDueChecksOfALateEntry(t *testing.T) {
	b := newBed(icans.ICE)
	b.save(-47.5, -44, "ice 8")
	b.save(-43.8, -43.8, "ice 8")
	want := []string{"-47.5 on_time 0", "-44 on_time 0.2"}
	if diff := cmp.Diff(want, dueWords(b.DueChecks(sitesOf(b), nil, hours(-43.5)))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Each stay has its own checks, and between them none is due.
func TestDueChecksOfTwoStays(t *testing.T) {
	b := newBed(icans.ICE)
	b.course("-47.5 ice 10 | -39.5 ice 10")
	b.Stays[0].DischargedAt = hours(-39)
	b.Stays = append(b.Stays, Stay{ID: 2, PatientID: 1, Version: 1, Status: Recorded, AdmittedAt: hours(-10), Began: Sign("Sam Lee", hours(-10))})
	b.save(-8.9, -8.9, "ice 10")
	want := []string{"-47.5 on_time 0", "-39.5 on_time 0", "-9.5 late 0.6"}
	if diff := cmp.Diff(want, dueWords(b.DueChecks(sitesOf(b), nil, hours(-8)))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A ward that heard of a stay by an import has what was done before; and nothing was missed
// between the last check of the file and the import.
func TestDueChecksOfAnImport(t *testing.T) {
	b := newBed(icans.ICE)
	b.Stays[0].AdmittedAt, b.Stays[0].Began = hours(-400), Sign("Sam Lee", hours(-20))
	for _, at := range []float64{-400, -392, -375} {
		b.save(at, -20, "ice 10")
	}
	want := []string{"-392 on_time 0", "-384 missed", "-376 late 1", "-20 missed", "-12 still_due"}
	if diff := cmp.Diff(want, dueWords(b.DueChecks(sitesOf(b), nil, hours(-10)))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// The settings that were in force then count.
func TestDueChecksBySettingsThatChanged(t *testing.T) {
	b := newBed(icans.ICE)
	b.course("-47.5 ice 10 | -43.5 ice 10 | -35.5 ice 10 | -31.5 ice 10")
	often := b.site
	often.Intervals.None = 4 * time.Hour
	site := func(at time.Time) *Site {
		if at.Before(hours(-44)) || !at.Before(hours(-36)) {
			return &often
		}
		return &b.site
	}
	want := []string{"-47.5 on_time 0", "-39.5 on_time -4", "-36 on_time 0.5", "-31.5 on_time 0"}
	if diff := cmp.Diff(want, dueWords(b.DueChecks(site, []time.Time{hours(-44), hours(-36)}, hours(-31)))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Whatever the course: the times rise, each check answers one at most, the figures of the
// parts of a period add up to those of the whole, and a later question changes only the
// check that was still due or not yet counted.
func TestDueChecksOfRandomCourses(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 1))
		b := newBed(icans.ICE)
		var steps []string
		for at := -47.0; at < 60; at += 0.3 + r.ExpFloat64()*6 {
			steps = append(steps, fmt.Sprintf("%.2f %s", at, []string{"ice 10", "ice 10", "ice 8", "ice 4", "ice bare unable=asleep", "ice 10 memory="}[r.IntN(6)]))
		}
		b.course(strings.Join(steps, "|"))
		if r.IntN(2) == 0 {
			report(-40 + r.Float64()*80)(b)
		}
		if r.IntN(2) == 0 {
			order(-40+r.Float64()*80, every(1+20*r.Float64()))(b)
		}
		all := b.DueChecks(sitesOf(b), nil, hours(60))
		seen := make(map[*Check]bool)
		for i, d := range all {
			if i > 0 && d.Due.Before(all[i-1].Due) && all[i-1].Late >= 0 {
				t.Fatalf("seed %d: %v", seed, dueWords(all))
			}
			if d.Check != nil && seen[d.Check] {
				t.Fatalf("seed %d: a check answers two: %v", seed, dueWords(all))
			}
			seen[d.Check] = d.Check != nil
			if (d.Check == nil) != (d.End == DueMissed || d.End == DueStill) {
				t.Fatalf("seed %d: %v", seed, dueWords(all))
			}
		}
		chart := Chart{History: b.History}
		whole := count(&chart, b, time.Time{}, time.Time{}, 60)
		middle := hours(-30 + r.Float64()*60)
		first, second := count(&chart, b, time.Time{}, middle, 60), count(&chart, b, middle, time.Time{}, 60)
		for i, f := range whole.Figures() {
			if sum := first.Figures()[i].N + second.Figures()[i].N; sum != f.N {
				t.Fatalf("seed %d: %s: %d in two parts, %d in the whole", seed, f.Name, sum, f.N)
			}
		}
		known := slices.Index(dueWords(all), "still_due")
		if known < 0 {
			known = len(all)
		}
		if later := b.DueChecks(sitesOf(b), nil, hours(80)); len(later) < known {
			t.Fatalf("seed %d: %v, later %v", seed, dueWords(all), dueWords(later))
		}
	}
}

// count returns the figures of one patient.
func count(c *Chart, b *bed, since, until time.Time, now float64) *Quality {
	q := NewQuality(since, until, hours(now))
	q.Add(c, sitesOf(b), nil)
	return q
}

// asked returns the times at which checks fell due between two times, by asking for the plan
// at each minute.
func (w *dueWalk) asked(to time.Time) (fell []time.Time) {
	for t := w.from; !t.After(to); t = t.Add(time.Minute) {
		plan := w.planAt(t)
		if plan.Due.IsZero() || plan.Due.After(t) || len(fell) > 0 && t.Before(fell[len(fell)-1].Add(plan.Interval)) {
			continue
		}
		fell = append(fell, t)
	}
	return fell
}

// The plan is asked only when it changes, which finds the same times as asking each minute.
func TestChecksFallDueAsThePlanSaysEachMinute(t *testing.T) {
	minutes := func(r *rand.Rand, least, most float64) float64 {
		return float64(int(60*(least+(most-least)*r.Float64()))) / 60
	}
	fell := 0
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 2))
		b := newBed(icans.ICE)
		b.site.LastDay = 1 + r.IntN(4)
		for at := -47.0; at < 30; at += minutes(r, 0.5, 14) {
			b.save(at, at+minutes(r, 0, 2), []string{"ice 10", "ice 10", "ice 8", "ice 4", "ice bare unable=asleep", "ice 10 memory="}[r.IntN(6)])
		}
		for range r.IntN(3) {
			report(minutes(r, -40, 40))(b)
			order(minutes(r, -40, 40), every(float64(1+r.IntN(20))))(b)
		}
		if r.IntN(2) == 0 {
			order(minutes(r, -40, 40), Order{Kind: OrderStop})(b)
		}
		if r.IntN(2) == 0 {
			b.Doses = append(b.Doses, hours(minutes(r, -40, 40)))
		}
		if b.Open() != nil && r.IntN(2) == 0 {
			b.close(minutes(r, 31, 40))
		}
		slices.SortFunc(b.Orders, func(x, y Order) int { return x.Ordered.At.Compare(y.Ordered.At) })
		slices.SortFunc(b.Reports, func(x, y Report) int { return x.ToldAt.Compare(y.ToldAt) })
		w := dueWalk{h: &b.History, site: sitesOf(b), last: -1, changes: b.planChanges(nil), stays: b.Stays, from: b.Stays[0].AdmittedAt, first: true}
		for {
			to := hours(60)
			if c := w.next(); c != nil {
				to = c.PerformedAt
			}
			var got []time.Time
			for _, d := range w.fellDue(to) {
				got = append(got, d.Due)
			}
			fell += len(got)
			if want := w.asked(to); !slices.EqualFunc(got, want, time.Time.Equal) {
				t.Fatalf("seed %d, after check %d: %v, by the minute %v", seed, w.last, got, want)
			}
			if w.next() == nil {
				break
			}
			w.from, w.first = to, false
			w.pass()
		}
	}
	if fell < 500 {
		t.Errorf("only %d checks fell due", fell)
	}
}
