package bedside

import (
	"strings"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// Answers are the values of a check by column, with the cause in words.
type Answers interface {
	Value(column string) string
	Set(column, code string)
	Cause() string
	SetCause(text string)
}

// ToolOf returns the tool of answers.
func ToolOf(value func(string) string) icans.Tool {
	if value(ToolValue) == "capd" {
		return icans.CAPD
	}
	return icans.ICE
}

// OtherTool returns the tool that a check does not use.
func OtherTool(t icans.Tool) icans.Tool {
	if t == icans.ICE {
		return icans.CAPD
	}
	return icans.ICE
}

// SetUnable records the reason that the tool was not done, as [SetReason] does. A patient
// who is sedated or has a tube carries the causes that a clinician named ahead; it returns
// these.
func SetUnable(a Answers, h *ward.History, c ward.Check, reason string) (carried icans.Domains) {
	SetReason(a, reason)
	return carryCause(a, h, c)
}

// SetReason records the reason that the tool was not done. "Unarousable" sets consciousness
// too.
func SetReason(a Answers, reason string) {
	restoreConsciousness(a)
	dropCarried(a)
	a.Set(UnableValue, reason)
	if before := a.Value("consciousness"); reason == "unarousable" && before != "unarousable" {
		a.Set(ReplacedValue, replacedMark+before)
		a.Set("consciousness", "unarousable")
	}
}

// SetAble takes the reason back: the answers return, and so does the consciousness that
// "unarousable" had replaced.
func SetAble(a Answers) {
	restoreConsciousness(a)
	dropCarried(a)
	a.Set(UnableValue, "")
}

// ChangeTool changes the tool of the check. The answers of the other one stay aside.
func ChangeTool(a Answers, to icans.Tool) {
	SetAble(a)
	a.Set(ToolValue, ToolCode(to))
}

// restoreConsciousness takes back the answer that "unarousable" set, unless the user has
// answered since.
func restoreConsciousness(a Answers) {
	before, set := strings.CutPrefix(a.Value(ReplacedValue), replacedMark)
	if set {
		a.Set("consciousness", before)
		a.Set(ReplacedValue, "")
	}
}

// carryCause attributes the domains whose cause a clinician named ahead.
func carryCause(a Answers, h *ward.History, c ward.Check) icans.Domains {
	c.Findings = FindingsOf(a.Value)
	domains, cause := h.NamedAhead(&c)
	if domains == 0 {
		return 0
	}
	x := &c.Findings
	a.Set(CarriedValue, DomainsOf(domains&^x.OtherCause))
	a.Set(OtherValue, DomainsOf(x.OtherCause|domains))
	a.Set(UncertainValue, DomainsOf(x.UncertainCause&^domains))
	if a.Cause() == "" {
		a.SetCause(cause)
	}
	return domains
}

// dropCarried takes back the causes that the check carried with an earlier reason.
func dropCarried(a Answers) {
	carried, _ := icans.ParseDomains(a.Value(CarriedValue))
	if carried == 0 {
		return
	}
	x := FindingsOf(a.Value)
	left := x.OtherCause &^ carried
	a.Set(OtherValue, DomainsOf(left))
	a.Set(CarriedValue, "")
	if left == 0 {
		a.SetCause("")
	}
}

// TurnCause moves one domain on: counts, uncertain, other cause. Only a person who decides
// names or lifts another cause. It returns the reason that it went no further, if any.
func TurnCause(a Answers, one icans.Domains, decides bool) (refused string) {
	x := FindingsOf(a.Value)
	other, uncertain := x.OtherCause, x.UncertainCause
	switch {
	case other.Has(one) && !decides:
		return "a clinician named this cause"
	case other.Has(one):
		other &^= one
	case uncertain.Has(one) && decides:
		uncertain &^= one
		other |= one
	case uncertain.Has(one):
		uncertain &^= one
		refused = "another cause"
	default:
		uncertain |= one
	}
	a.Set(OtherValue, DomainsOf(other))
	a.Set(UncertainValue, DomainsOf(uncertain))
	return refused
}

// UnableWords returns the consequence of the reason that the tool was not done. carried are
// the domains whose cause [SetUnable] took over.
func UnableWords(h *ward.History, site *ward.Site, c *ward.Check, carried icans.Domains) string {
	if carried != 0 {
		return "Carries the cause that a clinician named ahead: " + strings.Join(carried.Words(), ", ") + ": " + words.Plain(c.CauseNote)
	}
	again := ward.Elapsed(site.Intervals.Unable)
	switch c.Findings.Unable {
	case icans.UnableUnarousable:
		return "Consciousness was also set to unarousable"
	case icans.UnableSedated:
		return "Consciousness is uncertain: next look in " + again + ", until a clinician names the cause"
	case icans.UnableAsleep, icans.UnableRefused, icans.UnableOffUnit:
		return "Next try in " + again
	case icans.UnableLanguage:
		if h.ICEBefore(c) && !h.Patient.Interpreter {
			return "Could answer before: this will be URGENT. If speech is lost, score the items 0"
		}
	case icans.UnableOther:
		if h.ICEBefore(c) {
			return "Could answer before: score the items 0, if so"
		}
	}
	return words.ToolName(c.Findings.Tool) + " not done: " + icans.FieldOf(UnableValue).Words(&c.Findings)
}
