package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// level returns a flag in the few words of a list.
func level(f icans.Flag) string {
	return [...]string{
		icans.FlagNone: "no" + glue + "flag", icans.FlagIncomplete: "unfinished",
		icans.FlagGrade1: "grade" + glue + "1", icans.FlagUrgent: "urgent",
	}[f]
}

// check returns the time of a check, its meaning, and the findings: first those that
// differ from the time before, then those that are old and unchanged.
func (b patientBlock) check(c *ward.Check) string {
	return b.clock(c.PerformedAt) + glue + strings.Join(checkWords(b.Chart, c), ", ")
}

// checkWords returns the meaning of a check and its findings. Only a normal check is
// called normal.
func checkWords(chart *ward.Chart, c *ward.Check) []string {
	words := append([]string{meaning(c)}, causeWords(c)...)
	words = append(words, overshadowed(&c.Findings, c.Result.Drivers)...)
	changed, unchanged := signs(chart, c)
	words = append(words, changed...)
	if len(unchanged) > 0 {
		words = append(words, "no change: "+strings.Join(unchanged, ", "))
	}
	if c.Normal() {
		words = append(words, "normal")
	}
	if c.AtBaseline() {
		words = append(words, glued("at own baseline"))
	}
	if c.Unfinished() {
		words = append(words, "unfinished")
	}
	return words
}

// meaning returns the score, the grade, and the findings that made the grade.
func meaning(c *ward.Check) string {
	words := short(c)
	if made := drivers(&c.Findings, c.Result.Drivers); len(made) > 0 {
		words += " (" + strings.Join(made, "; ") + ")"
	}
	return words
}

// short returns the score and the grade.
func short(c *ward.Check) string {
	return glued(score(&c.Findings)) + ", " + glued("ICANS "+grade(c.Result))
}

// score returns the score, or the reason that there is none.
func score(x *icans.Findings) string {
	tool := icans.FieldOf("tool").Words(x)
	if x.Unable != 0 {
		return tool + " not done: " + icans.FieldOf("unable").Words(x)
	}
	low, high := x.ScoreRange()
	switch total, known := x.Total(); {
	case x.StatedTotal != 0:
		return fmt.Sprintf("%s %d (total only)", tool, total)
	case known:
		return fmt.Sprintf("%s %d", tool, total)
	}
	return fmt.Sprintf("%s %d to %d", tool, low, high)
}

func grade(r icans.Result) string {
	if g, known := r.Grade(); known {
		return fmt.Sprint(g)
	}
	return fmt.Sprintf("%d to %d", r.Low, r.High)
}

// causeWords returns the domains with another cause, or perhaps with one.
func causeWords(c *ward.Check) (words []string) {
	if d := c.Findings.OtherCause; d != 0 {
		cause := "other cause: " + strings.Join(d.Words(), ", ")
		if note := clean(c.CauseNote); note != "" {
			cause += " (" + note + ")"
		}
		words = append(words, cause)
	}
	if d := c.Findings.Uncertain(); d != 0 {
		words = append(words, "cause uncertain: "+strings.Join(d.Words(), ", "))
	}
	return words
}

// drivers returns the domains that made the grade, with the finding of each.
func drivers(x *icans.Findings, made icans.Domains) []string {
	words := made.Words()
	for i, code := range made.Codes() {
		f := icans.FieldOf(code)
		if f == nil { // the score
			continue
		}
		if found := f.Words(x); found != "yes" && found != "" {
			words[i] += ": " + found
		}
	}
	return words
}

// overshadowed returns the findings of the domains that did not make the grade: a
// worse one did, or they have another cause.
func overshadowed(x *icans.Findings, made icans.Domains) (list []string) {
	for _, f := range icans.Fields() {
		if code := f.Code(x); f.Group != icans.GroupDomain || code == "" || code == "alert" || code == "none" {
			continue
		}
		if domain, _ := icans.ParseDomains(f.Column); made&domain == 0 {
			list = append(list, drivers(x, domain)...)
		}
	}
	return list
}

