package ward

import (
	"testing"
	"time"

	"neurocheck/internal/icans"
)

// lookBackCase is a course, and the flag and reasons of its last check.
type lookBackCase struct {
	name   string
	set    func(*bed) // may be nil
	course string
	want   string
}

func runLookBack(t *testing.T, tool icans.Tool, cases []lookBackCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := newBed(tool)
			if c.set != nil {
				c.set(b)
			}
			b.course(c.course)
			if got := flagOf(b.Last()); got != c.want {
				t.Errorf("%s, not %s", got, c.want)
			}
		})
	}
}

func baseline(n int) func(*bed) { return func(b *bed) { b.Patient.Baseline = icans.Scored(n) } }

func TestWorseThanTheLastConclusiveCheck(t *testing.T) {
	runLookBack(t, icans.ICE, []lookBackCase{
		{"first", nil, "0 ice 9", "grade1 grade_1"},
		{"a grade up", nil, "-30 ice 10 | 0 ice 9", "grade1 grade_1;worse_than_last"},
		{"two up", nil, "-30 ice 10 | 0 ice 6", "urgent grade_2;grade_up_2"},
		{"three up", nil, "-30 ice 7 | 0 ice 10 motor=focal_weakness", "urgent grade_4;grade_up_2"},
		{"the same", nil, "-30 ice 9 | 0 ice 8", "grade1 grade_1"},
		{"better", nil, "-30 ice 6 | 0 ice 8", "grade1 grade_1"},
		{"an inconclusive one between", nil, "-30 ice 10 | -26 ice bare unable=asleep | 0 ice 9", "grade1 grade_1;worse_than_last"},
		{"one with unable counts", nil, "-30 ice 10 | -26 ice bare unable=unarousable consciousness=unarousable | 0 ice 8", "grade1 grade_1"},
		{"another tool does not", nil, "-30 ice 10 | -26 capd 9 | 0 ice 9", "grade1 grade_1;worse_than_last"},
		{"the other tool alone", nil, "-30 capd 0 | 0 ice 9", "grade1 grade_1"},
		{"an interval compares with its least grade", nil, "-8 ice 10 | 0 ice 10 consciousness=voice motor=", "urgent grade_2;grade_up_2"},
		{"uncertain counts 0", nil, "-30 ice 10 | 0 ice 9 uncertain_cause=score", "grade1 grade_1;uncertain_score"},
		{"at one time the one recorded later is later", nil, "0 ice 10 | 0 ice 9", "grade1 grade_1;worse_than_last"},
		{"the table grade counts, also at the own baseline", baseline(8), "-80 ice 8 | 0 ice 6", "urgent grade_2;worse_than_last;below_baseline"},
	})
}

