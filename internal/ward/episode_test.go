package ward

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"

	"pgregory.net/rapid"
)

// episodeWords returns an episode in one line, with times in hours from night.
func episodeWords(e Episode) string {
	at := func(t time.Time) string {
		if t.IsZero() {
			return "-"
		}
		return fmt.Sprint(t.Sub(night).Hours())
	}
	words := []string{"from " + at(e.Onset), fmt.Sprintf("peak %d", e.Peak)}
	if e.PeakHigh != e.Peak {
		words[1] += fmt.Sprintf(" to %d", e.PeakHigh)
	}
	words[1] += " " + string(e.Drivers.AppendCodes(nil)) + " at " + at(e.PeakAt)
	words = append(words, "end "+at(e.End))
	if e.EarliestEnd != e.End {
		words[2] += " or " + at(e.EarliestEnd)
	}
	for grade, b := range e.Hours {
		switch {
		case b.Most == 0:
		case b.Least == b.Most:
			words = append(words, fmt.Sprintf("%d: %g", grade, b.Least.Hours()))
		default:
			words = append(words, fmt.Sprintf("%d: %g-%g", grade, b.Least.Hours(), b.Most.Hours()))
		}
	}
	return strings.Join(append(words, fmt.Sprintf("unsure %g, unknown %g", e.Unsure.Hours(), e.Unknown.Hours())), "; ")
}

// A flagged check is followed by a burst of an hour's checks here, so that a grade is
// known for an hour after it.
func TestEpisodes(t *testing.T) {
	for name, c := range map[string]struct {
		course string
		now    float64
		want   []string
	}{
		"none":      {"0 ice 10", 1, nil},
		"a feature": {"0 ice 10 confusion=mild", 1, nil}, // a flag without a grade
		"one check": {"0 ice 8", 0.5, []string{"from 0; peak 1 score at 0; end -; 1: 0.5; unsure 0, unknown 0"}},
		"overdue":   {"0 ice 8", 3, []string{"from 0; peak 1 score at 0; end -; 1: 1; unsure 0, unknown 2"}},
		"a peak has the drivers of all its checks": {"0 ice 8 | 1 ice 5 | 2 ice 10 consciousness=voice", 2.5,
			[]string{"from 0; peak 2 score;consciousness at 1; end -; 1: 1; 2: 1.5; unsure 0, unknown 0"}},
		"a lower grade adds no driver": {"0 ice 5 | 1 ice 8 consciousness=drowsy", 1.5,
			[]string{"from 0; peak 2 score at 0; end -; 1: 0.5; 2: 1; unsure 0, unknown 0"}},
		"two drivers": {"0 ice 5 consciousness=voice", 1, []string{"from 0; peak 2 score;consciousness at 0; end -; 2: 1; unsure 0, unknown 0"}},
		"asleep is any grade": {"0 ice 8 | 1 ice unable=asleep consciousness= | 2 ice 8", 3,
			[]string{"from 0; peak 1 to 4 score at 0; end -; 0: 0-1; 1: 2-3; 2: 0-1; 3: 0-1; 4: 0-1; unsure 1, unknown 0"}},
		"asleep before the onset is no onset": {"0 ice unable=asleep consciousness= | 1 ice 8", 2,
			[]string{"from 1; peak 1 score at 1; end -; 1: 1; unsure 0, unknown 0"}},
		"an attributed score is no grade": {"0 ice 5 other_cause=score", 1, nil},
		"24 h at grade 0": {"0 ice 8 | 1 ice 10 | 9 ice 10 | 25 ice 10", 30,
			[]string{"from 0; peak 1 score at 0; end 1; 1: 1; unsure 0, unknown 0"}},
		"less than 24 h": {"0 ice 8 | 1 ice 10 | 5 ice 10 | 24.9 ice 10", 24.9,
			[]string{"from 0; peak 1 score at 0; end -; 0: 5; 1: 1; unsure 0, unknown 18.9"}},
		"an interval breaks the 24 h, perhaps": {"0 ice 8 | 1 ice 10 | 9 ice unable=asleep | 25 ice 10 | 33 ice 10", 33,
			[]string{"from 0; peak 1 to 3 score at 0; end - or 1; 0: 9-10; 1: 1-2; 2: 0-1; 3: 0-1; unsure 1, unknown 22"}},
		"a later grade ends the doubt": {"0 ice 8 | 1 ice 10 | 9 ice unable=asleep | 25 ice 10 | 33 ice 8", 33,
			[]string{"from 0; peak 1 to 3 score at 0; end -; 0: 9-10; 1: 1-2; 2: 0-1; 3: 0-1; unsure 1, unknown 22"}},
		"a relapse is another one": {"0 ice 8 | 1 ice 10 | 25 ice 10 | 40 ice 2", 41, []string{
			"from 0; peak 1 score at 0; end 1; 1: 1; unsure 0, unknown 0", "from 40; peak 3 score at 40; end -; 3: 1; unsure 0, unknown 0"}},
		"later checks are not known yet": {"0 ice 8 | 1 ice 2", 0.5, []string{"from 0; peak 1 score at 0; end -; 1: 0.5; unsure 0, unknown 0"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBed(icans.ICE).course(c.course)
			var got []string
			for _, e := range b.Episodes(&b.site, hours(c.now)) {
				got = append(got, episodeWords(e))
			}
			if a, w := strings.Join(got, "\n"), strings.Join(c.want, "\n"); a != w {
				t.Errorf("got\n%s\nwant\n%s", a, w)
			}
		})
	}
}

