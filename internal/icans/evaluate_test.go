package icans

import (
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
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
			r := Evaluate(&x)
			if g, known := r.Grade(); g != c.grade || !known || r.Drivers != c.driver {
				t.Errorf("grade %d to %d from %v, not %d from %v", r.Low, r.High, r.Drivers.Codes(), c.grade, c.driver.Codes())
			}
		})
	}
}

func TestIntervalsFlagsAndReasons(t *testing.T) {
	for _, c := range []struct {
		findings      string
		score         int // -1 for not known
		low, high     int
		drivers, flag string
		reasons       string
	}{
		{"ice", -1, 0, 4, "", "incomplete", "missing_score;missing_consciousness;missing_seizure;missing_motor;missing_icp"},
		{"capd", -1, 0, 4, "", "incomplete", "missing_score;missing_consciousness;missing_seizure;missing_motor;missing_icp"},
		{"ice normal", 10, 0, 0, "", "none", ""},
		{"ice normal ice_naming=", -1, 0, 1, "", "incomplete", "missing_score"},
		{"ice normal ice_year=0 ice_naming=", -1, 1, 2, "score", "grade1", "grade_1"},
		{"ice normal score=10 ice_writing=", -1, 0, 1, "", "incomplete", "missing_score"},
		{"ice normal consciousness=", 10, 0, 4, "", "incomplete", "missing_consciousness"},
		{"ice normal consciousness= other_cause=consciousness", 10, 0, 0, "", "none", ""},
		{"ice normal score=4 other_cause=score", 4, 0, 0, "", "none", ""},
		{"ice normal score=4 consciousness=drowsy other_cause=score", 4, 1, 1, "consciousness", "grade1", "grade_1"},
		{"ice consciousness=unarousable unable=unarousable", -1, 4, 4, "consciousness", "urgent", "grade_4"},
		{"ice consciousness=alert unable=language seizure=none motor=none icp=none", -1, 0, 3, "", "incomplete", "missing_score"},
		{"capd normal capd_1=", -1, 0, 1, "", "incomplete", "missing_score"},
		{"capd normal score=8 capd_8=", -1, 1, 3, "score", "grade1", "grade_1"},
		{"ice normal confusion=mild", 10, 0, 0, "", "grade1", "confusion_mild"},
		{"ice normal speech=severe", 10, 0, 0, "", "urgent", "speech_severe"},
		{"ice normal score=8 memory=mild agitation=moderate", 8, 1, 1, "score", "urgent", "grade_1;agitation_moderate;memory_mild"},
		{"ice normal tremor=severe", 10, 0, 0, "", "none", ""},
		{"ice confusion=mild", -1, 0, 4, "", "grade1", "confusion_mild"},
		{"ice normal score=2", 2, 3, 3, "score", "urgent", "grade_3"},
	} {
		t.Run(c.findings, func(t *testing.T) {
			x := check(t, c.findings)
			r := Evaluate(&x)
			score := -1
			if n, ok := r.Score.Value(); ok {
				score = n
			}
			if score != c.score || r.Low != c.low || r.High != c.high {
				t.Errorf("score %d, grade %d to %d; not %d, %d to %d", score, r.Low, r.High, c.score, c.low, c.high)
			}
			if got := strings.Join(r.Drivers.Codes(), ";"); got != c.drivers {
				t.Errorf("drivers %q, not %q", got, c.drivers)
			}
			if got := string(r.Reasons.AppendCodes(nil)); r.Flag.Code() != c.flag || got != c.reasons {
				t.Errorf("flag %s because %q; not %s because %q", r.Flag.Code(), got, c.flag, c.reasons)
			}
			if len(r.Reasons.Words()) != len(r.Reasons.Codes()) {
				t.Error("a reason has no words")
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
			if codes[term.Code] || term.Label == "" || term.Keys == "" || strings.ContainsAny(keys, term.Keys) {
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

func TestComparedRaisesToGrade1AtTheLeast(t *testing.T) {
	calm, ill := normal(ICE), check(t, "ice normal score=2")
	if r := Evaluate(&calm).Compared(ICEDrop2 | BelowBaseline); r.Flag != FlagGrade1 || strings.Join(r.Reasons.Codes(), ";") != "ice_drop_2;below_baseline" {
		t.Errorf("%s because %v", r.Flag.Code(), r.Reasons.Codes())
	}
	if r := Evaluate(&ill).Compared(WorseThanLast); r.Flag != FlagUrgent || strings.Join(r.Reasons.Codes(), ";") != "grade_3;worse_than_last" {
		t.Errorf("%s because %v", r.Flag.Code(), r.Reasons.Codes())
	}
	if r := Evaluate(&calm); r.Compared(0) != r {
		t.Error("nothing compared changes something")
	}
}

// anyFindings draws valid findings with something missing.
func anyFindings(t *rapid.T) Findings {
	x := Findings{Tool: rapid.SampledFrom([]Tool{ICE, CAPD}).Draw(t, "tool")}
	for _, f := range fields {
		own := x.Tool == ICE && f.Group == GroupICE || x.Tool == CAPD && f.Group == GroupCAPD
		if !own && f.Group != GroupDomain && f.Group != GroupSeen && f.Group != GroupOtherCause {
			continue
		}
		if f.Several {
			*f.at(&x) = rapid.Uint8Range(0, 1<<len(f.Terms)-1).Draw(t, f.Column)
			if f.Column == "icp" && x.ICP&ICPNone != 0 {
				x.ICP = ICPNone
			}
			continue
		}
		*f.at(&x) = rapid.Uint8Range(0, uint8(len(f.Terms))).Draw(t, f.Column)
	}
	return x
}

// completions calls each with every way in which a domain's missing parts could
// have come out.
func completions(x Findings, d Domains, each func(*Findings)) {
	switch d {
	case DomainScore:
		items, full := x.items()
		var fill func(i int)
		fill = func(i int) {
			if i == len(items) {
				each(&x)
				return
			}
			if items[i] != 0 {
				fill(i + 1)
				return
			}
			for n := range full[i] + 1 {
				items[i] = Scored(n)
				fill(i + 1)
			}
			items[i] = 0
		}
		fill(0)
	default:
		f := FieldOf(d.Codes()[0])
		if f.Assessed(&x) {
			each(&x)
			return
		}
		last := len(f.Terms)
		if f.Several {
			last = 1<<len(f.Terms) - 1
		}
		for v := 1; v <= last; v++ {
			if *f.at(&x) = uint8(v); x.problem(f) == "" {
				each(&x)
			}
		}
	}
}

// The interval is exactly what enumerating every completion gives: domain by
// domain, since the grade is the highest of domains that do not touch each other.
func TestIntervalIsEveryCompletion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := anyFindings(t)
		missing := 0
		items, _ := x.items()
		for _, p := range items {
			if p == 0 {
				missing++
			}
		}
		if x.Tool == CAPD && missing > 4 || missing > 7 {
			t.Skip("too many to enumerate")
		}
		r := Evaluate(&x)
		low, high := 0, 0
		var lows [len(domainOrder)]int
		for i, d := range domainOrder {
			least, most := 4, 0
			completions(x, d, func(y *Findings) {
				a, b := y.DomainGrade(d)
				if a != b {
					t.Fatalf("%s is complete and has grades %d to %d", d.Codes(), a, b)
				}
				least, most = min(least, a), max(most, a)
			})
			lows[i] = least
			low, high = max(low, least), max(high, most)
		}
		if r.Low != low || r.High != high {
			t.Fatalf("%+v: %d to %d, and the completions give %d to %d", x, r.Low, r.High, low, high)
		}
		for i, d := range domainOrder {
			if r.Drivers.Has(d) != (low > 0 && lows[i] == low) {
				t.Fatalf("%+v: drivers %v with %v", x, r.Drivers.Codes(), lows)
			}
		}
	})
}

func TestMissingMoreNeverNarrows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := anyFindings(t)
		before := Evaluate(&x)
		f := rapid.SampledFrom(fields[1:]).Draw(t, "field")
		if f.Group == GroupOtherCause {
			t.Skip("another cause is no finding")
		}
		f.Clear(&x)
		if after := Evaluate(&x); after.Low > before.Low || after.High < before.High {
			t.Fatalf("without %s: %d to %d, with it %d to %d", f.Column, after.Low, after.High, before.Low, before.High)
		}
	})
}