func TestDropsOfTheTotal(t *testing.T) {
	const same = " motor=focal_weakness" // so that the grade does not change
	runLookBack(t, icans.ICE, []lookBackCase{
		{"one point", nil, "-8 ice 10" + same + " | 0 ice 9" + same, "urgent grade_4"},
		{"two", nil, "-8 ice 10" + same + " | 0 ice 8" + same, "urgent grade_4;ice_drop_2"},
		{"three", nil, "-8 ice 10" + same + " | 0 ice 7" + same, "urgent grade_4;ice_drop_3"},
		{"two, exactly 24 h ago", nil, "-24 ice 9 | 0 ice 7", "grade1 grade_1;ice_drop_2"},
		{"two, longer ago", nil, "-24.01 ice 9 | 0 ice 7", "grade1 grade_1"},
		{"of the best", nil, "-20 ice 9 | -10 ice 8 | 0 ice 7", "grade1 grade_1;ice_drop_2"},
		{"three within a grade", nil, "-8 ice 6 | 0 ice 3", "urgent grade_2;ice_drop_3"},
		{"a stated total counts", nil, "-8 ice bare stated_total=9 | 0 ice 7", "grade1 grade_1;ice_drop_2"},
		{"a total that is stated now", nil, "-8 ice 9 | 0 ice bare stated_total=7 consciousness=alert seizure=none motor=none icp=none", "grade1 grade_1;ice_drop_2"},
		{"missing items are no total", nil, "-8 ice 9 | 0 ice 7 ice_year=", "grade1 grade_1"},
		{"an attributed score does not compare", nil, "-8 ice 10 | 0 ice 2 other_cause=score", "incomplete attributed_score"},
		{"but is compared with", nil, "-8 ice 9 other_cause=score | 0 ice 7", "grade1 grade_1;worse_than_last;ice_drop_2"},
		{"an uncertain score compares", nil, "-8 ice 9 | 0 ice 7 uncertain_cause=score", "grade1 grade_1;ice_drop_2;uncertain_score"},
		{"another tool", nil, "-8 capd 10 | 0 ice 7", "grade1 grade_1"},
	})
	runLookBack(t, icans.CAPD, []lookBackCase{
		{"CAPD four up", nil, "-8 capd 1 | 0 capd 5", "grade1 grade_1"},
		{"five up", nil, "-8 capd 1 | 0 capd 6", "urgent grade_1;capd_rise_5"},
		{"of the lowest, exactly 24 h ago", nil, "-24 capd 1 | -9 capd 3 | 0 capd 6", "urgent grade_1;capd_rise_5"},
		{"longer ago", nil, "-25 capd 1 | -9 capd 3 | 0 capd 6", "grade1 grade_1"},
		{"above the baseline", baseline(1), "0 capd 6", "urgent grade_1;capd_rise_5"},
		{"four above it", baseline(1), "0 capd 5", "grade1 grade_1"},
		{"attributed", baseline(1), "0 capd 6 other_cause=score", "incomplete attributed_score"},
	})
}

func TestBaselines(t *testing.T) {
	infused := func(at float64) func(*bed) { return func(b *bed) { b.Patient.InfusedAt = hours(at) } }
	noInfusion := func(b *bed) { b.Patient.InfusedAt = time.Time{} }
	runLookBack(t, icans.ICE, []lookBackCase{
		{"below the recorded one", baseline(10), "0 ice 9", "grade1 grade_1;below_baseline"},
		{"at it", baseline(9), "0 ice 9", "none at_baseline"},
		{"it counts for the patient's tool only", func(b *bed) { baseline(10)(b); b.Patient.Tool = icans.CAPD }, "0 ice 9", "grade1 grade_1"},
		{"attributed", baseline(10), "0 ice 9 other_cause=score", "incomplete attributed_score"},
		{"inferred: the best before the infusion", infused(-24), "-47 ice 8 | -40 ice 9 | -30 ice 8 | 70 ice 8", "grade1 grade_1;below_baseline"},
		{"the recorded one goes before it", func(b *bed) { infused(-24)(b); baseline(8)(b) }, "-47 ice 8 | -40 ice 9 | 70 ice 8", "none at_baseline"},
		{"at the infusion it is too late", infused(-24), "-24 ice 9 | 70 ice 8", "grade1 grade_1"},
		{"before it", infused(-24), "-24.1 ice 9 | 70 ice 8", "grade1 grade_1;below_baseline"},
		{"after it", nil, "-40 ice 9 | 70 ice 8", "grade1 grade_1"},
		{"without an infusion there is none", noInfusion, "-40 ice 9 | 70 ice 8", "grade1 grade_1"},
		{"a feature excludes", infused(-24), "-40 ice 9 memory=mild | 70 ice 8", "grade1 grade_1"},
		{"but not one that is mild in health", func(b *bed) { infused(-24)(b); b.Patient.Health = 1 << icans.Memory }, "-40 ice 9 memory=mild | 70 ice 8", "grade1 grade_1;below_baseline"},
		{"a feature left out excludes", infused(-24), "-40 ice 9 memory= | 70 ice 8", "grade1 grade_1"},
		{"another domain excludes", infused(-24), "-40 ice 9 consciousness=drowsy | 70 ice 8", "grade1 grade_1"},
		{"an attribution excludes", infused(-24), "-40 ice 9 other_cause=icp | 70 ice 8", "grade1 grade_1"},
		{"a doubt excludes", infused(-24), "-40 ice 9 uncertain_cause=icp | 70 ice 8", "grade1 grade_1"},
		{"an inconclusive one excludes", infused(-24), "-40 ice 9 seizure= | 70 ice 8", "grade1 grade_1"},
		{"a stated total counts", infused(-24), "-40 ice 9 ice_year= stated_total=9 | 70 ice 8", "grade1 grade_1;below_baseline"},
	})
	runLookBack(t, icans.CAPD, []lookBackCase{
		{"CAPD: the lowest", infused(-24), "-40 capd 3 | -30 capd 1 | 70 capd 6", "urgent grade_1;capd_rise_5"},
	})
}

