package icans

import (
	"math/bits"
	"strconv"
	"strings"
)

// Flag is the urgency of the follow-up that a check needs; a greater Flag is more
// urgent. A check is flagged if its Flag is FlagGrade1 or FlagUrgent.
type Flag uint8

// The flags. FlagGrade1 means that the check matches ICANS grade-1 features; the
// diagnosis is a clinician's.
const (
	FlagNone       Flag = iota // complete, and no finding that flags
	FlagIncomplete             // not flagged, but a missing or doubtful part could be
	FlagGrade1                 // the least grade is 1, a feature is mild, or a change since earlier checks
	FlagUrgent                 // the least grade is 2 or more, a feature is moderate or severe, or a marked change
)

// FlagTerms are the codes and words of the flags, indexed by [Flag].
var FlagTerms = [...]Term{
	{Code: "none", Label: "no flag"},
	{Code: "incomplete", Label: "unfinished: please complete"},
	{Code: "grade1", Label: "matches grade-1 features"},
	{Code: "urgent", Label: "URGENT: see the patient now"},
}

// Code returns the flag as the CSV and the database have it.
func (f Flag) Code() string { return FlagTerms[f].Code }

// Words returns the flag in plain English.
func (f Flag) Words() string { return FlagTerms[f].Label }

// Flagged reports whether a check with this flag needs a follow-up.
func (f Flag) Flagged() bool { return f >= FlagGrade1 }

// Reasons is the set of reasons for a flag.
type Reasons uint64

// The bits of Reasons, from the lowest, in the order of flag_reasons: grade_1 …
// grade_4; for each of the six features that flag, mild, moderate, severe; the
// look-back reasons; for each domain, attributed, uncertain, missing; the five
// features missing; and the own baseline.
const (
	gradeBits       = 4
	flagging        = Features + 1 // the five features and hallucinations
	firstFeature    = gradeBits
	firstLook       = firstFeature + 3*flagging
	lookBits        = 14
	firstAttributed = firstLook + lookBits
	firstUncertain  = firstAttributed + len(AllDomains)
	firstMissing    = firstUncertain + len(AllDomains)
	firstLast       = firstMissing + len(AllDomains)
	reasonBits      = firstLast + 2
)

// The look-back reasons: they compare a check with earlier ones. See package ward.
const (
	WorseThanLast Reasons = 1 << (firstLook + iota)
	GradeUp2
	ICEDrop2
	ICEDrop3
	CAPDRise5
	BelowBaseline
	HandwritingWorse
	MovementWorse
	CranialNerveWorse
	PersonalityWorse
	HeadacheWorse
	AttributedWorse
	LostAbility
	NotExamined
)

// The last two reasons.
const (
	MissingFeatures Reasons = 1 << (firstLast + iota)
	AtBaseline
)

// LookBack holds every look-back reason.
const LookBack Reasons = (1<<lookBits - 1) << firstLook

// Attributed holds the reasons attributed_score … attributed_icp.
const Attributed Reasons = (1<<len(AllDomains) - 1) << firstAttributed

// Missing holds the reasons missing_score … missing_icp and missing_features.
const Missing Reasons = (1<<len(AllDomains)-1)<<firstMissing | MissingFeatures

// flaggingFeatures are the indexes into Observed of the features that flag.
var flaggingFeatures = [flagging]int{Confusion, Agitation, Inattention, Memory, Speech, Hallucinations}

// reasonTerms are the codes and words of the reasons, by bit.
var reasonTerms = func() (t [reasonBits]Term) {
	for g := 1; g <= gradeBits; g++ {
		n := strconv.Itoa(g)
		t[g-1] = Term{Code: "grade_" + n, Label: "grade " + n}
	}
	nouns := [flagging]string{"confusion", "agitation", "loss of attention", "memory difficulty", "speech difficulty", "hallucinations"}
	codes := [flagging]string{"confusion", "agitation", "inattention", "memory", "speech", "hallucinations"}
	for f := range flagging {
		for s, term := range severity[1:] {
			t[firstFeature+3*f+s] = Term{Code: codes[f] + "_" + term.Code, Label: term.Label + " " + nouns[f]}
		}
	}
	copy(t[firstLook:], []Term{
		{Code: "worse_than_last", Label: "worse than the last check"},
		{Code: "grade_up_2", Label: "2 or more grades worse than the last check"},
		{Code: "ice_drop_2", Label: "ICE fell by 2 or more in 24 h"},
		{Code: "ice_drop_3", Label: "ICE fell by 3 or more in 24 h"},
		{Code: "capd_rise_5", Label: "CAPD rose by 5 or more"},
		{Code: "below_baseline", Label: "ICE below own baseline"},
		{Code: "handwriting_worse", Label: "handwriting worse"},
		{Code: "movement_worse", Label: "movement worse"},
		{Code: "cranial_nerve_worse", Label: "face or eyes worse"},
		{Code: "personality_worse", Label: "personality changed"},
		{Code: "headache_worse", Label: "headache now severe"},
		{Code: "attributed_worse", Label: "worse, though attributed to another cause"},
		{Code: "lost_ability", Label: "could answer before, cannot now"},
		{Code: "not_examined", Label: "not examined for too long"},
	})
	for i, d := range domainTerms {
		t[firstAttributed+i] = Term{Code: "attributed_" + d.Code, Label: d.Label + " attributed to another cause"}
		t[firstUncertain+i] = Term{Code: "uncertain_" + d.Code, Label: "cause of " + d.Label + " uncertain"}
		t[firstMissing+i] = Term{Code: "missing_" + d.Code, Label: d.Label + " not assessed"}
	}
	t[firstLast] = Term{Code: "missing_features", Label: "not all of the five features assessed"}
	t[firstLast+1] = Term{Code: "at_baseline", Label: "at own baseline"}
	return t
}()

