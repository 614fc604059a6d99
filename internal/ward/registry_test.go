package ward

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"
)

// rowWords returns what an episode's row adds to the episode, with times in hours from night.
func rowWords(r *EpisodeRow) string {
	at := func(t time.Time) string {
		if t.IsZero() {
			return "-"
		}
		return fmt.Sprint(t.Sub(night).Hours())
	}
	given := func(i *Intervention) string {
		if i == nil {
			return "-"
		}
		return i.Kind + " at " + at(i.DoneAt)
	}
	crs := "-"
	if n, known := r.CRS.Value(); known {
		crs = fmt.Sprint(n)
	}
	return fmt.Sprintf("%d: day %d, possible %s, %s %s; %s; %s; crs %s; %v %s",
		r.Number, r.Day, at(r.PossibleAt), r.Ended, at(r.EndAt), given(r.Steroid), given(r.Tocilizumab), crs, r.Confirmed, r.ICD10)
}

// By hand from clinical.md: the infusion is 50 h before night, two days before by the
// ward's calendar.
func TestEpisodeRows(t *testing.T) {
	for name, c := range map[string]struct {
		course string
		now    float64
		change func(*Chart)
		want   string
	}{
		"none":     {"0 ice 10", 1, nil, ""},
		"it began": {"0 ice 8", 1, nil, "1: day 2, possible 0, open -; -; -; crs -; false "},
		"it may have begun while asleep": {"0 ice 10 | 1 ice unable=asleep consciousness= | 2 ice unable=asleep consciousness= | 3 ice 8", 4, nil,
			"1: day 2, possible 1, open -; -; -; crs -; false "},
		"a conclusive 0 ends the doubt": {"0 ice unable=asleep consciousness= | 1 ice 10 | 2 ice 8", 3, nil, "1: day 2, possible 2, open -; -; -; crs -; false "},
		"24 h at grade 0":               {"0 ice 8 | 1 ice 10 | 25 ice 10", 30, nil, "1: day 2, possible 0, resolved 1; -; -; crs -; false "},
		"left":                          {"0 ice 8", 30, func(c *Chart) { c.Stays[0].DischargedAt, c.Stays[0].Discharge = hours(5), "home" }, "1: day 2, possible 0, discharged 5; -; -; crs -; false "},
		"died":                          {"0 ice 2", 30, func(c *Chart) { c.Stays[0].DischargedAt, c.Stays[0].Discharge = hours(5), DiedICANS }, "1: day 2, possible 0, died 5; -; -; crs -; false "},
		"left after the end":            {"0 ice 8 | 1 ice 10 | 25 ice 10", 40, func(c *Chart) { c.Stays[0].DischargedAt, c.Stays[0].Discharge = hours(26), "home" }, "1: day 2, possible 0, resolved 1; -; -; crs -; false "},
		"a relapse": {"0 ice 8 | 1 ice 10 | 25 ice 10 | 40 ice 2", 41, nil,
			"1: day 2, possible 0, resolved 1; -; -; crs -; false \n2: day 3, possible 40, open -; -; -; crs -; false "},
		"treatment": {"0 ice 8 crs_grade=1 | 2 ice 8 crs_grade=2 | 3 ice 8 crs_grade=0", 6, func(c *Chart) {
			for i, kind := range []string{"dexamethasone", "tocilizumab", "methylprednisolone", "tocilizumab", "steroid_taper"} {
				c.Interventions = append([]Intervention{{ID: int64(i), Kind: kind, DoneAt: hours(float64(i) - 1)}}, c.Interventions...)
			}
		}, "1: day 2, possible 0, open -; methylprednisolone at 1; tocilizumab at 0; crs 2; false "},
		"a withdrawn drug": {"0 ice 8", 6, func(c *Chart) {
			c.Interventions = []Intervention{{Kind: "dexamethasone", DoneAt: hours(1), Withdrawn: true}}
		}, "1: day 2, possible 0, open -; -; -; crs -; false "},
		"confirmed": {"0 ice 5", 6, func(c *Chart) { c.FollowUps[0].Outcome = ConfirmedICANS }, "1: day 2, possible 0, open -; -; -; crs -; true G92.02"},
		"not ICANS": {"0 ice 5", 6, func(c *Chart) { c.FollowUps[0].Outcome = "other_cause" }, "1: day 2, possible 0, open -; -; -; crs -; false "},
		"a follow-up of another episode": {"0 ice 5 | 1 ice 10 | 25 ice 10 | 40 ice 8", 41, func(c *Chart) {
			c.FollowUps[0].Outcome = ConfirmedICANS
			c.FollowUps[0].Joined = c.FollowUps[0].Joined[:1]
		}, "1: day 2, possible 0, resolved 1; -; -; crs -; true G92.02\n2: day 3, possible 40, open -; -; -; crs -; false "},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBed(icans.ICE).course(c.course)
			chart := Chart{History: b.History}
			if c.change != nil {
				c.change(&chart)
			}
			var got []string
			for _, r := range chart.EpisodeRows(&b.site, hours(c.now)) {
				got = append(got, rowWords(&r))
			}
			if a := strings.Join(got, "\n"); a != c.want {
				t.Errorf("got\n%s\nwant\n%s", a, c.want)
			}
		})
	}
}