func TestSignsThatGotWorse(t *testing.T) {
	var cases []lookBackCase
	for _, sign := range []string{"handwriting", "movement", "cranial_nerve", "personality"} {
		worse := "grade1 " + sign + "_worse"
		cases = append(cases,
			lookBackCase{sign + " for the first time", nil, "0 ice 10 " + sign + "=mild", worse},
			lookBackCase{sign + " not assessed before", nil, "-90 ice 10 " + sign + "= | 0 ice 10 " + sign + "=mild", worse},
			lookBackCase{sign + " worse", nil, "-90 ice 10 " + sign + "=mild | 0 ice 10 " + sign + "=moderate", worse},
			lookBackCase{sign + " worse than when last assessed", nil, "-90 ice 10 " + sign + "=mild | -80 ice 10 " + sign + "= | 0 ice 10 " + sign + "=severe", worse},
			lookBackCase{sign + " unchanged", nil, "-90 ice 10 " + sign + "=severe | 0 ice 10 " + sign + "=severe", "none"},
			lookBackCase{sign + " better", nil, "-90 ice 10 " + sign + "=severe | 0 ice 10 " + sign + "=mild", "none"},
			lookBackCase{sign + " left out", nil, "-90 ice 10 " + sign + "=mild | 0 ice 10 " + sign + "=", "none"},
		)
	}
	runLookBack(t, icans.ICE, append(cases,
		lookBackCase{"severe headache for the first time", nil, "0 ice 10 headache=severe", "grade1 headache_worse"},
		lookBackCase{"headache up to severe", nil, "-9 ice 10 headache=moderate | 0 ice 10 headache=severe", "grade1 headache_worse"},
		lookBackCase{"headache up to moderate", nil, "-9 ice 10 headache=none | 0 ice 10 headache=moderate", "none"},
		lookBackCase{"severe headache still", nil, "-9 ice 10 headache=severe | -5 ice 10 headache= | 0 ice 10 headache=severe", "none"},
		lookBackCase{"severe headache again", nil, "-9 ice 10 headache=severe | -5 ice 10 | 0 ice 10 headache=severe", "grade1 headache_worse"},
		lookBackCase{"tremor never flags", nil, "-9 ice 10 | 0 ice 10 tremor=severe", "none"},
		lookBackCase{"all at once, in order", nil, "0 ice 10 handwriting=mild movement=mild cranial_nerve=mild personality=mild headache=severe", "grade1 handwriting_worse;movement_worse;cranial_nerve_worse;personality_worse;headache_worse"},
	))
}

