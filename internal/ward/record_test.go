package ward

import (
	"fmt"
	"os"
	"reflect"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/icans"
)

// forCourses runs check on random courses, on both cores. A failure names its seed.
// The long form, which .ci/run runs, takes 100,000 of the invariants:
//
//	NEUROCHECK_COURSES=100000 go test -run 'TestInvariants$' ./internal/ward
func forCourses(t *testing.T, n int, check func(t *testing.T, seed uint64)) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // courses are small, and many
	n /= slower
	if long := os.Getenv("NEUROCHECK_COURSES"); long != "" {
		var err error
		if n, err = strconv.Atoi(long); err != nil {
			t.Fatal(err)
		}
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for seed := next.Add(1); seed <= int64(n) && !t.Failed(); seed = next.Add(1) {
				check(t, uint64(seed))
			}
		})
	}
	wg.Wait()
}

// difference returns the difference of two histories in the results of the rules: flags,
// memory, follow-ups and the plan.
func difference(a, b *History, site *Site, now time.Time) string {
	results := func(x, y Check) bool { return x.ID == y.ID && x.Version == y.Version && x.Result == y.Result }
	if slices.EqualFunc(a.Checks, b.Checks, results) && a.Memory == b.Memory && a.Next(site, now).Due.Equal(b.Next(site, now).Due) && reflect.DeepEqual(a.FollowUps, b.FollowUps) {
		return ""
	}
	words := func(h *History) (list []string) {
		for i := range h.Checks {
			c := &h.Checks[i]
			list = append(list, fmt.Sprintf("%s v%d %v %d-%d %s", c.ID, c.Version, c.PerformedAt, c.Result.Low, c.Result.High, flagOf(c)))
		}
		return append(list, fmt.Sprintf("%+v", h.Memory), plan(h.Next(site, now)), fmt.Sprintf("%+v", h.FollowUps))
	}
	return cmp.Diff(words(a), words(b))
}

func end(acts []Act) time.Time { return acts[len(acts)-1].At.Add(time.Hour) }

// Rows recorded as one act in any order, and saved one by one at their recorded_at,
// end in the same flags, schedule and follow-ups. Old flags are decided once for each
// act, so these courses have none.
func TestOneActOrOneByOne(t *testing.T) {
	forCourses(t, 400, func(t *testing.T, seed uint64) {
		m := newMaker(seed)
		c := m.course(3 + m.IntN(18))
		now := end(c.acts)
		single := c.history()
		var rows []Check
		type version struct {
			id     string
			number int
		}
		kept := make(map[version]icans.Result) // of each version, as a log keeps it
		keep := func(c *Check) { kept[version{c.ID, c.Version}] = c.Result }
		for _, act := range c.acts {
			out := Record(single, &c.site, act)
			for i := range out.Checks {
				keep(&out.Checks[i])
			}
			for i := range out.Reevaluated {
				keep(&out.Reevaluated[i].Check)
			}
			rows = append(rows, act.Checks...)
		}
		m.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		file := c.history()
		out := Record(file, &c.site, Act{At: now, By: "Sam", Checks: rows})
		if diff := difference(single, file, &c.site, now); diff != "" {
			t.Errorf("seed %d: one by one (-), one act (+): %s", seed, diff)
		}
		for i := range out.Checks {
			v := &out.Checks[i]
			if was := kept[version{v.ID, v.Version}]; v.Result != was {
				t.Errorf("seed %d: %s v%d: one by one %v, one act %v", seed, v.ID, v.Version, was.Reasons.Codes(), v.Result.Reasons.Codes())
			}
		}
		if out.OldFlags != 0 || len(out.Checks) != len(rows) {
			t.Errorf("seed %d: %d old flags, %d of %d checks", seed, out.OldFlags, len(out.Checks), len(rows))
		}
	})
}

// Grades, flags and due times do not depend on the order of recording. Due times
// depend on follow-ups by the burst, which is off here.
func TestOrderOfRecordingDoesNotMatter(t *testing.T) {
	forCourses(t, 400, func(t *testing.T, seed uint64) {
		m := newMaker(seed)
		m.old = true
		c := m.course(3 + m.IntN(18))
		c.site.Intervals.Burst = 0
		last := make(map[string]Check)
		for _, act := range c.acts {
			v := act.Checks[0]
			v.Recorded.At = v.PerformedAt.Add(time.Duration(len(last)) * time.Millisecond) // only the order is drawn
			if was, ok := last[v.ID]; ok {
				v.Recorded.At, v.Version, v.Status = was.Recorded.At, 1, Recorded
			} else {
				v.Version, v.Status = 1, Recorded
			}
			last[v.ID] = v
		}
		var rows []Check
		for _, v := range last {
			rows = append(rows, v)
		}
		slices.SortFunc(rows, func(a, b Check) int { return a.Compare(&b) })
		now := end(c.acts)
		var want *History
		for round := range 3 {
			h := c.history()
			for i := range rows {
				Record(h, &c.site, Act{At: now, By: "Sam", Checks: rows[i : i+1]})
			}
			h.FollowUps = nil
			if round == 0 {
				want = h
			} else if diff := difference(want, h, &c.site, now); diff != "" {
				t.Errorf("seed %d: in order (-), shuffled (+): %s", seed, diff)
			}
			m.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		}
	})
}