// AppendCodes appends the codes of the reasons to dst, joined by ";".
func (r Reasons) AppendCodes(dst []byte) []byte {
	return appendJoined(dst, uint64(r), reasonTerms[:])
}

// Codes returns the codes of the reasons in their order.
func (r Reasons) Codes() []string {
	return list(uint64(r), reasonTerms[:], func(t Term) string { return t.Code })
}

// Words returns the reasons in plain English, in their order.
func (r Reasons) Words() []string {
	return list(uint64(r), reasonTerms[:], func(t Term) string { return t.Label })
}

// ParseReasons returns the reasons with these codes joined by ";", and whether
// all are known.
func ParseReasons(codes string) (Reasons, bool) {
	set, ok := parseJoined(codes, reasonTerms[:])
	return Reasons(set), ok
}

// AppendCodes appends the codes of the domains to dst, joined by ";".
func (d Domains) AppendCodes(dst []byte) []byte {
	return appendJoined(dst, uint64(d), domainTerms)
}

// Codes returns the codes of the domains in their order.
func (d Domains) Codes() []string {
	return list(uint64(d), domainTerms, func(t Term) string { return t.Code })
}

// Words returns the domains in plain English, in their order.
func (d Domains) Words() []string {
	return list(uint64(d), domainTerms, func(t Term) string { return t.Label })
}

// ParseDomains returns the domains with these codes joined by ";", and whether
// all are known.
func ParseDomains(codes string) (Domains, bool) {
	set, ok := parseJoined(codes, domainTerms)
	return Domains(set), ok
}

// featureTerms are the names of the five features, by index.
var featureTerms = []Term{{Code: "confusion"}, {Code: "agitation"}, {Code: "inattention"}, {Code: "memory"}, {Code: "speech"}}

// AppendCodes appends the codes of the features to dst, joined by ";".
func (s FeatureSet) AppendCodes(dst []byte) []byte {
	return appendJoined(dst, uint64(s), featureTerms)
}

// ParseFeatures returns the features with these codes joined by ";", and whether
// all are known.
func ParseFeatures(codes string) (FeatureSet, bool) {
	set, ok := parseJoined(codes, featureTerms)
	return FeatureSet(set), ok
}

func appendJoined(dst []byte, set uint64, terms []Term) []byte {
	for i := 0; set != 0; i++ {
		n := bits.TrailingZeros64(set)
		set &= set - 1
		if i > 0 {
			dst = append(dst, ';')
		}
		dst = append(dst, terms[n].Code...)
	}
	return dst
}

func list(set uint64, terms []Term, word func(Term) string) []string {
	words := make([]string, 0, bits.OnesCount64(set))
	for ; set != 0; set &= set - 1 {
		words = append(words, word(terms[bits.TrailingZeros64(set)]))
	}
	return words
}

func parseJoined(codes string, terms []Term) (set uint64, ok bool) {
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

// ParseFlag returns the flag with that code, and whether there is one.
func ParseFlag(code string) (Flag, bool) {
	for i, t := range FlagTerms {
		if t.Code == code {
			return Flag(i), true
		}
	}
	return 0, false
}

// flag returns the flag of the findings, the first that holds from the most urgent
// down, and its reasons. The order of the reasons is that of their bits.
func (x *Findings) flag(r *Result, health FeatureSet, doubtful, uncertain Domains) (Flag, Reasons) {
	var why Reasons
	worst := None
	for i, f := range flaggingFeatures {
		s := x.Observed[f]
		if s <= None || s == Mild && f < Features && health.Has(f) {
			continue
		}
		why |= 1 << (firstFeature + 3*i + int(s-Mild))
		worst = max(worst, s)
	}
	if r.Floor > 0 {
		why |= 1 << (r.Floor - 1)
	}
	why |= Reasons(doubtful&x.OtherCause) << firstAttributed
	why |= Reasons(doubtful&uncertain) << firstUncertain
	switch {
	case r.Floor >= 2 || worst >= Moderate:
		return FlagUrgent, why
	case r.Floor == 1 || worst == Mild:
		return FlagGrade1, why
	case r.High > r.Low || doubtful != 0 || !x.FeaturesAssessed():
		return FlagIncomplete, why | x.missing()
	}
	return FlagNone, 0
}

// missing returns the reasons for an unfinished check: every domain that was not
// completely assessed, and the five features if one was not.
func (x *Findings) missing() (why Reasons) {
	for i, d := range AllDomains {
		if !x.Assessed(d) {
			why |= 1 << (firstMissing + i)
		}
	}
	if !x.FeaturesAssessed() {
		why |= MissingFeatures
	}
	return why
}

const missingReasons = Reasons(1<<len(AllDomains)-1)<<firstMissing | MissingFeatures

// Raised returns the result with look-back reasons added, which raise the flag to
// at least the given one. A flagged check does not list its missing parts.
func (r Result) Raised(to Flag, why Reasons) Result {
	if why == 0 {
		return r
	}
	r.Flag = max(r.Flag, to)
	r.Reasons |= why
	if r.Flag.Flagged() {
		r.Reasons &^= missingReasons
	}
	return r
}