func TestAttributedAndWorse(t *testing.T) {
	runLookBack(t, icans.ICE, []lookBackCase{
		{"the first attribution is believed", nil, "0 ice 2 other_cause=score", "incomplete attributed_score"},
		{"a grade more", nil, "-8 ice 8 other_cause=score | 0 ice 6 other_cause=score", "grade1 attributed_worse;attributed_score"},
		{"two more", nil, "-8 ice 8 other_cause=score | 0 ice 2 other_cause=score", "urgent attributed_worse;attributed_score"},
		{"than at any of the row", nil, "-12 ice 8 other_cause=score | -8 ice 6 other_cause=score | 0 ice 2 other_cause=score", "urgent attributed_worse;attributed_score"},
		{"the row is broken by one without", nil, "-12 ice 8 other_cause=score | -8 ice 8 | 0 ice 6 other_cause=score", "incomplete attributed_score"},
		{"or by one not assessed", nil, "-12 ice 8 other_cause=score | -8 ice bare unable=asleep other_cause=score | 0 ice 6 other_cause=score", "incomplete attributed_score"},
		{"or by the other tool", nil, "-12 ice 8 other_cause=score | -8 capd 9 other_cause=score | 0 ice 6 other_cause=score", "incomplete attributed_score"},
		{"the same grade", nil, "-8 ice 8 other_cause=score | 0 ice 7 other_cause=score", "incomplete attributed_score"},
		{"not assessed now", nil, "-8 ice 8 other_cause=score | 0 ice 6 ice_year= other_cause=score", "incomplete attributed_score;missing_score"},
		{"consciousness", nil, "-8 ice 10 consciousness=drowsy other_cause=consciousness | 0 ice 10 consciousness=tactile other_cause=consciousness", "urgent attributed_worse;attributed_consciousness"},
		{"but not under sedation", nil, "-8 ice 10 consciousness=drowsy other_cause=consciousness | 0 ice 10 unable=sedated consciousness=tactile other_cause=consciousness", "incomplete attributed_consciousness;missing_score"},
		{"nor compared with one under sedation", nil, "-8 ice 10 unable=sedated consciousness=drowsy other_cause=consciousness | 0 ice 10 consciousness=tactile other_cause=consciousness", "incomplete attributed_consciousness"},
		{"which breaks the row", nil, "-12 ice 10 consciousness=drowsy other_cause=consciousness | -8 ice 10 unable=sedated consciousness=tactile other_cause=consciousness | 0 ice 10 consciousness=tactile other_cause=consciousness", "incomplete attributed_consciousness"},
		{"seizures", nil, "-8 ice 10 seizure=brief other_cause=seizure | 0 ice 10 seizure=prolonged other_cause=seizure", "grade1 attributed_worse;attributed_seizure"},
		{"nothing found before", nil, "-8 ice 10 other_cause=motor | 0 ice 10 motor=focal_weakness other_cause=motor", "urgent attributed_worse;attributed_motor"},
	})
}

func TestLostAbility(t *testing.T) {
	interpreter := func(b *bed) { b.Patient.Interpreter = true }
	const found = " seizure=none motor=none icp=none features=none"
	runLookBack(t, icans.ICE, []lookBackCase{
		{"language after a total", nil, "-90 ice 10 | 0 ice bare unable=language consciousness=alert", "urgent lost_ability;not_examined"},
		{"language after a stated one", nil, "-9 ice bare stated_total=9 | 0 ice bare unable=language", "urgent lost_ability;not_examined"},
		{"language with an interpreter needed", interpreter, "-9 ice 10 | 0 ice bare unable=language", "incomplete missing_score;missing_consciousness;missing_seizure;missing_motor;missing_icp;missing_features"},
		{"language, never a total", nil, "-9 ice bare unable=language consciousness=alert" + found + " | -6 ice bare unable=language consciousness=alert" + found, "urgent not_examined"},
		{"other and alert, after a total", nil, "-9 ice 10 | 0 ice bare unable=other consciousness=alert" + found, "grade1 lost_ability"},
		{"other and drowsy", nil, "-9 ice 9 | 0 ice bare unable=other consciousness=drowsy" + found, "grade1 grade_1"},
		{"other, the check before it without a total", nil, "-9 ice 10 | -8 ice bare unable=asleep consciousness=alert" + found + " | 0 ice bare unable=other consciousness=alert" + found, "incomplete missing_score"},
		{"other after a CAPD total", nil, "-9 capd 0 | 0 ice bare unable=other consciousness=alert" + found, "incomplete missing_score"},
	})
}

