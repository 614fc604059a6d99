package ward

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"
)

// The cases of cases.md section A, by their numbers: faults that reproduced once, with
// the right value.

const neuroNone = " seizure=none motor=none icp=none"

func TestA1SedationIsNeverNormal(t *testing.T) {
	b := newBed(icans.ICE).course("-1 ice 10 | 0 ice bare unable=sedated consciousness=tactile other_cause=score;consciousness" + neuroNone)
	c := b.Last()
	if c.Result.Low != 0 || c.Result.High != 3 || c.Result.Flag != icans.FlagIncomplete || c.Normal() || c.Unexamined() {
		t.Errorf("%d to %d, %s", c.Result.Low, c.Result.High, flagOf(c))
	}
	if got := plan(b.watch(0).Next); got != "4 h incomplete" {
		t.Error(got)
	}
}

func TestA2AnIntubatedPatientIsNotNormalAgain(t *testing.T) {
	b := newBed(icans.ICE).course("-24 ice 1 | 0 ice bare unable=intubated consciousness=unarousable other_cause=score;consciousness")
	s := b.watch(0)
	if s.FollowUp == nil || s.FollowUp.Level != icans.FlagUrgent || s.Last.Normal() || s.DayWithoutFlag || s.Mark != MarkUrgent || !b.AskResolved() {
		t.Errorf("normal %v, mark %s", s.Last.Normal(), MarkCodes[s.Mark])
	}
}

func TestA3ChecksGoOnAfterDay30(t *testing.T) {
	b := lateBed()
	b.save(ago(2.0/3), ago(2.0/3), "ice 1 consciousness=tactile")
	for h := 1.0; h < 60; h += 6 {
		if s := b.watch(ago(-h)); plan(s.Next) != "1 h grade_3_4" || s.Next.State != Overdue {
			t.Errorf("%v h into day 31: %s", h, plan(s.Next))
		}
	}
	b.save(ago(-1), ago(-1), "ice 10")
	b.close(ago(-1))
	b.save(ago(-47), ago(-47), "ice 10")
	if got := plan(b.watch(ago(-47.1)).Next); got != "8 h none" {
		t.Errorf("a flag in the 48 h before: %s", got)
	}
	b.save(ago(-55), ago(-55), "ice 10")
	if got := plan(b.watch(ago(-55)).Next); got != "ended" {
		t.Errorf("quiet: %s", got)
	}
}

func TestA4FeaturesLeftOut(t *testing.T) {
	b := newBed(icans.ICE).course("0 ice 10 features=")
	if got := flagOf(b.Last()) + ", " + plan(b.watch(0).Next); got != "incomplete missing_features, 1 h unfinished" {
		t.Error(got)
	}
}

func TestA5SevereHallucinations(t *testing.T) {
	if got := flagOf(newBed(icans.ICE).course("0 ice 10 hallucinations=severe").Last()); got != "urgent hallucinations_severe" {
		t.Error(got)
	}
}

func TestA6HandwritingForTheFirstTime(t *testing.T) {
	if got := flagOf(newBed(icans.ICE).course("-8 ice 10 | 0 ice 10 handwriting=moderate").Last()); got != "grade1 handwriting_worse" {
		t.Error(got)
	}
}

func TestA7OneFollowUpForAnEpisode(t *testing.T) {
	b := newBed(icans.ICE)
	for h := range 12 {
		b.save(float64(h), float64(h), "ice 2")
	}
	if got := len(b.FollowUps); got != 1 || b.FollowUps[0].Checks() != 12 || !b.FollowUps[0].RaisedAt.IsZero() {
		t.Errorf("%d follow-ups with %d checks", got, b.FollowUps[0].Checks())
	}
}

func TestA8ComparedWithTheLastConclusiveCheck(t *testing.T) {
	b := newBed(icans.ICE).course("-30 ice 10 | -27 ice bare unable=asleep | 0 ice 9")
	if b.Last().Result.Reasons&icans.WorseThanLast == 0 {
		t.Error(flagOf(b.Last()))
	}
	b = newBed(icans.ICE).course("-8 ice 10 | -4 ice bare unable=asleep | 0 ice 5")
	if got := flagOf(b.Last()); got != "urgent grade_2;grade_up_2;ice_drop_3" {
		t.Error(got)
	}
}

func TestA9AsleepTooOften(t *testing.T) {
	b := newBed(icans.ICE).course("-1 ice 10")
	for n := 1; n <= 17; n++ {
		h := float64(n - 1)
		c := b.save(h, h, "ice bare unable=asleep")
		want := icans.FlagGrade1
		switch {
		case n < 3:
			want = icans.FlagIncomplete
		case n >= 16: // 16 h after the conclusive check
			want = icans.FlagUrgent
		}
		if examined := c.Result.Reasons&icans.NotExamined == 0; c.Result.Flag != want || examined != (n < 3) {
			t.Errorf("the %dth: %s", n, flagOf(c))
		}
	}
}