// A check at the patient's own baseline counts as grade 0: it begins no episode, and ends
// one.
func TestEpisodeAtTheOwnBaseline(t *testing.T) {
	b := newBed(icans.ICE)
	b.Patient.Baseline = icans.Scored(8)
	b.course("0 ice 8 | 8 ice 8")
	if list := b.Episodes(&b.site, hours(9)); len(list) != 0 {
		t.Errorf("%+v", list)
	}
	b.course("10 ice 6 | 90 ice 8 | 98 ice 8 | 114 ice 8")
	list := b.Episodes(&b.site, hours(120))
	if len(list) != 1 || !list[0].Onset.Equal(hours(10)) || !list[0].End.Equal(hours(90)) || list[0].Peak != 2 {
		t.Errorf("%+v\n%+v", list, b.Checks)
	}
}

// After a discharge nothing is known, and nothing is counted.
func TestEpisodeAfterTheDischarge(t *testing.T) {
	b := newBed(icans.ICE).course("0 ice 8")
	b.Stays[0].DischargedAt = hours(2)
	list := b.Episodes(&b.site, hours(500))
	if len(list) != 1 || episodeWords(list[0]) != "from 0; peak 1 score at 0; end -; 1: 1; unsure 0, unknown 1" {
		t.Errorf("%+v", list)
	}
}

// A grade is not known to last at home: after a readmission the hours are those known before it.
func TestEpisodeAfterTheReadmission(t *testing.T) {
	for _, c := range []struct {
		left, back float64
		want       string
	}{
		{0.25, 10, "from 0; peak 1 score at 0; end -; 1: 0.75; unsure 0, unknown 9.75"},
		{0.25, 0.25, "from 0; peak 1 score at 0; end -; 1: 1.5; unsure 0, unknown 9"}, // to another visit
		{2, 10, "from 0; peak 1 score at 0; end -; 1: 1.5; unsure 0, unknown 9"},
	} {
		b := newBed(icans.ICE).course("0 ice 8")
		b.Stays[0].DischargedAt = hours(c.left)
		b.Stays = append(b.Stays, Stay{ID: 2, AdmittedAt: hours(c.back)})
		b.course("10 ice 8")
		if list := b.Episodes(&b.site, hours(10.5)); len(list) != 1 || episodeWords(list[0]) != c.want {
			t.Errorf("left at %g, back at %g: %+v", c.left, c.back, list)
		}
	}
}