func TestWorseNeverLowers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := anyFindings(t)
		f := rapid.SampledFrom(fields[1:]).Draw(t, "field")
		if !f.Assessed(&x) || f.Group == GroupOtherCause || f.Group == GroupUnable {
			t.Skip("nothing to worsen")
		}
		before, v := Evaluate(&x), f.at(&x)
		switch {
		case f.Several && *v == uint8(ICPNone):
			*v = uint8(FocalEdema)
		case f.Several:
			*v |= uint8(Posturing)
		case f.Group == GroupICE:
			*v = max(1, *v-1)
		default:
			*v = min(*v+1, uint8(len(f.Terms)))
		}
		if after := Evaluate(&x); after.Low < before.Low || after.High < before.High || after.Flag < before.Flag && before.Flag != FlagIncomplete {
			t.Fatalf("a worse %s made %d to %d (%s) of %d to %d (%s)", f.Column, after.Low, after.High, after.Flag.Code(), before.Low, before.High, before.Flag.Code())
		}
	})
}

func TestOtherCauseNeverRaises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := anyFindings(t)
		before := Evaluate(&x)
		x.OtherCause |= rapid.SampledFrom(domainOrder[:]).Draw(t, "domain")
		if after := Evaluate(&x); after.Low > before.Low || after.High > before.High {
			t.Fatalf("%d to %d became %d to %d", before.Low, before.High, after.Low, after.High)
		}
	})
}

func TestEvaluateDoesNotAllocate(t *testing.T) {
	x := check(t, "ice normal ice_writing=0 consciousness= confusion=mild")
	if n := testing.AllocsPerRun(100, func() { Evaluate(&x) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkEvaluate(b *testing.B) {
	checks := []Findings{normal(ICE), check(b, "ice normal score=8 confusion=mild"), check(b, "ice"), check(b, "capd normal score=9 consciousness=")}
	i := 0
	for b.Loop() {
		Evaluate(&checks[i&3])
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
