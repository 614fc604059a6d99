package icans

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"
)

// table reads one of the shared files of findings and grades.
func table(t *testing.T, name string) (rows []map[string]string) {
	t.Helper()
	f, err := os.Open("../../testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, cells := range all[1:] {
		row := make(map[string]string)
		for i, column := range all[0] {
			row[column] = cells[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// The shared cases were derived by hand from clinical.md sections 2 and 3.
func TestSharedCases(t *testing.T) {
	graded := table(t, "cases.graded.csv")
	for i, row := range table(t, "cases.csv") {
		var x Findings
		for _, f := range Fields() {
			if err := f.Set(&x, row[f.Column]); err != nil {
				t.Fatal(err)
			}
		}
		if problems := x.Problems(); problems != nil {
			t.Errorf("%s: %v", row["check_id"], problems)
		}
		r, want := Evaluate(&x, 0), graded[i]
		if want["check_id"] != row["check_id"] {
			t.Fatalf("row %d is %s and %s", i, row["check_id"], want["check_id"])
		}
		grade, score := "", ""
		if g, known := r.Grade(); known {
			grade = points(4)[g].Code
		}
		if n, known := r.Score.Value(); known {
			score = points(maxCAPD)[n].Code
		}
		got := map[string]string{
			"check_id": row["check_id"], "score": score, "icans_grade": grade,
			"grade_low": points(4)[r.Low].Code, "grade_high": points(4)[r.High].Code,
			"drivers": string(r.Drivers.AppendCodes(nil)), "flag": r.Flag.Code(), "flag_reasons": string(r.Reasons.AppendCodes(nil)),
		}
		for column, cell := range want {
			if got[column] != cell {
				t.Errorf("%s: %s is %q, not %q", row["check_id"], column, got[column], cell)
			}
		}
		if len(r.Reasons.Words()) != len(r.Reasons.Codes()) {
			t.Errorf("%s: a reason has no words", row["check_id"])
		}
	}
}

// A feature that is mild in health does not flag while it is mild, and is never
// called normal.
func TestMildInHealth(t *testing.T) {
	health := FeatureSet(1<<Memory | 1<<Speech)
	for findings, want := range map[string]string{
		"ice normal memory=mild":                           "none",
		"ice normal memory=mild speech=mild":               "none",
		"ice normal memory=moderate":                       "urgent memory_moderate",
		"ice normal memory=mild confusion=mild":            "grade1 confusion_mild",
		"ice normal score=9 memory=mild":                   "grade1 grade_1",
		"ice normal memory=mild inattention=":              "incomplete missing_features",
		"ice normal memory=mild hallucinations=mild":       "grade1 hallucinations_mild",
		"ice normal memory=mild seizure=":                  "incomplete missing_seizure",
		"ice normal memory=mild tremor=mild":               "none",
		"ice normal memory=mild uncertain_cause=seizure":   "none",
		"ice normal memory=none hallucinations=":           "none",
		"ice normal memory=mild score=0 other_cause=score": "incomplete attributed_score",
	} {
		x := check(t, findings)
		r := Evaluate(&x, health)
		if got := strings.TrimSpace(r.Flag.Code() + " " + string(r.Reasons.AppendCodes(nil))); got != want {
			t.Errorf("%s: %s, not %s", findings, got, want)
		}
		if mild := x.Observed[Memory] != None; mild && x.Normal(&r) {
			t.Errorf("%s: called normal", findings)
		}
	}
	x := check(t, "ice normal memory=mild")
	if !x.FeaturesNone(health) || x.FeaturesNone(0) || x.FeaturesNone(1<<Speech) {
		t.Error("a mild feature in health counts as none, and no other one does")
	}
}

func TestNormalIsSaidOfNormalChecksOnly(t *testing.T) {
	for findings, want := range map[string]bool{
		"ice normal":  true,
		"capd normal": true,
		"ice normal hallucinations= handwriting=": true, // the signs may be left out
		"ice normal tremor=mild":                  false,
		"ice normal headache=mild":                false,
		"ice normal handwriting=mild":             false,
		"ice normal cranial_nerve=severe":         false,
		"ice normal personality=mild":             false,
		"ice normal memory=":                      false,
		"ice normal score=9":                      false,
		"ice normal other_cause=icp":              false,
		"ice normal uncertain_cause=icp":          false,
		"ice normal crs_grade=2":                  true,
		"ice stated_total=10 consciousness=alert seizure=none motor=none icp=none confusion=none agitation=none inattention=none memory=none speech=none": false,
		"ice unable=sedated consciousness=alert other_cause=score;consciousness seizure=none motor=none icp=none":                                         false,
	} {
		x := check(t, findings)
		if r := Evaluate(&x, 0); x.Normal(&r) != want {
			t.Errorf("%s: normal is %v", findings, !want)
		}
	}
	x := normal(ICE)
	r := Evaluate(&x, 0)
	if r.Flag, r.Reasons = FlagNone, AtBaseline; x.Normal(&r) {
		t.Error("a check at the own baseline is called normal")
	}
}

func TestUnexamined(t *testing.T) {
	for findings, want := range map[string]bool{
		"ice normal":                       false,
		"ice normal memory=":               false, // it is conclusive
		"ice normal ice_year=":             true,
		"ice normal ice_year=0 ice_month=": false, // 8 or 9: grade 1 for certain
		"ice motor=focal_weakness":         false, // grade 4 for certain
		"ice unable=asleep":                true,
		"ice normal motor=focal_weakness uncertain_cause=motor":                                                  false, // an interval, and all was assessed
		"ice unable=sedated consciousness=tactile seizure=none motor=none icp=none":                              true,
		"ice unable=sedated consciousness=tactile other_cause=consciousness":                                     false,
		"ice unable=sedated consciousness=tactile seizure=none motor=none icp=none other_cause=score":            false,
		"ice unable=sedated consciousness=tactile seizure=none motor=none other_cause=score":                     true,
		"ice unable=intubated consciousness=unarousable other_cause=score;consciousness":                         false,
		"ice unable=intubated consciousness=alert seizure=none motor=none icp=none other_cause=score":            false,
		"ice unable=sedated other_cause=consciousness":                                                           true, // no finding to name a cause for
		"ice unable=asleep consciousness=alert other_cause=consciousness;score seizure=none motor=none icp=none": true,
		"ice unable=asleep other_cause=consciousness":                                                            true,
		"capd unable=language consciousness=alert seizure=none motor=none icp=none":                              true,
		"ice stated_total=9 consciousness=alert seizure=none motor=none icp=none":                                false,
		"ice stated_total=9 consciousness=alert seizure=none motor=none":                                         true,
	} {
		x := check(t, findings)
		if r := Evaluate(&x, 0); x.Unexamined(&r) != want {
			t.Errorf("%s: unexamined is %v", findings, !want)
		}
	}
}

func TestRaisedByLookingBack(t *testing.T) {
	calm, ill, open := normal(ICE), check(t, "ice normal score=2"), check(t, "ice normal seizure= memory=")
	for _, c := range []struct {
		x    *Findings
		to   Flag
		why  Reasons
		want string
	}{
		{&calm, FlagGrade1, ICEDrop2 | BelowBaseline, "grade1 ice_drop_2;below_baseline"},
		{&calm, FlagUrgent, GradeUp2 | NotExamined, "urgent grade_up_2;not_examined"},
		{&ill, FlagGrade1, WorseThanLast, "urgent grade_3;worse_than_last"},
		{&open, FlagNone, 0, "incomplete missing_seizure;missing_features"},
		{&open, FlagGrade1, NotExamined, "grade1 not_examined"}, // a flagged check lists no missing parts
	} {
		r := Evaluate(c.x, 0).Raised(c.to, c.why)
		if got := r.Flag.Code() + " " + string(r.Reasons.AppendCodes(nil)); got != c.want {
			t.Errorf("%s, not %s", got, c.want)
		}
	}
}

// The order of flag_reasons is a rule: every reason once, in that order.
func TestOrderOfReasons(t *testing.T) {
	const want = "grade_1;grade_2;grade_3;grade_4;" +
		"confusion_mild;confusion_moderate;confusion_severe;agitation_mild;agitation_moderate;agitation_severe;" +
		"inattention_mild;inattention_moderate;inattention_severe;memory_mild;memory_moderate;memory_severe;" +
		"speech_mild;speech_moderate;speech_severe;hallucinations_mild;hallucinations_moderate;hallucinations_severe;" +
		"worse_than_last;grade_up_2;ice_drop_2;ice_drop_3;capd_rise_5;below_baseline;handwriting_worse;movement_worse;" +
		"cranial_nerve_worse;personality_worse;headache_worse;attributed_worse;lost_ability;not_examined;" +
		"attributed_score;attributed_consciousness;attributed_seizure;attributed_motor;attributed_icp;" +
		"uncertain_score;uncertain_consciousness;uncertain_seizure;uncertain_motor;uncertain_icp;" +
		"missing_score;missing_consciousness;missing_seizure;missing_motor;missing_icp;missing_features;at_baseline"
	all, ok := ParseReasons(want)
	if got := string(all.AppendCodes(nil)); !ok || got != want || all != 1<<reasonBits-1 {
		t.Errorf("%s", got)
	}
}
