package ward

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/icans"
)

// missedWords lists missed checks as hours from night.
func missedWords(list []Missed) []string {
	var words []string
	for _, m := range list {
		until := "-"
		if !m.Until.IsZero() {
			until = fmt.Sprintf("%g", m.Until.Sub(night).Hours())
		}
		w := fmt.Sprintf("%g to %s %s %s", m.Due.Sub(night).Hours(), until, m.End, Elapsed(m.Late))
		if m.KnownLater {
			w += " known later"
		}
		words = append(words, w)
	}
	return words
}

func TestMissedChecks(t *testing.T) {
	for _, c := range []struct {
		name   string
		set    func(*bed)
		course string
		now    float64 // since is 12 h before
		want   []string
	}{
		{"all in time", nil, "-8 ice 10 | 0 ice 10 | 8 ice 10", 9, nil},
		{"half an hour late is in time", nil, "-8 ice 10 | 0.5 ice 10 | 8.9 ice 10", 9, nil},
		{"late", nil, "-8 ice 10 | 1.5 ice 10", 2, []string{"0 to 1.5 done_late 1 h 30 min"}},
		{"never done", nil, "-8 ice 10", 7, []string{"0 to - still_due 7 h"}},
		{"due a while ago", nil, "-8 ice 10", 0.5, nil},
		{"an hourly check has a quarter of an hour", nil, "-7.5 ice 10 | 0 ice 2 | 1.25 ice 2 | 2.75 ice 2", 3, []string{"2.25 to 2.75 done_late 30 min"}},
		{"a check that could not be done was made", nil, "-8 ice 10 | 0 ice bare unable=asleep | 1 ice 10", 2, nil},
		{"and the next is due in an hour", nil, "-8 ice 10 | 0 ice bare unable=asleep", 3, []string{"1 to - still_due 2 h"}},
		{"due before the period, done in it", nil, "-3 ice 10", 1, []string{"-7.5 to -3 done_late 4 h 30 min"}},
		{"over before the period", nil, "-13 ice 10 | -5 ice 10", 2, nil},
		{"no check yet", nil, "", -44, []string{"-47.5 to - still_due 3 h 30 min"}},
		{"stopped before it was due", order(-1, Order{Kind: OrderStop}), "-8 ice 10", 7, nil},
		{"another interval before it was due", order(-1, every(24)), "-8 ice 10", 7, nil},
		{"reported, and a check soon after", report(-2), "-8 ice 10 | -1.6 ice 10", 0, nil},
		{"reported, and late", report(-2), "-8 ice 10 | -1 ice 10", 0, []string{"-2 to -1 done_late 1 h"}},
		{"discharged in time", discharged(-1), "-8 ice 10", 9, nil},
		{"discharged without the check", discharged(2), "-8 ice 10", 9, []string{"0 to 2 discharged 2 h"}},
	} {
		b := newBed(icans.ICE)
		if c.set != nil {
			c.set(b)
		}
		if c.course != "" {
			b.Stays[0].AdmittedAt = hours(-40)
			b.course("-39.5 ice 10 | -31.5 ice 10 | -23.5 ice 10 | -15.5 ice 10 | " + c.course)
		}
		got := missedWords(MissedChecks(&b.site, &b.History, hours(c.now-12), hours(c.now)))
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func discharged(at float64) func(*bed) {
	return func(b *bed) { b.Stays[0].DischargedAt, b.Stays[0].Discharge = hours(at), "home" }
}

func TestMissedAndKnownLater(t *testing.T) {
	b := newBed(icans.ICE)
	b.Stays[0].AdmittedAt = hours(-8)
	b.course("-3 ice 10")
	b.save(-8, 2.5, "ice 9")
	b.course("3 ice 10")
	got := missedWords(MissedChecks(&b.site, &b.History, hours(-12), hours(4)))
	if want := []string{"-4 to -3 done_late 1 h known later", "1 to 3 done_late 2 h"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	b = newBed(icans.ICE)
	b.Stays[0].AdmittedAt = hours(-9)
	if got := missedWords(MissedChecks(&b.site, &b.History, hours(-12), hours(-8.5))); got != nil {
		t.Errorf("no check was due long: %q", got)
	}
}

func TestTrendOf(t *testing.T) {
	check := func(text string) *Check { return newBed(icans.ICE).course("0 " + text).Last() }
	for _, c := range []struct {
		name        string
		before, now *Check
		want        Trend
	}{
		{"nothing before", nil, check("ice 10"), TrendUnknown},
		{"nothing changed", check("ice 10"), check("ice 10"), Unchanged},
		{"a grade up", check("ice 10"), check("ice 9"), Worse},
		{"a grade down", check("ice 2"), check("ice 8"), Better},
		{"a point down in the same grade", check("ice 9"), check("ice 8"), Worse},
		{"a point up in the same grade", check("ice 7"), check("ice 8"), Better},
		{"signs alone", check("ice 10"), check("ice 10 memory=mild"), Unchanged},
		{"incomplete", check("ice 10"), check("ice 10 consciousness="), TrendUnknown},
		{"worse for certain, though incomplete", check("ice 10"), check("ice 10 consciousness=drowsy motor="), Worse},
		{"CAPD up", check("capd 2"), check("capd 4"), Worse},
		{"CAPD down", check("capd 4"), check("capd 2"), Better},
		{"another tool, the same grade", check("ice 10"), check("capd 0"), TrendUnknown},
		{"a stated total", check("ice 9"), check("ice 9 ice_attention= stated_total=8"), Worse},
		{"unarousable twice", check("ice unable=unarousable consciousness=unarousable"), check("ice unable=unarousable consciousness=unarousable"), Unchanged},
	} {
		if got := TrendOf(c.before, c.now); got != c.want {
			t.Errorf("%s: %s, not %s", c.name, Trends[got].Code, Trends[c.want].Code)
		}
	}
}

// chart makes a chart of one version of each check.
func (b *bed) chart(id int64, label string) Chart {
	b.Patient.ID, b.Stays[len(b.Stays)-1].Bed = id, label
	c := Chart{History: b.History, StayVersions: b.Stays}
	for _, check := range slices.Backward(b.Checks) {
		c.Versions = append(c.Versions, check)
	}
	return c
}

func TestHandoverPatientByPatient(t *testing.T) {
	site := DefaultSite()
	grade2 := newBed(icans.ICE).course("-14 ice 10 | -6 ice 10 | -1 ice 5")
	grade2.accept(-0.9)
	waiting := newBed(icans.ICE).course("-13 ice 10 | -5 ice 10 | -1.5 ice 9")
	taken := newBed(icans.ICE).course("-13 ice 10 | -9 ice 10 memory=mild | -2 ice 10")
	taken.accept(-8)
	late := newBed(icans.ICE).course("-19 ice 10 | -11 ice 10")
	home := newBed(icans.ICE).course("-15 ice 10")
	discharged(-12)(home)
	gone := newBed(icans.ICE).course("-30 ice 10")
	discharged(-20)(gone)
	owing := newBed(icans.ICE).course("-30 ice 9")
	discharged(-20)(owing)
	quiet := newBed(icans.ICE).course("-13 ice 10 | -5 ice 10")
	quiet2 := newBed(icans.ICE).course("-13 ice 10 | -5 ice 10")
	fresh := newBed(icans.ICE)
	fresh.Stays[0].AdmittedAt, fresh.Stays[0].Began = hours(-0.2), Sign("Sam", hours(-0.2))
	h := BuildHandover(&site, []Chart{
		home.chart(7, "1"), quiet.chart(4, "10A"), late.chart(6, "11"), gone.chart(8, "1"), taken.chart(3, "7"), fresh.chart(10, "3"),
		owing.chart(9, "1"), waiting.chart(2, "8"), quiet2.chart(5, "2A"), grade2.chart(1, "9"),
	}, hours(-12), hours(0))
	byID := make(map[int64]*HandoverPatient)
	var got []int64
	for i := range h.Patients {
		byID[h.Patients[i].Patient.ID] = &h.Patients[i]
		got = append(got, h.Patients[i].Patient.ID)
	}
	if want := []int64{1, 2, 3, 6, 10, 4, 5, 9, 7}; !slices.Equal(got, want) { // those who left come last
		t.Errorf("the order is %v, not %v", got, want)
	}
	if p := byID[1]; p.Trend != Worse || p.Before.PerformedAt != hours(-14) || p.Worst.ID != "c03" || p.Checks != 2 || len(p.Flags) != 1 || p.Follow[0].Escalated {
		t.Errorf("grade 2: %+v", p)
	}
	if f := byID[2].Follow[0]; !f.Escalated || f.EscalatesAt != hours(-0.5) || f.Last.ID != "c03" || len(f.Open) != 9 {
		t.Errorf("a follow-up that waits: %+v", f)
	}
	if p := byID[3]; p.Follow[0].Lifted || p.Trend != Unchanged || p.Worst.ID != "c02" || !p.Last.Normal() {
		t.Errorf("normal again: %+v", p.Follow[0])
	}
	if p := byID[5]; p.Trend != Unchanged || len(p.Follow)+len(p.Flags)+len(p.Missed)+len(p.Notes)+len(p.Events) != 0 || p.Next.State != Later {
		t.Errorf("nothing changed: %+v", p)
	}
	if p := byID[6]; p.Next.State != Overdue || len(p.Missed) != 1 {
		t.Errorf("overdue: %+v", p)
	}
	if p := byID[10]; !p.Admitted || p.Last != nil || p.Trend != TrendUnknown {
		t.Errorf("just admitted: %+v", p)
	}
	if !byID[7].Discharged || byID[9].Discharged || byID[9].Next.State != NoneDue || byID[9].Alert != AlertNone {
		t.Error("the discharges are wrong")
	}
}

func TestHandoverListsChangesOfTheRecord(t *testing.T) {
	site := DefaultSite()
	b := newBed(icans.ICE)
	b.course("-20 ice 7 | -5 ice 9 | -3 ice 10")
	superseded := *b.find("c01")
	b.correct("c01", -10, "ice 10")
	withdrawn := *b.find("c02")
	b.correct("c02", -4, "")
	gone := b.last.Checks[0]
	b.save(-6, -2, "ice 10")
	chart := b.chart(1, "1")
	superseded.Superseded, withdrawn.Superseded = true, true
	chart.Versions = append(chart.Versions, superseded, withdrawn, gone)
	for i := range chart.Versions {
		if chart.Versions[i].ID == "c03" {
			chart.Versions[i].Because = "c04"
		}
	}
	chart.Interventions = []Intervention{
		{ID: 2, DoneAt: hours(-14), Kind: "eeg", Recorded: Sign("Sam Lee", hours(-1))},
		{ID: 1, DoneAt: hours(-15), Kind: "imaging", Recorded: Sign("Sam Lee", hours(-15))},
	}
	chart.AllReports = []Report{{ToldAt: hours(-7), ToldBy: "caregiver", Words: "cannot find words", Recorded: Sign("Sam Lee", hours(-7))}}
	p := BuildHandover(&site, []Chart{chart}, hours(-12), hours(0)).Patients[0]
	var got []string
	for _, n := range p.Notes {
		was := "-"
		if n.Was != nil {
			was = fmt.Sprintf("%s v%d", n.Was.ID, n.Was.Version)
		}
		got = append(got, fmt.Sprintf("%s %s v%d, was %s", n.Kind, n.Check.ID, n.Check.Version, was))
	}
	slices.Sort(got)
	want := []string{"corrected c01 v2, was c01 v1", "late c04 v1, was -", "reconsidered c03 v1, was c04 v1", "withdrawn c02 v2, was c02 v1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(p.Events) != 2 || p.Events[0].What != "eeg" || p.Events[1].What != "caregiver" {
		t.Errorf("the events are %+v", p.Events)
	}
	if len(p.Follow) != 1 || !p.Follow[0].Lifted || p.Follow[0].Last == nil || p.Follow[0].Last.ID != "c01" {
		t.Errorf("the follow-ups are %+v", p.Follow)
	}
}

// At returns the record of an earlier time.
func TestTheRecordOfAnEarlierTime(t *testing.T) {
	b := newBed(icans.ICE).course("-8 ice 9 | -4 ice 5")
	chart := b.chart(1, "1A")
	first := b.Patient
	first.Recorded = Sign("Sam", hours(-47))
	chart.PatientVersions = []Patient{first}
	chart.FollowUps[0].Acks = []Signature{Sign("Sam", hours(-7)), Sign("Sam", hours(-1))}
	chart.FollowUps[0].Closed, chart.FollowUps[0].Outcome = Sign("Reis", hours(-0.5)), Resolved
	for at, want := range map[float64]string{-9: "", -7.5: "grade1 1 1 open", -6: "grade1 1 1 accepted", -4: "urgent 2 2 open", -1: "urgent 2 2 accepted", 0: "urgent 2 2 closed"} {
		h, known := chart.At(hours(at), &b.site)
		if got := followUps(&h); !known || got != want {
			t.Errorf("at %v h: %q, not %q", at, got, want)
		}
		if n := len(h.Checks); n != len(strings.Fields("c01 c02")) && at >= -4 {
			t.Errorf("at %v h: %d checks", at, n)
		}
	}
	if _, known := chart.At(hours(-48), &b.site); known {
		t.Error("the patient was known before")
	}
	if got := chart.FollowUps[0].Opened.At; !got.Equal(hours(-8)) || got.Location() != time.UTC {
		t.Errorf("opened %v", got)
	}
}