func TestNotExamined(t *testing.T) {
	const asleep = " ice bare unable=asleep"
	const missing = "incomplete missing_score;missing_consciousness;missing_seizure;missing_motor;missing_icp;missing_features"
	twelve := func(b *bed) { b.site.Intervals.None = 12 * time.Hour }
	order := func(b *bed) {
		b.Orders = []Order{{Kind: OrderInterval, Interval: 10 * time.Hour, Ordered: Sign("Reis", hours(-40))}}
	}
	readmitted := func(b *bed) {
		b.Stays[0].DischargedAt, b.Stays[0].Discharge = hours(-20), "home"
		b.Stays = append(b.Stays, Stay{ID: 2, AdmittedAt: hours(-6), Began: Sign("Sam Lee", hours(-6))})
	}
	runLookBack(t, icans.ICE, []lookBackCase{
		{"the first", nil, "-1 ice 10 | 0" + asleep, missing},
		{"the second", nil, "-2 ice 10 | -1" + asleep + " | 0" + asleep, missing},
		{"the third", nil, "-3 ice 10 | -2" + asleep + " | -1" + asleep + " | 0" + asleep, "grade1 not_examined"},
		{"the row is broken", nil, "-4 ice 10 | -3" + asleep + " | -2" + asleep + " | -1 ice 10 | 0" + asleep, missing},
		{"just under 12 h", nil, "-11.99 ice 10 | 0" + asleep, missing},
		{"12 h", nil, "-12 ice 10 | 0" + asleep, "grade1 not_examined"},
		{"just under 16 h", nil, "-15.99 ice 10 | 0" + asleep, "grade1 not_examined"},
		{"16 h", nil, "-16 ice 10 | 0" + asleep, "urgent not_examined"},
		{"after a flagged one, the first", nil, "-2 ice 9 | 0" + asleep, missing},
		{"after a flagged one, the second", nil, "-2 ice 9 | -1" + asleep + " | 0" + asleep, "urgent not_examined"},
		{"from the admission, 12 h", nil, "-36" + asleep, "grade1 not_examined"},
		{"from the admission, under 12 h", nil, "-36.1" + asleep, missing},
		{"from the admission, 16 h", nil, "-32" + asleep, "urgent not_examined"},
		{"a conclusive check ends it", nil, "-20 ice 10 | -1" + asleep + " | 0 ice 10", "none"},
		{"only the same stay counts", readmitted, "-26 ice 9 | -25" + asleep + " | -24" + asleep + " | -5" + asleep, missing},
		{"and its admission", readmitted, "-26 ice 9 | 6" + asleep, "grade1 not_examined"},
		{"skipped in the row if consciousness is attributed", nil, "-5 ice 10 | -4" + asleep + " | -3" + asleep + " | -2" + asleep + " other_cause=consciousness", "incomplete attributed_consciousness;missing_score;missing_consciousness;missing_seizure;missing_motor;missing_icp;missing_features"},
		{"and the next is the third", nil, "-5 ice 10 | -4" + asleep + " | -3" + asleep + " | -2" + asleep + " other_cause=consciousness | -1" + asleep, "grade1 not_examined"},
		{"12 h between checks: not before 16 h", twelve, "-15.9 ice 10 | 0" + asleep, missing},
		{"12 h between checks: 16 h", twelve, "-16 ice 10 | 0" + asleep, "grade1 not_examined"},
		{"12 h between checks: 20 h", twelve, "-20 ice 10 | 0" + asleep, "urgent not_examined"},
		{"an order of 10 h: not before 14 h", order, "-13.9 ice 10 | 0" + asleep, missing},
		{"an order of 10 h: 14 h", order, "-14 ice 10 | 0" + asleep, "grade1 not_examined"},
		{"an order of 10 h: 18 h", order, "-18 ice 10 | 0" + asleep, "urgent not_examined"},
		{"no order puts off a patient who was never examined", order, "-36" + asleep, "grade1 not_examined"},
	})
}