// signName returns the name of a feature or sign within a sentence.
func signName(f *icans.Field) string {
	if f.Column == "cranial_nerve" {
		return "facial palsy"
	}
	return strings.ToLower(f.Label)
}

// early are the signs that come before the others, because they change before the
// score does.
var early = []string{"tremor", "handwriting"}

// signs returns the features and signs that were found: those that differ from the
// last time they were assessed or were not assessed before, and the unchanged ones. A
// feature that is mild in health and did not flag is unchanged also after a check without it.
func signs(chart *ward.Chart, c *ward.Check) (changed, unchanged []string) {
	first := 0
	for _, f := range icans.Fields() {
		if f.Group != icans.GroupSeen || !f.Assessed(&c.Findings) {
			continue
		}
		now, was := f.Code(&c.Findings), codeBefore(chart, c, f)
		words := glued(signName(f) + " " + f.Words(&c.Findings))
		switch {
		case now == "none":
			continue
		case was == now, inHealth(chart, c, f) && (was == "none" || was == ""):
			unchanged = append(unchanged, words)
			continue
		case was == "none":
			words += glued(" (new)")
		case was != "":
			words += glued(" (was " + was + ")")
		}
		at := len(changed)
		if slices.Contains(early, f.Column) {
			at = first
			first++
		}
		changed = slices.Insert(changed, at, words)
	}
	return changed, unchanged
}

// inHealth reports whether a feature is mild as it is in health, and so did not flag the check.
func inHealth(chart *ward.Chart, c *ward.Check, f *icans.Field) bool {
	mild := f.Column + "_mild"
	return f.Code(&c.Findings) == "mild" && !slices.Contains(c.Result.Reasons.Codes(), mild) &&
		slices.Contains(strings.Split(string(chart.Patient.Health.AppendCodes(nil)), ";"), f.Column)
}

// codeBefore returns the finding as it was last assessed before the check, or "".
func codeBefore(chart *ward.Chart, c *ward.Check, f *icans.Field) string {
	for i := range slices.Backward(chart.Checks) {
		if o := &chart.Checks[i]; o.ID != c.ID && o.Compare(c) < 0 && f.Assessed(&o.Findings) {
			return f.Code(&o.Findings)
		}
	}
	return ""
}

// clock returns a time on the ward's wall clock: alone within half a day of the
// handover, else with its day. An hour that the clocks repeat has the name of its
// zone, because it comes twice.
func (p *page) clock(t time.Time) string {
	t = t.In(p.Zone)
	layout := "15:04"
	switch away := t.Sub(p.Now); {
	case away.Abs() <= 12*time.Hour:
	case away.Abs() < 6*24*time.Hour:
		layout = "Mon 15:04"
	case t.Year() == p.Now.In(p.Zone).Year():
		layout = "2 Jan 15:04"
	default:
		layout = "2 Jan 2006 15:04"
	}
	if repeated(t) {
		layout += " MST"
	}
	return glued(t.Format(layout))
}

// repeated reports whether the wall clock shows this time twice.
func repeated(t time.Time) bool {
	const wall = "2006-01-02 15:04"
	for _, change := range []time.Duration{time.Hour, 30 * time.Minute, 2 * time.Hour} {
		if t.Add(change).Format(wall) == t.Format(wall) || t.Add(-change).Format(wall) == t.Format(wall) {
			return true
		}
	}
	return false
}

// length returns a length of time: "7 min", "2 h 55", "13 h", "3 d 4 h". A negative
// one counts as 0.
func length(d time.Duration) string {
	minutes := int(max(d, 0) / time.Minute)
	hours := minutes / 60
	switch {
	case minutes < 60:
		return glued(fmt.Sprintf("%d min", minutes))
	case hours < 24 && minutes%60 == 0:
		return glued(fmt.Sprintf("%d h", hours))
	case hours < 24:
		return glued(fmt.Sprintf("%d h %02d", hours, minutes%60))
	case hours%24 == 0:
		return glued(fmt.Sprintf("%d d", hours/24))
	}
	return glued(fmt.Sprintf("%d d %d h", hours/24, hours%24))
}