// A withdrawn check leaves the episode, because the history has valid checks alone.
func TestEpisodeWithoutAWithdrawnCheck(t *testing.T) {
	b := newBed(icans.ICE).course("0 ice 2 | 1 ice 8")
	b.correct("c01", 1.5, "")
	if list := b.Episodes(&b.site, hours(2)); len(list) != 1 || list[0].Peak != 1 || !list[0].Onset.Equal(hours(1)) {
		t.Errorf("%+v", list)
	}
}

// On random courses: the parts add up to the time from the onset to the end, the bounds
// hold, each hour is at the grade that a naive search finds, and checks after the time of
// the question change nothing.
func TestEpisodeProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := newMaker(rapid.Uint64().Draw(t, "seed")).course(rapid.IntRange(3, 25).Draw(t, "checks"))
		h := c.history()
		for _, act := range c.acts {
			c.known(h, act.At)
			Record(h, &c.site, act)
		}
		if len(h.Checks) == 0 {
			return
		}
		now := h.Checks[0].PerformedAt.Add(time.Duration(rapid.IntRange(0, 200*60).Draw(t, "now")) * time.Minute)
		list := h.Episodes(&c.site, now)
		for i, e := range list {
			if i > 0 && !list[i-1].End.Before(e.Onset) {
				t.Fatalf("episode %d begins before the end of the last one", i)
			}
			if i < len(list)-1 && e.End.IsZero() {
				t.Fatalf("episode %d goes on, and there is a later one", i)
			}
			checkSums(t, e)
			checkSpan(t, h, e, now)
		}
		early := *h
		for len(early.Checks) > 0 && early.Last().PerformedAt.After(now) {
			early.Checks = early.Checks[:len(early.Checks)-1]
		}
		if a, b := fmt.Sprint(list), fmt.Sprint(early.Episodes(&c.site, now)); a != b {
			t.Fatalf("later checks change an episode:\n%s\n%s", a, b)
		}
	})
}

func checkSums(t *rapid.T, e Episode) {
	sum := e.Unsure + e.Unknown
	for grade, b := range e.Hours {
		sum += b.Least
		if b.Least > b.Most || b.Most > b.Least+e.Unsure || grade > e.PeakHigh && b.Most > 0 {
			t.Fatalf("grade %d: %+v", grade, e)
		}
	}
	if sum != e.Until.Sub(e.Onset) {
		t.Fatalf("the parts are %v of %v: %+v", sum, e.Until.Sub(e.Onset), e)
	}
}

// checkSpan looks at each check between the onset and the end by itself. Of several checks
// at the moment of the end, the last ones are those after it.
func checkSpan(t *rapid.T, h *History, e Episode, now time.Time) {
	var span []gradeSpan
	peak, high := 0, 0
	begun, ended := false, false
	for i := range h.Checks {
		c := &h.Checks[i]
		at, g := c.PerformedAt, gradeSpan{c.Result.Low, c.Result.High}
		if c.AtBaseline() {
			g = gradeSpan{}
		}
		begun = begun || at.Equal(e.Onset) && g.least >= 1
		if !begun || at.After(now) || !e.End.IsZero() && !at.Before(e.End.Add(24*time.Hour)) {
			continue
		}
		if at.Equal(e.End) && g.most == 0 && !ended {
			ended, span = true, nil
		}
		if ended {
			span = append(span, g)
		} else {
			peak, high = max(peak, g.least), max(high, g.most)
		}
		if ended && at.Equal(e.End) && g.most > 0 { // the end was a later one of this moment
			for _, g := range span {
				peak, high = max(peak, g.least), max(high, g.most)
			}
			ended = false
		}
	}
	quiet := !slices.ContainsFunc(span, func(g gradeSpan) bool { return ended && g.most > 0 })
	if !begun || ended == e.End.IsZero() || peak != e.Peak || high != e.PeakHigh || !quiet {
		t.Fatalf("peak %d to %d, at grade 0 %v, begun %v: %+v", peak, high, quiet, begun, e)
	}
	if !e.End.IsZero() && (e.EarliestEnd.IsZero() || e.EarliestEnd.After(e.End) || e.End.Add(24*time.Hour).After(now)) {
		t.Fatalf("the end: %+v", e)
	}
}