func TestAtTheOwnBaseline(t *testing.T) {
	health := func(b *bed) { baseline(8)(b); b.Patient.Health = 1 << icans.Speech }
	runLookBack(t, icans.ICE, []lookBackCase{
		{"at it", baseline(8), "0 ice 8", "none at_baseline"},
		{"above it", baseline(8), "0 ice 9", "none at_baseline"},
		{"full marks are no baseline matter", baseline(8), "0 ice 10", "none"},
		{"below it", baseline(8), "0 ice 7", "grade1 grade_1;below_baseline"},
		{"the grade stays", baseline(5), "0 ice 5", "none at_baseline"},
		{"a feature", baseline(8), "0 ice 8 speech=mild", "grade1 grade_1;speech_mild"},
		{"a feature in health", health, "0 ice 8 speech=mild", "none at_baseline"},
		{"a feature left out", baseline(8), "0 ice 8 speech=", "grade1 grade_1"},
		{"hallucinations", baseline(8), "0 ice 8 hallucinations=mild", "grade1 grade_1;hallucinations_mild"},
		{"hallucinations left out", baseline(8), "0 ice 8 hallucinations=", "none at_baseline"},
		{"another domain", baseline(8), "0 ice 8 consciousness=drowsy", "grade1 grade_1"},
		{"a domain left out", baseline(8), "-3 ice 8 | 0 ice 8 motor=", "grade1 grade_1"},
		{"something attributed", baseline(8), "0 ice 8 other_cause=icp", "grade1 grade_1"},
		{"something uncertain", baseline(8), "0 ice 8 uncertain_cause=icp", "grade1 grade_1"},
		{"worse than last alone does not matter", baseline(8), "-80 ice 10 | 0 ice 9", "none at_baseline"},
		{"a drop does", baseline(8), "-9 ice 10 | 0 ice 8", "grade1 grade_1;worse_than_last;ice_drop_2"},
		{"another look-back reason does", baseline(8), "0 ice 8 handwriting=mild", "grade1 grade_1;handwriting_worse"},
		{"2 better within 72 h", baseline(8), "-72 ice 10 | 0 ice 8", "grade1 grade_1;worse_than_last"},
		{"2 better longer ago", baseline(8), "-72.1 ice 10 | 0 ice 8", "none at_baseline"},
		{"1 better within 72 h", baseline(8), "-60 ice 9 | 0 ice 8", "none at_baseline"},
		{"a stated total", baseline(8), "0 ice 8 ice_year= stated_total=8", "none at_baseline"},
		{"two grades up", baseline(5), "-80 ice 10 | 0 ice 5", "urgent grade_2;grade_up_2"},
	})
	runLookBack(t, icans.CAPD, []lookBackCase{
		{"CAPD at it", baseline(4), "0 capd 4", "none at_baseline"},
		{"CAPD two above", baseline(4), "0 capd 6", "none at_baseline"},
		{"CAPD three above", baseline(4), "0 capd 7", "grade1 grade_1"},
		{"CAPD better than it", baseline(8), "0 capd 1", "none at_baseline"},
		{"CAPD 9 with a baseline of 8", baseline(8), "0 capd 9", "urgent grade_3"},
		{"CAPD 9 with one of 9", baseline(9), "0 capd 9", "none at_baseline"},
		{"CAPD 10 with one of 9", baseline(9), "0 capd 10", "urgent grade_3"},
		{"CAPD 5 better within 72 h", baseline(8), "-72 capd 3 | 0 capd 8", "grade1 grade_1"},
		{"CAPD 5 better longer ago", baseline(8), "-72.1 capd 3 | 0 capd 8", "none at_baseline"},
		{"CAPD 4 better", baseline(8), "-60 capd 4 | 0 capd 8", "none at_baseline"},
	})
}
