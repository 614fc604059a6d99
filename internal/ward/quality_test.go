package ward

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/icans"
)

// figureWords lists the figures of a group that are not 0, or have a part that is not.
func figureWords(q *Quality, group string) string {
	var words []string
	for _, f := range q.Figures() {
		if f.Group != group || f.N == 0 && f.Of == 0 || f.Detail && f.N == 0 {
			continue
		}
		w := fmt.Sprintf("%s %d", f.Name, f.N)
		if f.Part {
			w += fmt.Sprintf("/%d", f.Of)
		}
		if f.Spread {
			w += fmt.Sprintf(" median %d p90 %d", f.MedianMin, f.P90Min)
		}
		words = append(words, w)
	}
	return strings.Join(words, ", ")
}

func TestTimesOfQuality(t *testing.T) {
	drug := func(kind string, at float64) Intervention { return Intervention{Kind: kind, DoneAt: hours(at)} }
	for _, c := range []struct {
		name   string
		course string
		now    float64
		change func(*Chart)
		want   string
	}{
		{"a flag after a normal check", "0 ice 10 | 1.5 ice 9", 2, nil, "normal_to_flag 1, to_acknowledgement 0/1, not_acknowledged 1/1"},
		{"the first flag alone", "0 ice 10 | 1 ice 9 | 2 ice 9 | 3 ice 10 | 4 ice 9", 5, nil, "normal_to_flag 2, to_acknowledgement 0/1, not_acknowledged 1/1"},
		{"never normal", "0 ice 10 memory= | 1 ice 9", 2, nil, "to_acknowledgement 0/1, not_acknowledged 1/1"},
		{"not over a discharge", "0 ice 10 | 5 ice 9", 6, func(c *Chart) {
			c.Stays[0].DischargedAt = hours(1)
			c.Stays = append(c.Stays, Stay{ID: 2, PatientID: 1, AdmittedAt: hours(4), Began: Sign("Sam Lee", hours(4))})
		}, "to_acknowledgement 0/1, not_acknowledged 1/1"},
		{"accepted, raised, accepted", "0 ice 9 | 1 ice 5", 2, func(c *Chart) {
			c.FollowUps[0].Acks = []Signature{Sign("Sam Lee", hours(0.5)), Sign("Sam Lee", hours(1.1))}
		}, "to_acknowledgement 2/2, not_acknowledged 0/2, grade_2_to_steroid 0/1, no_steroid 0/1, steroid_before 0/1, steroid_not_yet 1/1"},
		{"raised before it was accepted", "0 ice 9 | 1 ice 5", 2, func(c *Chart) {
			c.FollowUps[0].Acks = []Signature{Sign("Sam Lee", hours(1.1))}
		}, "to_acknowledgement 2/2, not_acknowledged 0/2, grade_2_to_steroid 0/1, no_steroid 0/1, steroid_before 0/1, steroid_not_yet 1/1"},
		{"raised, and not accepted again", "0 ice 9 | 1 ice 5", 2, func(c *Chart) {
			c.FollowUps[0].Acks = []Signature{Sign("Sam Lee", hours(0.5))}
		}, "to_acknowledgement 1/2, not_acknowledged 1/2, grade_2_to_steroid 0/1, no_steroid 0/1, steroid_before 0/1, steroid_not_yet 1/1"},
		{"a steroid in 24 h", "0 ice 5", 30, func(c *Chart) {
			c.Interventions = []Intervention{drug("dexamethasone", 24), drug("methylprednisolone", 23), drug("steroid_taper", 1)}
		}, "to_acknowledgement 0/1, not_acknowledged 1/1, grade_2_to_steroid 1/1, no_steroid 0/1, steroid_before 0/1, steroid_not_yet 0/1"},
		{"after 24 h, and a withdrawn one before", "0 ice 5", 30, func(c *Chart) {
			gone := drug("dexamethasone", 1)
			gone.Withdrawn = true
			c.Interventions = []Intervention{drug("dexamethasone", 24.1), gone}
		}, "to_acknowledgement 0/1, not_acknowledged 1/1, grade_2_to_steroid 0/1, no_steroid 1/1, steroid_before 0/1, steroid_not_yet 0/1"},
		{"given before", "0 ice 5", 30, func(c *Chart) { c.Interventions = []Intervention{drug("dexamethasone", 2), drug("dexamethasone", -3)} },
			"to_acknowledgement 0/1, not_acknowledged 1/1, grade_2_to_steroid 0/1, no_steroid 0/1, steroid_before 1/1, steroid_not_yet 0/1"},
		{"from the first check of grade 2, once an episode", "0 ice 9 | 3 ice 6 | 4 ice 2 | 5 ice 10 | 29 ice 10 | 40 ice 3", 70, func(c *Chart) { c.Interventions = []Intervention{drug("dexamethasone", 5)} },
			"normal_to_flag 1, to_acknowledgement 0/4, not_acknowledged 4/4, grade_2_to_steroid 1/2, no_steroid 1/2, steroid_before 0/2, steroid_not_yet 0/2"},
		{"grade 1 asks for none", "0 ice 7", 30, nil, "to_acknowledgement 0/1, not_acknowledged 1/1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBed(icans.ICE).course(c.course)
			chart := Chart{History: b.History}
			if c.change != nil {
				c.change(&chart)
			}
			if diff := cmp.Diff(c.want, figureWords(count(&chart, b, time.Time{}, time.Time{}, c.now), "times")); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestLengthsOfTimes(t *testing.T) {
	b := newBed(icans.ICE).course("0 ice 10 | 1.5 ice 9")
	chart := Chart{History: b.History}
	chart.FollowUps[0].Acks = []Signature{Sign("Sam Lee", hours(1.75))}
	q := NewQuality(time.Time{}, time.Time{}, hours(3))
	for range 5 {
		q.Add(&chart, sitesOf(b), nil)
	}
	want := "normal_to_flag 5 median 90 p90 90, to_acknowledgement 5/5 median 15 p90 15, not_acknowledged 0/5"
	if diff := cmp.Diff(want, figureWords(q, "times")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestSpread(t *testing.T) {
	for _, c := range []struct {
		minutes []int
		want    string
	}{
		{[]int{1, 2, 3, 4}, "4: 0 0 false"},
		{[]int{9, 1, 5, 3, 7}, "5: 5 9 true"},
		{[]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, "10: 5.5 9 true"},
		{[]int{11, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1}, "11: 6 10 true"},
	} {
		var s Spread
		for _, m := range c.minutes {
			s.Add(time.Duration(m) * time.Minute)
		}
		median, p90, ok := s.Median()
		if got := fmt.Sprintf("%d: %g %g %v", s.N(), median.Minutes(), p90.Minutes(), ok); got != c.want {
			t.Errorf("%v: %s, not %s", c.minutes, got, c.want)
		}
	}
}

// Items count in the checks that were done with the tool, those of the other tool in none.
func TestItemsOfQuality(t *testing.T) {
	b := newBed(icans.ICE).course("0 ice 10 | 1 ice 9 ice_year= memory= | 2 ice bare unable=asleep | 3 ice 10 crs_grade=1")
	chart := Chart{History: b.History}
	q := count(&chart, b, time.Time{}, time.Time{}, 4)
	for _, want := range []string{"ice_year 2/3", "ice_month 3/3", "memory 2/3", "consciousness 3/3", "crs_grade 1/3"} {
		if got := ", " + figureWords(q, "items") + ","; !strings.Contains(got, ", "+want+",") {
			t.Errorf("no %s in %s", want, got)
		}
	}
	if got := figureWords(q, "items"); strings.Contains(got, "capd") || strings.Contains(got, "unable") || strings.Contains(got, "cause") {
		t.Errorf("%s", got)
	}
	if got := figureWords(count(&chart, b, hours(2.5), hours(3), 4), "items"); got != "" {
		t.Errorf("a period without a check has %s", got)
	}
	if got, want := figureWords(q, "checks"), ", not_possible_asleep 1/1, "; !strings.Contains(got, want) {
		t.Errorf("%s has no %s", got, want)
	}
}
