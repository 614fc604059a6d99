package ward

import (
	"fmt"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// An act of several new checks and a correction, at any time in the record, gives the same
// with the part of the checks from that time on as with the whole record, and so does the
// part of a part.
func TestTailIsEnoughForAnAct(t *testing.T) {
	var parts atomic.Int64
	forCourses(t, 200, func(t *testing.T, seed uint64) {
		m := newMaker(seed)
		m.old = true
		c := m.course(20 + m.IntN(60))
		whole := c.history()
		for _, act := range c.acts {
			Record(whole, &c.site, act)
		}
		if len(whole.Checks) < 3 {
			return
		}
		since := whole.Checks[m.IntN(len(whole.Checks))].PerformedAt.Add(m.span(-2*time.Hour, 2*time.Hour))
		act := Act{At: later(whole.Last().PerformedAt.Add(time.Hour), c.acts), By: "Sam"}
		for i := range 1 + m.IntN(3) {
			check := m.check(since.Add(m.span(0, 20*time.Hour)), whole.Patient.Tool)
			check.ID = fmt.Sprint("new", i)
			check.Recorded = Sign("Sam", act.At)
			act.Checks = append(act.Checks, check)
		}
		if i := slices.IndexFunc(whole.Checks, func(o Check) bool { return !o.PerformedAt.Before(since) }); i >= 0 && m.one(2) {
			fixed := whole.Checks[i]
			fixed.Version, fixed.Status, fixed.Recorded = fixed.Version+1, Corrected, Sign("Sam", act.At)
			fixed.Findings = m.findings(whole.Patient.Tool)
			act.Checks = append(act.Checks, fixed)
		}
		part := whole.Tail(since.Add(-m.span(0, 30*time.Hour)), &c.site)
		part = part.Tail(since, &c.site)
		first := len(whole.Checks) - len(part.Checks)
		untouched := whole.Tail(time.Time{}, &c.site)
		outWhole, outPart := Record(&untouched, &c.site, act), Record(&part, &c.site, act)
		if !reflect.DeepEqual(outWhole, outPart) {
			t.Errorf("seed %d: whole (-), part (+): %s", seed, cmp.Diff(outWhole, outPart))
		}
		rest := untouched
		rest.Checks, rest.LastConclusive = untouched.Checks[first:], part.LastConclusive
		if diff := difference(&rest, &part, &c.site, act.At); diff != "" {
			t.Errorf("seed %d: whole (-), part (+): %s", seed, diff)
		}
		if a, b := plan(untouched.Next(&c.site, act.At)), plan(part.Next(&c.site, act.At)); a != b {
			t.Errorf("seed %d: the plan is %s, and %s of a part", seed, a, b)
		}
		if first > 0 {
			parts.Add(1)
		}
	})
	if parts.Load() == 0 && !t.Failed() {
		t.Error("no part is smaller than the whole")
	}
}
