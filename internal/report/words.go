package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// check says when a check was performed, what it means, and what was seen; a
// feature that is more marked than before is marked as such. before may be nil.
func (p *page) check(c, before *ward.Check) string {
	words := p.clock(c.PerformedAt) + glue + meaning(c)
	if seen := features(c, before); len(seen) > 0 {
		words += ", " + strings.Join(seen, ", ")
	}
	return words
}

// meaning says score, grade, and the findings that made the grade.
func meaning(c *ward.Check) string {
	x, r := &c.Findings, c.Result
	if !c.Counts() && r.Low == 0 {
		return "could not be tested: " + unable(c)
	}
	tool := icans.FieldOf("tool").Words(x)
	words := ""
	switch low, high := x.ScoreRange(); {
	case x.Unable != 0:
		words = tool + " unable (" + unable(c) + ")"
	case low == high:
		words = fmt.Sprintf("%s %d of %d", tool, low, x.Tool.MaxScore())
	default:
		words = fmt.Sprintf("%s %d to %d of %d", tool, low, high, x.Tool.MaxScore())
	}
	words = glued(words) + ", " + glued("ICANS "+grade(r))
	if made := drivers(x, r.Drivers); len(made) > 0 {
		words += " from " + strings.Join(made, " and ")
	}
	if x.OtherCause != 0 {
		words += " (put down to another cause: " + icans.FieldOf("other_cause").Words(x) + ")"
	}
	return words
}

func unable(c *ward.Check) string { return icans.FieldOf("unable").Words(&c.Findings) }

func grade(r icans.Result) string {
	if g, known := r.Grade(); known {
		return fmt.Sprint(g)
	}
	return fmt.Sprintf("%d to %d", r.Low, r.High)
}

// drivers are the domains that made the grade, with what was found in them.
func drivers(x *icans.Findings, made icans.Domains) []string {
	words := made.Words()
	for i, code := range made.Codes() {
		f := icans.FieldOf(code)
		if f == nil { // the score
			continue
		}
		if found := f.Words(x); found != "yes" && found != "" {
			words[i] += " (" + found + ")"
		}
	}
	return words
}

// features are what was found and seen beside what made the grade: the other
// domains; then handwriting and tremor, which go before the score does; then the rest.
func features(c, before *ward.Check) []string {
	var seen []string
	early := 0
	for _, f := range icans.Fields() {
		if f.Group != icans.GroupSeen || f.Code(&c.Findings) == "none" || !f.Assessed(&c.Findings) {
			continue
		}
		words := glued(strings.ToLower(f.Label) + " " + f.Words(&c.Findings))
		if before != nil && f.Assessed(&before.Findings) {
			switch was := f.Code(&before.Findings); {
			case was == "none":
				words += " (new)"
			case was != f.Code(&c.Findings):
				words += " (was " + f.Words(&before.Findings) + ")"
			}
		}
		at := len(seen)
		if f.Column == "tremor" || f.Column == "handwriting" {
			at = early
			early++
		}
		seen = slices.Insert(seen, at, words)
	}
	return append(overshadowed(&c.Findings, c.Result.Drivers), seen...)
}

// overshadowed are the findings of the domains that did not make the grade: what
// is worse did, or another cause explains them.
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

// clock shows a time on the ward's wall clock: alone within half a day of the
// handover, else with its day. An hour that the clocks repeat carries the name of
// its zone, because it comes twice.
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

func length(d time.Duration) string { return glued(ward.Elapsed(d)) }

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
