package icans

import (
	"strconv"
	"strings"
	"testing"
)

// check reads findings as "column=code column=code …" behind a tool: "ice normal"
// is complete with nothing wrong, "ice" has nothing assessed.
func check(t interface{ Fatal(...any) }, text string) Findings {
	var x Findings
	words := strings.Fields(text)
	if err := FieldOf("tool").Set(&x, words[0]); err != nil {
		t.Fatal(err)
	}
	words = words[1:]
	if len(words) > 0 && words[0] == "normal" {
		x = normal(x.Tool)
		words = words[1:]
	}
	for _, word := range words {
		column, code, _ := strings.Cut(word, "=")
		if column == "score" {
			x.setScore(t, code)
			continue
		}
		if err := FieldOf(column).Set(&x, code); err != nil {
			t.Fatal(err)
		}
	}
	return x
}

func normal(tool Tool) Findings {
	x := Findings{Tool: tool, Consciousness: Alert, Seizure: NoSeizure, Motor: NoWeakness, ICP: ICPNone}
	items, full := x.items()
	for i := range items {
		n := 0
		if tool == ICE {
			n = full[i]
		}
		if tool == ICE {
			x.ICE[i] = Scored(n)
		} else {
			x.CAPD[i] = Scored(n)
		}
	}
	for i := range x.Observed {
		x.Observed[i] = None
	}
	return x
}

// setScore spreads a total over the items.
func (x *Findings) setScore(t interface{ Fatal(...any) }, text string) {
	total, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	items, full := x.items()
	for i := range items {
		n := min(total, full[i])
		total -= n
		if x.Tool == ICE {
			x.ICE[i] = Scored(n)
		} else {
			x.CAPD[i] = Scored(n)
		}
	}
}

// The published table, row by row: Lee et al. 2019, Biol Blood Marrow Transplant
// 25:625-638, table 6 (adults) and table 7 (children, with CAPD of Traube et al.
// 2014). Each case has one finding that is not normal.
func TestPublishedTable(t *testing.T) {
	for _, c := range []struct {
		findings string
		grade    int
		driver   Domains
	}{
		{"ice normal score=10", 0, 0},
		{"ice normal score=9", 1, DomainScore},
		{"ice normal score=8", 1, DomainScore},
		{"ice normal score=7", 1, DomainScore},
		{"ice normal score=6", 2, DomainScore},
		{"ice normal score=5", 2, DomainScore},
		{"ice normal score=4", 2, DomainScore},
		{"ice normal score=3", 2, DomainScore},
		{"ice normal score=2", 3, DomainScore},
		{"ice normal score=1", 3, DomainScore},
		{"ice normal score=0", 3, DomainScore}, // awake with global aphasia
		{"ice normal score=0 consciousness=unarousable", 4, DomainConsciousness},
		{"capd normal score=0", 0, 0},
		{"capd normal score=1", 1, DomainScore},
		{"capd normal score=8", 1, DomainScore},
		{"capd normal score=9", 3, DomainScore},
		{"capd normal score=32", 3, DomainScore},
		{"ice normal consciousness=alert", 0, 0},
		{"ice normal consciousness=drowsy", 1, DomainConsciousness},
		{"ice normal consciousness=voice", 2, DomainConsciousness},
		{"ice normal consciousness=tactile", 3, DomainConsciousness},
		{"ice normal consciousness=unarousable", 4, DomainConsciousness},
		{"ice normal seizure=none", 0, 0},
		{"ice normal seizure=brief", 3, DomainSeizure},
		{"ice normal seizure=nonconvulsive", 3, DomainSeizure},
		{"ice normal seizure=prolonged", 4, DomainSeizure},
		{"ice normal seizure=repetitive", 4, DomainSeizure},
		{"ice normal motor=none", 0, 0},
		{"ice normal motor=focal_weakness", 4, DomainMotor},
		{"ice normal icp=none", 0, 0},
		{"ice normal icp=focal_edema", 3, DomainICP},
		{"ice normal icp=diffuse_edema", 4, DomainICP},
		{"ice normal icp=posturing", 4, DomainICP},
		{"ice normal icp=cn6_palsy", 4, DomainICP},
		{"ice normal icp=papilledema", 4, DomainICP},
		{"ice normal icp=cushing_triad", 4, DomainICP},
		{"ice normal icp=focal_edema;papilledema", 4, DomainICP},
		{"ice normal score=5 consciousness=voice", 2, DomainScore | DomainConsciousness},
		{"ice normal score=8 seizure=brief icp=focal_edema", 3, DomainSeizure | DomainICP},
		{"ice normal headache=severe tremor=severe hallucinations=severe handwriting=severe", 0, 0},
	} {
		t.Run(c.findings, func(t *testing.T) {
			x := check(t, c.findings)
			r := Evaluate(&x, 0)
			if g, known := r.Grade(); g != c.grade || !known || r.Drivers != c.driver {
				t.Errorf("grade %d to %d from %v, not %d from %v", r.Low, r.High, r.Drivers.Codes(), c.grade, c.driver.Codes())
			}
		})
	}
}