func TestA9bDoubtSilencesNothing(t *testing.T) {
	c := newBed(icans.ICE).course("-1 ice 10 | 0 ice 10 motor=focal_weakness uncertain_cause=motor").Last()
	if got := flagOf(c); c.Result.Low != 0 || c.Result.High != 4 || got != "urgent grade_4;uncertain_motor" {
		t.Errorf("%d to %d, %s", c.Result.Low, c.Result.High, got)
	}
}

func TestA9cAFindingMakesNoCheckLater(t *testing.T) {
	for _, finding := range []string{"", " confusion=mild", " confusion=severe", " handwriting=mild"} {
		b := newBed(icans.ICE)
		b.site.Intervals.Burst = 0
		b.course("0 ice 10 ice_naming=" + finding)
		if got := plan(b.watch(0).Next); got != "1 h unfinished" {
			t.Errorf("%q: %s", finding, got)
		}
	}
}

func TestA10TheBurstAndTheStepsAfterIt(t *testing.T) {
	b := newBed(icans.ICE).course("0 ice 4")
	var got []string
	for h := 2.0; h <= 34; {
		b.save(h, h, "ice 10")
		p := b.watch(h).Next
		got = append(got, fmt.Sprintf("%g %s", h, plan(p)))
		h += p.Interval.Hours()
	}
	want := []string{"2 1 h burst", "3 1 h burst", "4 2 h step_down_6h", "6 2 h step_down_6h", "8 4 h step_down_24h", "12 4 h step_down_24h", "16 4 h step_down_24h", "20 4 h step_down_24h", "24 4 h step_down_24h", "28 8 h none"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestA11AtTheOwnBaseline(t *testing.T) {
	b := newBed(icans.ICE)
	baseline(8)(b)
	for h := range 5 {
		c := b.save(float64(8*h), float64(8*h), "ice 8")
		if flagOf(c) != "none at_baseline" || c.Result.Low != 1 || c.Normal() || b.watch(float64(8*h)).Mark != MarkBaseline {
			t.Errorf("%d: %s, grade %d", h, flagOf(c), c.Result.Low)
		}
	}
	if len(b.FollowUps) != 0 {
		t.Error("a follow-up")
	}
}

func TestA12AChildAtTheOwnBaseline(t *testing.T) {
	b := newBed(icans.CAPD)
	baseline(6)(b)
	if got := flagOf(b.course("-8 capd 6 | 0 capd 6").Last()); got != "none at_baseline" {
		t.Error(got)
	}
}

func TestA13CAPDRisesWithinAGrade(t *testing.T) {
	b := newBed(icans.CAPD).course("-20 capd 1 | -10 capd 3 | 0 capd 7")
	if got := flagOf(b.Last()); got != "urgent grade_1;capd_rise_5" || b.Open().Level != icans.FlagUrgent {
		t.Error(got)
	}
}

func TestA14LostAbility(t *testing.T) {
	b := newBed(icans.ICE).course("-8 ice 10")
	c := b.check(0, 0, "ice bare unable=language consciousness=alert"+neuroNone)
	if got := c.Warnings(&b.History, time.UTC, hours(0)); len(got) != 1 || !strings.Contains(got[0], "could answer before") {
		t.Errorf("asked: %v", got)
	}
	if b.act(Act{At: hours(0), Checks: []Check{c}}); flagOf(b.Last()) != "urgent lost_ability" {
		t.Error(flagOf(b.Last()))
	}
}

// A16: a course of 2024 that is imported today opens nothing for a patient who left.
func TestA16ACourseOfLongAgo(t *testing.T) {
	for name, recorded := range map[string]bool{"without recorded_at": false, "with it": true} {
		b := newBed(icans.ICE)
		now := hours(24 * 600)
		b.Stays[0].DischargedAt, b.Stays[0].Discharge = hours(100), "home"
		b.Stays[0].Began = Sign("login root", now)
		var rows []Check
		for i := range 9 {
			at := float64(8 * i)
			c := b.check(at, at, "ice 5")
			if !recorded {
				c.Recorded.At = now
			}
			rows = append(rows, c)
		}
		rows = append(rows, b.check(96, 96, "ice 10"))
		if !recorded {
			rows[9].Recorded.At = now
		}
		out := b.act(Act{At: now, By: "login root", Checks: rows, Import: true})
		if len(b.FollowUps) != 0 || len(out.Events) != 0 || out.OldFlags != 9 || b.Open() != nil {
			t.Errorf("%s: %d follow-ups, %d old flags", name, len(b.FollowUps), out.OldFlags)
		}
	}
}

// A17: the grade comes with its driver, so that a screen can draw another shape.
func TestA17TheDriverOfTheGrade(t *testing.T) {
	c := newBed(icans.ICE).course("-8 ice 10 | 0 ice 10 seizure=brief").Last()
	if c.Result.Low != 3 || c.Result.Drivers != icans.DomainSeizure || c.Normal() {
		t.Errorf("grade %d by %v", c.Result.Low, c.Result.Drivers.Codes())
	}
}

func TestA18RaisedAgain(t *testing.T) {
	b := newBed(icans.ICE).course("0 ice 1")
	b.accept(0.1)
	b.course("4 ice 10 | 8 ice 10 | 12 ice 10")
	if !b.Open().Acked.Done() {
		t.Fatal("a better check needs accepting")
	}
	b.course("13 ice 1")
	if f := b.Open(); f.Acked.Done() || !f.RaisedAt.Equal(hours(13)) || len(b.FollowUps) != 1 || !b.watch(13.26).Escalated {
		t.Errorf("%s", followUps(&b.History))
	}
}

func TestA19ABaselineOfNothingIsNotQuiet(t *testing.T) {
	b := newBed(icans.ICE)
	baseline(0)(b)
	if p := b.Patient; len(BaselineWarnings(&p, nil)) != 1 {
		t.Error("a baseline of 0 is not asked about")
	}
	var quiet []string
	for i, total := range []int{8, 7, 6, 5, 4, 3, 2} {
		h := float64(i) * 110 / 6
		c := b.save(h, h, fmt.Sprintf("ice %d", total))
		if !c.Result.Flag.Flagged() {
			quiet = append(quiet, fmt.Sprint(total))
		}
	}
	if strings.Join(quiet, " ") != "8 7" { // from the second lost point on it is never quiet
		t.Errorf("quiet at %v", quiet)
	}
}

func TestA20AttributedAtEveryCheck(t *testing.T) {
	b := newBed(icans.ICE)
	var got []string
	for i, total := range []int{9, 8, 6, 4, 2} {
		c := b.save(float64(8*i), float64(8*i), fmt.Sprintf("ice %d other_cause=score", total))
		got = append(got, flagOf(c))
	}
	want := []string{"incomplete attributed_score", "incomplete attributed_score", "grade1 attributed_worse;attributed_score", "grade1 attributed_worse;attributed_score", "urgent attributed_worse;attributed_score"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestA21ACauseNeedsAFinding(t *testing.T) {
	b := newBed(icans.ICE).course("-1 ice 10")
	for h := range 17 {
		c := b.save(float64(h), float64(h), "ice bare unable=asleep other_cause=consciousness")
		want := icans.FlagIncomplete
		switch {
		case h >= 15:
			want = icans.FlagUrgent
		case h >= 11:
			want = icans.FlagGrade1
		}
		if c.Result.Flag != want || c.Result.High != 4 || plan(b.watch(float64(h)).Next) != "1 h unable" && want == icans.FlagIncomplete {
			t.Errorf("%d h: %s, to grade %d", h, flagOf(c), c.Result.High)
		}
	}
}

// A22: the sheets of a downtime give one answer in whatever order they are typed.
func TestA22DowntimeInAnyOrder(t *testing.T) {
	for _, times := range [][2]float64{{-4, -30}, {-26, 0}} { // the status, and the ICE of 10
		for order := range 2 {
			b := newBed(icans.ICE)
			sheet := []Check{b.check(times[0], 0.1, "ice 10 seizure=repetitive"), b.check(times[1], 0.2, "ice 10")}
			if order == 1 {
				slices.Reverse(sheet)
			}
			for i := range sheet {
				sheet[i].Recorded.At = hours(0.1 + float64(i)/10)
				b.act(Act{At: sheet[i].Recorded.At, Checks: sheet[i : i+1]})
			}
			if f := b.Open(); f == nil || f.Level != icans.FlagUrgent || f.Peak != 4 || len(b.FollowUps) != 1 {
				t.Errorf("status at %v h, order %d: %s", times[0], order, followUps(&b.History))
			}
		}
	}
}

func TestA23NobodyCameSinceDay29(t *testing.T) {
	b := lateBed()
	b.save(ago(25), ago(25), "ice 10")
	s := b.watch(ago(-0.1))
	if plan(s.Next) != "8 h none" || s.Next.State != Overdue || s.NotExamined != icans.FlagUrgent || alert(s) != "urgent: not_examined overdue" {
		t.Errorf("%s, %s", plan(s.Next), alert(s))
	}
}
