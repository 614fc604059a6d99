package plot

import (
	"slices"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// exam returns a valid check of findings given as "column=code", parted by blanks.
func exam(t *testing.T, id string, ago time.Duration, findings string) ward.Check {
	t.Helper()
	c := ward.Check{ID: id, Version: 1, PatientID: 1, Status: ward.Recorded, PerformedAt: now.Add(-ago), Recorded: ward.Sign("Sam Lee", now.Add(-ago))}
	for part := range strings.FieldsSeq(findings) {
		column, code, _ := strings.Cut(part, "=")
		if err := icans.FieldOf(column).Set(&c.Findings, code); err != nil {
			t.Fatal(err)
		}
	}
	c.Grade(0)
	return c
}

const (
	domains = " consciousness=alert seizure=none motor=none icp=none confusion=none agitation=none inattention=none memory=none speech=none"
	ten     = "tool=ice ice_year=1 ice_month=1 ice_city=1 ice_hospital=1 ice_naming=3 ice_command=1 ice_writing=1 ice_attention=1" + domains
	five    = "tool=ice ice_year=1 ice_month=1 ice_city=1 ice_hospital=1 ice_naming=0 ice_command=1 ice_writing=0 ice_attention=0" + domains
	partial = "tool=ice ice_year=1 ice_month=1 ice_city=1 ice_hospital=1 ice_naming=3 ice_command=1 ice_writing=1" + domains
)

func TestReadings(t *testing.T) {
	for name, c := range map[string]struct {
		findings  string
		scored    bool
		low, high int
		shape     Shape
		grade     rune
		from      string
	}{
		"normal":                     {ten, true, 10, 10, ByScore, '0', ""},
		"the score":                  {five, true, 5, 5, ByScore, '2', "s"},
		"another domain":             {five + " seizure=brief", true, 5, 5, ByOther, '3', "z"},
		"both":                       {five + " consciousness=voice", true, 5, 5, ByScore, '2', "sc"},
		"unfinished":                 {partial, true, 9, 10, Unsure, '?', ""},
		"a domain left out":          {five + " seizure=", true, 5, 5, Unsure, '?', "s"},
		"another cause":              {five + " other_cause=score", true, 5, 5, Unsure, '0', ""},
		"another cause and a domain": {five + " other_cause=score consciousness=drowsy", true, 5, 5, ByOther, '1', "c"},
		"uncertain":                  {five + " uncertain_cause=score", true, 5, 5, Unsure, '?', ""},
		"asleep":                     {"tool=ice unable=asleep" + domains, false, 0, 10, Unsure, '?', ""},
		"unarousable":                {"tool=ice unable=unarousable consciousness=unarousable", false, 0, 10, ByOther, '4', "c"},
		"a total":                    {"tool=ice stated_total=6" + domains, true, 6, 6, ByScore, '2', "s"},
		"the other tool":             {"tool=capd capd_1=0 capd_2=0 capd_3=0 capd_4=0 capd_5=0 capd_6=0 capd_7=0 capd_8=0" + domains, false, 0, 0, ByScore, '0', ""},
	} {
		t.Run(name, func(t *testing.T) {
			check := exam(t, "c", h, c.findings)
			r := readingOf(&check, icans.ICE)
			if r.NotDone {
				c.grade = map[rune]rune{'?': '×', '4': '4'}[c.grade]
			}
			if r.Scored != c.scored || r.Low != c.low || r.High != c.high || r.Shape != c.shape || r.grade() != c.grade || Letters(r.Drivers) != c.from {
				t.Errorf("%+v, grade %q", r, r.grade())
			}
		})
	}
}

func TestSpark(t *testing.T) {
	asleep := "tool=ice unable=asleep" + domains
	for _, c := range []struct {
		checks []ward.Check
		want   string
	}{
		{nil, "      "},
		{[]ward.Check{exam(t, "a", 47*h, ten), exam(t, "b", 30*h, five), exam(t, "c", 3*h, five+" seizure=brief")}, "0 2  3"},
		{[]ward.Check{exam(t, "a", 30*h, partial), exam(t, "b", 20*h, asleep), exam(t, "c", 3*h, "tool=ice unable=unarousable consciousness=unarousable")}, "  ?× 4"},
		// The worst of a cell, and unknown never looks like normal.
		{[]ward.Check{exam(t, "a", 4*h, ten), exam(t, "b", 3*h, five), exam(t, "c", 2*h, asleep)}, "     2"},
		{[]ward.Check{exam(t, "a", 4*h, ten), exam(t, "b", 2*h, asleep)}, "     ×"},
		{[]ward.Check{exam(t, "a", 4*h, partial), exam(t, "b", 2*h, ten)}, "     ?"},
		{[]ward.Check{exam(t, "a", 4*h, five+" uncertain_cause=score"), exam(t, "b", 2*h, partial)}, "     ?"},
		{[]ward.Check{exam(t, "a", 49*h, five), exam(t, "b", -h, five)}, "      "},
		{[]ward.Check{exam(t, "a", 3*h, "tool=capd capd_1=4 capd_2=4 capd_3=4 capd_4=0 capd_5=0 capd_6=0 capd_7=0 capd_8=0"+domains)}, "     3"},
	} {
		for range 2 {
			if got := Spark(c.checks, now, 48*h, 6); got != c.want {
				t.Errorf("%q, not %q", got, c.want)
			}
			slices.Reverse(c.checks) // in any order
		}
	}
	if got := Spark(nil, now, 48*h, -1); got != "" {
		t.Errorf("%q has no width", got)
	}
}

func record(t *testing.T, checks ...ward.Check) ward.Chart {
	c := ward.Chart{History: ward.History{
		Patient: ward.Patient{ID: 1, Tool: icans.ICE}, Stays: []ward.Stay{{ID: 1, PatientID: 1, AdmittedAt: now.Add(-100 * h)}}, Checks: checks,
	}}
	site := ward.DefaultSite()
	c.Sort()
	c.Evaluate(&site)
	return c
}

func TestWindowEndsAtALastCheckOfOverADay(t *testing.T) {
	site := ward.DefaultSite()
	for ago, want := range map[time.Duration]time.Duration{h: 0, 24 * h: 0, 25 * h: 25 * h, -h: -h} {
		c := record(t, exam(t, "a", ago, ten))
		trend := TrendOf(&c, &site, now)
		if got := now.Sub(trend.To); got != want || !trend.From.Equal(now.Add(-100*h)) {
			t.Errorf("last check %v ago: from %v, to %v ago", ago, now.Sub(trend.From), got)
		}
		axis := Layout(trend, 60).Rows
		if got := axis[len(axis)-1].Band == "now"; got != (want == 0) {
			t.Errorf("last check %v ago: now is %v", ago, got)
		}
	}
	c := record(t)
	if trend := TrendOf(&c, &site, now); !trend.To.Equal(now) {
		t.Error("without a check it does not end now")
	}
}

// A level is held until the next check was due, by the rules of the schedule, also in
// a stay that has ended.
func TestLevelsAreHeldUntilDue(t *testing.T) {
	site := ward.DefaultSite()
	c := record(t, exam(t, "a", 90*h, ten), exam(t, "b", 60*h, five), exam(t, "c", 50*h, ten), exam(t, "d", 10*h, partial))
	c.Stays[0].DischargedAt = now.Add(-40 * h)
	c.Stays = append(c.Stays, ward.Stay{ID: 2, PatientID: 1, AdmittedAt: now.Add(-12 * h)})
	c.Evaluate(&site)
	var due []time.Duration
	for _, r := range TrendOf(&c, &site, now).Readings {
		due = append(due, r.Due.Sub(r.At))
	}
	if want := []time.Duration{8 * h, 2 * h, 4 * h, h}; !slices.Equal(due, want) {
		t.Errorf("due after %v, not %v", due, want)
	}
}

func TestEveryInterventionHasItsLetter(t *testing.T) {
	seen := map[rune]string{ReportMark: "report"}
	for _, k := range ward.Interventions {
		mark, ok := EventMarks[k.Code]
		if !ok || seen[mark] != "" {
			t.Errorf("%s has the mark %q, as %q", k.Code, mark, seen[mark])
		}
		seen[mark] = k.Code
	}
	if len(seen) != len(ward.Interventions)+1 {
		t.Error("a mark of no intervention")
	}
}