// Record evaluates only the checks that a change can reach, and ends as Evaluate does
// from scratch. Each re-evaluation names its cause.
func TestRecordIsEvaluateFromScratch(t *testing.T) {
	forCourses(t, 400, func(t *testing.T, seed uint64) {
		m := newMaker(seed)
		m.old = true
		c := m.course(3 + m.IntN(30))
		if m.one(2) { // intervals over 8 h reach into the rule about patients not examined
			c.site.Intervals.None = 20 * time.Hour
		}
		h := c.history()
		for _, act := range c.acts {
			before := results(h)
			out := Record(h, &c.site, act)
			scratch := *h
			scratch.Checks = slices.Clone(h.Checks)
			for i := range scratch.Checks {
				scratch.Checks[i].Result = icans.Result{}
			}
			scratch.Evaluate(&c.site)
			if diff := difference(&scratch, h, &c.site, act.At); diff != "" {
				t.Errorf("seed %d: from scratch (-), recorded (+): %s", seed, diff)
				return
			}
			for _, r := range out.Reevaluated {
				if r.Because != act.Checks[0].ID || before[r.Check.ID] == r.Check.Result {
					t.Errorf("seed %d: %s re-evaluated because of %q", seed, r.Check.ID, r.Because)
				}
			}
		}
		again := *h
		again.Checks, again.FollowUps = slices.Clone(h.Checks), slices.Clone(h.FollowUps)
		if out := Reassess(&again, &c.site, Act{At: end(c.acts)}); len(out.Reevaluated)+len(out.Events) != 0 || again.Memory != h.Memory {
			t.Errorf("seed %d: assessed anew without a change, %d checks changed", seed, len(out.Reevaluated))
		}
	})
}

// A new check after all others gives the same with the last 72 h and the memory as with
// the whole history.
func TestAppendingToAPartOfTheHistory(t *testing.T) {
	forCourses(t, 400, func(t *testing.T, seed uint64) {
		m := newMaker(seed)
		m.old = true
		c := m.course(10 + m.IntN(40))
		whole := c.history()
		for _, act := range c.acts[:len(c.acts)-1] {
			Record(whole, &c.site, act)
		}
		if len(whole.Checks) == 0 {
			return
		}
		part := partOf(whole)
		last := whole.Last().PerformedAt
		check := m.check(last.Add(m.span(0, 30*time.Hour)), whole.Patient.Tool)
		check.Recorded.At = later(check.Recorded.At, c.acts)
		act := Act{At: check.Recorded.At, By: "Sam", Checks: []Check{check}}
		if question := check.Warnings(part, time.UTC, act.At); !slices.Equal(question, check.Warnings(whole, time.UTC, act.At)) {
			t.Errorf("seed %d: another question: %q", seed, question)
		}
		outWhole, outPart := Record(whole, &c.site, act), Record(part, &c.site, act)
		if !reflect.DeepEqual(outWhole, outPart) {
			t.Errorf("seed %d: whole (-), part (+): %s", seed, cmp.Diff(outWhole, outPart))
		}
		for range 4 {
			now := act.At.Add(m.span(0, 60*time.Hour))
			a, b := Watch(whole, &c.site, now), Watch(part, &c.site, now)
			if !reflect.DeepEqual(a, b) {
				t.Errorf("seed %d: whole (-), part (+): %s", seed, cmp.Diff(a, b))
			}
		}
		if whole.Memory != part.Memory || whole.AskResolved() != part.AskResolved() || whole.DayWithoutFlag() != part.DayWithoutFlag() {
			t.Errorf("seed %d: memory %+v, and %+v of a part", seed, whole.Memory, part.Memory)
		}
	})
}

// later returns the first time at or after t that is not before any act.
func later(t time.Time, acts []Act) time.Time {
	if last := acts[len(acts)-1].At; t.Before(last) {
		return last
	}
	return t
}

// partOf returns the history as the store loads it for a new check: the checks of the
// last 72 h.
func partOf(h *History) *History {
	part := *h
	part.FollowUps = nil
	for _, f := range h.FollowUps {
		f.Joined = slices.Clone(f.Joined)
		part.FollowUps = append(part.FollowUps, f)
	}
	since := h.Last().PerformedAt.Add(-baselineWindow)
	i := slices.IndexFunc(h.Checks, func(c Check) bool { return !c.PerformedAt.Before(since) })
	part.Checks = slices.Clone(h.Checks[i:])
	if part.LastConclusive = nil; !slices.ContainsFunc(part.Checks, func(c Check) bool { return c.Result.Conclusive() }) {
		part.LastConclusive = h.Conclusive()
	}
	return &part
}

// Old flags are decided together at the end of their act.
func TestOldFlagsAreDecidedTogether(t *testing.T) {
	forCourses(t, 400, func(t *testing.T, seed uint64) {
		m := newMaker(seed)
		c := m.course(3 + m.IntN(18))
		var rows []Check
		now := end(c.acts).Add(m.span(0, 100*time.Hour))
		for _, act := range c.acts {
			if v := act.Checks[0]; v.Version == 1 {
				v.Recorded.At = now
				rows = append(rows, v)
			}
		}
		h := c.history()
		out := Record(h, &c.site, Act{At: now, By: "Sam", Checks: rows})
		old := 0
		for i := range h.Checks {
			v := &h.Checks[i]
			if !v.Result.Flag.Flagged() {
				continue
			}
			conclusiveAfter := slices.ContainsFunc(h.Checks[i+1:], func(o Check) bool { return o.Result.Conclusive() })
			joins := now.Sub(v.PerformedAt) <= 24*time.Hour || h.OnWard() &&
				(i == len(h.Checks)-1 || v.Floor() >= 3 && !conclusiveAfter || v.Result.Flag == icans.FlagUrgent && now.Sub(v.PerformedAt) <= 72*time.Hour)
			if !joins {
				old++
			}
			if got := slices.ContainsFunc(out.Events, func(e FollowUpEvent) bool { return e.CheckID == v.ID }); got != joins {
				t.Errorf("seed %d: %s joined is %v", seed, v.ID, got)
			}
		}
		if old != out.OldFlags {
			t.Errorf("seed %d: %d old flags, not %d", seed, out.OldFlags, old)
		}
	})
}
