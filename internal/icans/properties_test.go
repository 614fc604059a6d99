package icans

import (
	"testing"

	"pgregory.net/rapid"
)

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
	x.UncertainCause &^= x.OtherCause
	switch low, high := x.ScoreRange(); {
	case x.Scored():
	case rapid.IntRange(0, 3).Draw(t, "total only") == 0:
		x.StatedTotal = Scored(rapid.IntRange(low, high).Draw(t, "total"))
	case rapid.IntRange(0, 3).Draw(t, "unable") == 0:
		x.ICE, x.CAPD = [8]Points{}, [8]Points{}
		x.Unable = Unable(rapid.IntRange(int(UnableAsleep), int(UnableOther)).Draw(t, "why"))
	}
	return x
}

// completions calls each with every way in which a domain's missing parts could
// have come out.
func completions(x Findings, d Domains, each func(*Findings)) {
	switch d {
	case DomainScore:
		if x.StatedTotal != 0 {
			each(&x)
			return
		}
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

// The interval is exactly that of every completion: domain by domain, because the
// grade is the highest of domains that do not touch each other. An attributed domain
// counts 0 once it is completely assessed, and can count 0 before that; an uncertain
// one can always count 0.
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
		r := Evaluate(&x, 0)
		low, high := 0, 0
		var lows [len(AllDomains)]int
		for i, d := range AllDomains {
			least, most := 4, 0
			completions(x, d, func(y *Findings) {
				a, b := y.TableGrade(d)
				if a != b {
					t.Fatalf("%s is complete and has grades %d to %d", d.Codes(), a, b)
				}
				least, most = min(least, a), max(most, a)
			})
			switch {
			case x.OtherCause.Has(d) && x.Assessed(d):
				least, most = 0, 0
			case x.OtherCause.Has(d), x.Uncertain().Has(d):
				least = 0
			}
			lows[i] = least
			low, high = max(low, least), max(high, most)
		}
		if r.Low != low || r.High != high {
			t.Fatalf("%+v: %d to %d, and the completions give %d to %d", x, r.Low, r.High, low, high)
		}
		for i, d := range AllDomains {
			if r.Drivers.Has(d) != (low > 0 && lows[i] == low) {
				t.Fatalf("%+v: drivers %v with %v", x, r.Drivers.Codes(), lows)
			}
		}
	})
}

func TestMissingMoreNeverNarrows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := anyFindings(t)
		before := Evaluate(&x, 0)
		f := rapid.SampledFrom(fields[1:]).Draw(t, "field")
		if f.Group == GroupOtherCause || f.Group == GroupUnable {
			t.Skip("another cause, also that of sedation, is no finding")
		}
		if f.Clear(&x); len(x.Problems()) > 0 {
			t.Skip("no check")
		}
		if after := Evaluate(&x, 0); after.Low > before.Low || after.High < before.High {
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
		before, v := Evaluate(&x, 0), f.at(&x)
		switch {
		case f.Several && *v == uint8(ICPNone):
			*v = uint8(FocalEdema)
		case f.Several:
			*v |= uint8(Posturing)
		case f.Group == GroupICE, f.Group == GroupTotal && x.Tool == ICE: // a lower ICE is worse, a higher CAPD
			*v = max(1, *v-1)
		default:
			*v = min(*v+1, uint8(len(f.Terms)))
		}
		if after := Evaluate(&x, 0); after.Low < before.Low || after.High < before.High || after.Flag < before.Flag {
			t.Fatalf("a worse %s made %d to %d (%s) of %d to %d (%s)", f.Column, after.Low, after.High, after.Flag.Code(), before.Low, before.High, before.Flag.Code())
		}
	})
}

func TestOtherCauseNeverRaises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := anyFindings(t)
		before := Evaluate(&x, 0)
		x.OtherCause |= rapid.SampledFrom(AllDomains[:]).Draw(t, "domain")
		x.UncertainCause &^= x.OtherCause
		if after := Evaluate(&x, 0); after.Low > before.Low || after.High > before.High {
			t.Fatalf("%d to %d became %d to %d", before.Low, before.High, after.Low, after.High)
		}
	})
}

// Doubt about the cause never silences a finding, and a named cause never makes a
// check normal or a patient examined.
func TestDoubtNeverSilences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := anyFindings(t)
		before := Evaluate(&x, 0)
		y := x
		d := rapid.SampledFrom(AllDomains[:]).Draw(t, "domain")
		if x.OtherCause.Has(d) {
			t.Skip("a clinician named the cause")
		}
		y.UncertainCause |= d
		if after := Evaluate(&y, 0); after.Flag < before.Flag || after.Floor < before.Floor || after.High != before.High {
			t.Fatalf("%s, uncertain %s: %s with %d", before.Flag.Code(), d.Codes(), after.Flag.Code(), after.Floor)
		}
		x.OtherCause |= d
		x.UncertainCause &^= d
		after := Evaluate(&x, 0)
		if x.Normal(&after) || after.Flag == FlagNone && !x.Assessed(d) {
			t.Fatalf("a named cause makes it %s", after.Flag.Code())
		}
	})
}

func TestReasonsGoWithTheFlag(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := anyFindings(t)
		r := Evaluate(&x, FeatureSet(rapid.IntRange(0, 31).Draw(t, "health")))
		if r.Low > r.High || r.Floor > r.High || r.Floor < r.Low {
			t.Fatalf("grades %d to %d, for the flag %d", r.Low, r.High, r.Floor)
		}
		if (r.Flag == FlagNone) != (r.Reasons == 0) || r.Flag.Flagged() && r.Reasons&missingReasons != 0 {
			t.Fatalf("%s because %v", r.Flag.Code(), r.Reasons.Codes())
		}
		if r.Flag == FlagNone && (!r.Conclusive() || !x.FeaturesAssessed()) {
			t.Fatalf("no flag with grades %d to %d", r.Low, r.High)
		}
		if back, ok := ParseReasons(string(r.Reasons.AppendCodes(nil))); !ok || back != r.Reasons {
			t.Fatalf("%v comes back as %v", r.Reasons.Codes(), back.Codes())
		}
	})
}
