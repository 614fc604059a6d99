package icans

import (
	"math/bits"
	"strconv"
	"strings"
)

// Flag says whether a check asks for follow-up, the least first: a greater Flag
// is more pressing.
type Flag uint8

// The flags. FlagGrade1 says that the check matches ICANS grade-1 features; the
// diagnosis is a clinician's.
const (
	FlagNone       Flag = iota // complete, and nothing seen
	FlagIncomplete             // nothing flagged, but what is missing could be: come back and finish
	FlagGrade1                 // the least grade is 1, or a mild feature was seen
	FlagUrgent                 // the least grade is 2 or more, or a moderate or severe feature was seen
)

// FlagTerms are the codes and words of the flags, indexed by [Flag].
var FlagTerms = [...]Term{
	{Code: "none", Label: "no flag"},
	{Code: "incomplete", Label: "incomplete: come back and finish"},
	{Code: "grade1", Label: "matches grade-1 features"},
	{Code: "urgent", Label: "urgent: bedside review now"},
}

// Code returns the flag as the CSV and the database have it.
func (f Flag) Code() string { return FlagTerms[f].Code }

// Words returns the flag in plain English.
func (f Flag) Words() string { return FlagTerms[f].Label }

// Reasons is the set of reasons for a flag.
type Reasons uint32

// The bits of Reasons, from the lowest: grade_1 … grade_4; for each of the five
// features that flag, mild, moderate, severe; for each domain, missing; and
// those that come from comparing with earlier checks.
const (
	gradeBits    = 4
	featureBits  = 3 * flagging
	missingBits  = len(domainOrder)
	firstFeature = gradeBits
	firstMissing = firstFeature + featureBits
	firstLook    = firstMissing + missingBits
)

// Reasons that come from what was recorded before. Each is enough for
// [FlagGrade1]: see [Result.Compared].
const (
	WorseThanLast Reasons = 1 << (firstLook + iota)
	ICEDrop2
	BelowBaseline

	reasonBits = firstLook + 3
)

// LookBack is every reason that comes from comparing.
const LookBack = WorseThanLast | ICEDrop2 | BelowBaseline

// reasonTerms are the codes and words of the reasons, by bit.
var reasonTerms = func() (t [reasonBits]Term) {
	for g := 1; g <= gradeBits; g++ {
		n := strconv.Itoa(g)
		t[g-1] = Term{Code: "grade_" + n, Label: "a grade " + n + " finding"}
	}
	i := firstFeature
	for _, f := range fields {
		if f.Group != GroupSeen || i == firstMissing {
			continue
		}
		for _, s := range f.Terms[1:] {
			t[i] = Term{Code: f.Column + "_" + s.Code, Label: s.Label + " " + featureNouns[(i-firstFeature)/3]}
			i++
		}
	}
	for _, d := range domainTerms {
		t[i] = Term{Code: "missing_" + d.Code, Label: d.Label + " not assessed"}
		i++
	}
	t[i] = Term{Code: "worse_than_last", Label: "worse than the last check"}
	t[i+1] = Term{Code: "ice_drop_2", Label: "ICE down 2 or more in 24 h"}
	t[i+2] = Term{Code: "below_baseline", Label: "below the baseline ICE"}
	return t
}()

// featureNouns are the features that flag, as they read behind "mild".
var featureNouns = [flagging]string{"confusion", "agitation", "inattention", "memory difficulty", "speech difficulty"}

// AppendCodes appends the codes of the reasons to dst, joined by ";".
func (r Reasons) AppendCodes(dst []byte) []byte {
	return appendJoined(dst, uint32(r), reasonTerms[:])
}

// Codes returns the codes of the reasons in their order.
func (r Reasons) Codes() []string {
	return list(uint32(r), reasonTerms[:], func(t Term) string { return t.Code })
}

// Words returns the reasons in plain English, in their order.
func (r Reasons) Words() []string {
	return list(uint32(r), reasonTerms[:], func(t Term) string { return t.Label })
}

// ParseReasons returns the reasons with these codes joined by ";", and whether
// all are known.
func ParseReasons(codes string) (Reasons, bool) {
	set, ok := parseJoined(codes, reasonTerms[:])
	return Reasons(set), ok
}

// AppendCodes appends the codes of the domains to dst, joined by ";".
func (d Domains) AppendCodes(dst []byte) []byte {
	return appendJoined(dst, uint32(d), domainTerms)
}

// Codes returns the codes of the domains in their order.
func (d Domains) Codes() []string {
	return list(uint32(d), domainTerms, func(t Term) string { return t.Code })
}

// Words returns the domains in plain English, in their order.
func (d Domains) Words() []string {
	return list(uint32(d), domainTerms, func(t Term) string { return t.Label })
}

func appendJoined(dst []byte, set uint32, terms []Term) []byte {
	for i := 0; set != 0; i++ {
		n := bits.TrailingZeros32(set)
		set &= set - 1
		if i > 0 {
			dst = append(dst, ';')
		}
		dst = append(dst, terms[n].Code...)
	}
	return dst
}

func list(set uint32, terms []Term, word func(Term) string) []string {
	words := make([]string, 0, bits.OnesCount32(set))
	for ; set != 0; set &= set - 1 {
		words = append(words, word(terms[bits.TrailingZeros32(set)]))
	}
	return words
}

func parseJoined(codes string, terms []Term) (set uint32, ok bool) {
	if codes == "" {
		return 0, true
	}
next:
	for code := range strings.SplitSeq(codes, ";") {
		for i, t := range terms {
			if t.Code == code {
				set |= 1 << i
				continue next
			}
		}
		return 0, false
	}
	return set, true
}

// flag gives the check its flag, the first that holds from the most pressing
// down, and the reasons: the least grade above 0, every feature seen that
// flags, and, where the check is only incomplete, what is missing.
func (x *Findings) flag(low, high int, open Domains) (Flag, Reasons) {
	var why Reasons
	worst := None
	for i, s := range x.Observed[:flagging] {
		if s > None {
			why |= 1 << (firstFeature + 3*i + int(s-Mild))
			worst = max(worst, s)
		}
	}
	if low > 0 {
		why |= 1 << (low - 1)
	}
	switch {
	case low >= 2 || worst >= Moderate:
		return FlagUrgent, why
	case low == 1 || worst == Mild:
		return FlagGrade1, why
	case high > low:
		return FlagIncomplete, Reasons(open) << firstMissing
	}
	return FlagNone, 0
}

// Compared adds reasons that come from comparing the check with earlier ones.
// Any of them raises the flag to [FlagGrade1] at the least.
func (r Result) Compared(why Reasons) Result {
	if why == 0 {
		return r
	}
	if r.Flag < FlagGrade1 {
		r.Flag = FlagGrade1
		r.Reasons = 0 // what was missing is no reason for the flag any more
	}
	r.Reasons |= why
	return r
}

// ParseFlag returns the flag with that code, and whether there is one.
func ParseFlag(code string) (Flag, bool) {
	for i, t := range FlagTerms {
		if t.Code == code {
			return Flag(i), true
		}
	}
	return 0, false
}

// ParseDomains returns the domains with these codes joined by ";", and whether
// all are known.
func ParseDomains(codes string) (Domains, bool) {
	set, ok := parseJoined(codes, domainTerms)
	return Domains(set), ok
}