func TestProblems(t *testing.T) {
	for findings, column := range map[string]string{
		"ice normal":                        "",
		"ice capd_1=0":                      "capd_1",
		"capd ice_year=0":                   "ice_year",
		"ice ice_year=0 unable=asleep":      "ice_year",
		"ice unable=unarousable":            "unable",
		"ice unable=unarousable icp=none":   "unable",
		"ice icp=none;posturing":            "icp",
		"ice unable=other":                  "",
		"ice normal icp=posturing":          "",
		"capd capd_1=4 consciousness=voice": "",

		"ice unable=unarousable consciousness=unarousable":           "",
		"ice normal motor=focal_weakness uncertain_cause=motor":      "",
		"ice normal other_cause=score uncertain_cause=consciousness": "",
		"ice normal other_cause=score;icp uncertain_cause=icp":       "uncertain_cause",
		"ice stated_total=10":                                             "",
		"ice stated_total=11":                                             "stated_total",
		"capd stated_total=32":                                            "",
		"ice ice_year=0 stated_total=9":                                   "",
		"ice ice_year=0 stated_total=10":                                  "stated_total", // out of the items' bounds
		"ice ice_naming=3 stated_total=2":                                 "stated_total",
		"ice normal stated_total=10":                                      "stated_total", // every item is scored
		"ice unable=asleep stated_total=0":                                "stated_total",
		"ice normal crs_grade=4 movement=severe cranial_nerve=none":       "",
		"ice unable=intubated consciousness=voice other_cause=score;icp":  "",
		"ice normal score=3 consciousness=unarousable icp=focal_edema":    "", // asked about, not refused
		"capd unable=language hallucinations=mild personality=moderate":   "",
		"ice normal icp=none;focal_edema":                                 "icp",
		"ice ice_year=1 unable=sedated":                                   "ice_year",
		"capd capd_8=1 unable=off_unit":                                   "capd_8",
		"capd normal unable=refused":                                      "capd_1",
		"capd stated_total=0 capd_1=1":                                    "stated_total",
		"ice stated_total=0 seizure=nonconvulsive other_cause=score":      "",
		"ice normal ice_attention= stated_total=10 uncertain_cause=score": "",
	} {
		x := check(t, findings)
		problems := x.Problems()
		if column == "" && problems != nil || column != "" && (len(problems) == 0 || problems[0].Column != column) {
			t.Errorf("%s: %v, and the problem is in %q", findings, problems, column)
		}
	}
	none := Findings{}
	if p := none.Problems(); len(p) != 1 || p[0].Column != "tool" {
		t.Errorf("without a tool: %v", p)
	}
	wild := normal(ICE)
	wild.ICE[0], wild.Seizure, wild.OtherCause = 9, 99, 255
	if p := wild.Problems(); len(p) != 3 {
		t.Errorf("out of range: %v", p)
	}
}

func TestVocabulary(t *testing.T) {
	columns := map[string]bool{}
	for _, f := range Fields() {
		if columns[f.Column] || f.Label == "" || f.Help == "" && f.Group != GroupTool {
			t.Errorf("%s: twice, or without words", f.Column)
		}
		columns[f.Column] = true
		codes, keys := map[string]bool{}, ""
		for i, term := range f.Terms {
			if codes[term.Code] || term.Label == "" || (term.Keys == "") != (f.Group == GroupTotal) || strings.ContainsAny(keys, term.Keys) {
				t.Errorf("%s: %+v clashes", f.Column, term)
			}
			codes[term.Code] = true
			keys += term.Keys
			var x Findings
			if err := f.Set(&x, term.Code); err != nil || f.Code(&x) != term.Code || !f.Holds(&x, i) || !f.Assessed(&x) || f.Words(&x) == "" {
				t.Errorf("%s: %s does not come back: %v", f.Column, term.Code, err)
			}
			var y Findings
			if f.Answer(&y, i); y != x {
				t.Errorf("%s: answering %s is not setting it", f.Column, term.Code)
			}
		}
		var x Findings
		for _, wrong := range []string{" ", "nonesuch", "01", "1.0", "NONE", ";", f.Terms[0].Code + ";"} {
			if err := f.Set(&x, wrong); err == nil || x != (Findings{}) {
				t.Errorf("%s takes %q", f.Column, wrong)
			}
		}
	}
}

func TestNoneAndSignsDriveEachOtherOut(t *testing.T) {
	f := FieldOf("icp")
	var x Findings
	for _, step := range []struct {
		answer int
		code   string
	}{{0, "none"}, {3, "posturing"}, {5, "posturing;papilledema"}, {3, "papilledema"}, {0, "none"}} {
		if f.Answer(&x, step.answer); f.Code(&x) != step.code {
			t.Errorf("%q, not %q", f.Code(&x), step.code)
		}
	}
}

func TestEvaluateDoesNotAllocate(t *testing.T) {
	x := check(t, "ice normal ice_writing=0 consciousness= confusion=mild other_cause=score uncertain_cause=motor")
	if n := testing.AllocsPerRun(100, func() { Evaluate(&x, 0) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkEvaluate(b *testing.B) {
	checks := []Findings{normal(ICE), check(b, "ice normal score=8 confusion=mild"), check(b, "ice"), check(b, "capd normal score=9 consciousness=")}
	i := 0
	for b.Loop() {
		Evaluate(&checks[i&3], 0)
		i++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "checks/s")
}

func FuzzSet(f *testing.F) {
	for _, seed := range []string{"", "none", "focal_edema;papilledema", "score;icp", "0", "3", "none;none", "\x00", "🧠"} {
		f.Add(seed, uint8(22))
	}
	f.Fuzz(func(t *testing.T, code string, which uint8) {
		field := fields[int(which)%len(fields)]
		var x Findings
		if field.Set(&x, code) != nil {
			if x != (Findings{}) {
				t.Error("a refused code left a trace")
			}
			return
		}
		var y Findings
		if err := field.Set(&y, field.Code(&x)); err != nil || y != x {
			t.Errorf("%q does not come back: %v", code, err)
		}
	})
}
