package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"neurocheck/internal/ward"
)

// patientBlock is one patient of a page.
type patientBlock struct {
	*page
	*ward.HandoverPatient
}

// labelled is a label with the sentences that belong to it.
type labelled struct {
	Label string
	Items []string
}

// content returns the lines of a patient, without those that have no content.
func (b patientBlock) content() (list []labelled) {
	add := func(label string, items []string) {
		if len(items) > 0 {
			list = append(list, labelled{label, items})
		}
	}
	add("NOW", b.now())
	if b.worseBefore() {
		add("WORST", []string{b.check(b.Worst)})
	}
	for i := range b.Follow {
		add("FLAG", b.followUp(&b.Follow[i]))
	}
	add("FLAG", b.oldFlags())
	add("MISSED", oneItem("; ", b.missed()))
	add("DONE", oneItem("; ", b.done()))
	add("REPORT", b.reports())
	add("RECORD", b.changes())
	add("NEXT", b.next())
	return list
}

func oneItem(sep string, items []string) []string {
	if len(items) == 0 {
		return nil
	}
	return []string{strings.Join(items, sep)}
}

// identity writes the line that says who a block is about. Nothing of it is cut: a
// line that is too long goes on below.
func (b patientBlock) identity() {
	bed := clean(b.Stay.Bed)
	if bed == "" {
		bed = "no bed"
	}
	start := ""
	if strings.ContainsFunc(b.Patient.Name, rightToLeft) {
		start = leftToRight // so that the whole line runs from left to right
	}
	fields := []string{start + bed + "  " + clean(b.Patient.Name), "born " + glued(bornWords(&b.Patient)), "MRN " + clean(b.Patient.MRN)}
	if day, ok := b.Patient.Day(b.Now, b.Zone); ok {
		fields = append(fields, fmt.Sprintf("day %+d", day))
	}
	if product := clean(b.Patient.Product); product != "" {
		fields = append(fields, product)
	}
	line := fields[0]
	for _, f := range fields[1:] {
		if cells(line)+3+cells(f) > Width {
			b.lines(wrap("", "    ", line))
			line = "    " + f
			continue
		}
		line += "   " + f
	}
	b.lines(wrap("", "    ", line))
}

// bornWords returns the date of birth, and the second identifier if it is unknown.
func bornWords(pt *ward.Patient) string {
	if !pt.BirthDate.IsZero() {
		return pt.BirthDate.Words()
	}
	return "unknown, second ID " + clean(pt.SecondID)
}

// worseBefore reports whether the worst check of the period is worse than the last
// one.
func (b patientBlock) worseBefore() bool {
	return b.Worst != nil && b.Worst != b.Last && (b.Conclusive == nil || b.Worst.WorseThan(b.Conclusive))
}

// now returns the patient's state, compared with earlier.
func (b patientBlock) now() []string {
	var items []string
	switch stay := &b.Stay; {
	case b.Left:
		items = append(items, "LEFT "+b.clock(stay.DischargedAt)+" ("+name(stay.Recorded.By)+"), not confirmed")
	case !stay.OnWard():
		items = append(items, "Left "+b.clock(stay.DischargedAt)+", "+ward.WordsFor(ward.Discharges, stay.Discharge))
	case b.Admitted:
		items = append(items, "Admitted "+b.clock(stay.AdmittedAt))
	}
	switch {
	case b.Last == nil && b.Conclusive == nil:
		return append(items, "No check yet"+b.notExamined())
	case b.Last == nil:
		return append(items, "No check in this stay yet"+b.notExamined(), "last examined "+b.check(b.Conclusive))
	case b.Checks == 0 && b.Stay.OnWard():
		items = append(items, "NO CHECK IN THIS TIME. The last one: "+b.check(b.Last)+b.notExamined())
	case b.Checks == 0:
		items = append(items, "Last check "+b.check(b.Last))
	default:
		items = append(items, b.check(b.Last)+b.notExamined())
	}
	if b.Conclusive != nil && b.Conclusive != b.Last {
		items = append(items, "Last examined "+b.check(b.Conclusive))
	}
	items = append(items, b.causes()...)
	if b.Checks == 0 {
		return items
	}
	return append(items, b.compared()...)
}

// notExamined returns words about a patient who was not examined for too long, or "".
func (b patientBlock) notExamined() string {
	switch {
	case b.NotExamined.Flagged():
		return ". NOT EXAMINED for " + length(b.Now.Sub(b.NotExaminedSince))
	case b.Last != nil && b.Last.Unexamined():
		return ". Not examined"
	}
	return ""
}

// compared returns words that compare the last conclusive check with the one before
// it, and with the last one before the period if that has more to say.
func (b patientBlock) compared() (items []string) {
	before := b.conclusiveBefore()
	trend := ward.TrendOf(before, b.Conclusive)
	words := func(trend ward.Trend, c *ward.Check) {
		at := b.clock(c.PerformedAt)
		switch trend {
		case ward.Worse:
			items = append(items, "WORSE than "+at+" ("+short(c)+")")
		case ward.Better:
			items = append(items, "Better than "+at+" ("+short(c)+")")
		case ward.Unchanged:
			items = append(items, "As at "+at)
		case ward.TrendUnknown:
			items = append(items, "At "+at+" "+short(c))
		}
	}
	if before != nil {
		words(trend, before)
	}
	if b.Before != nil && b.Before != before && b.Before != b.Conclusive && b.Trend != trend && b.Trend != ward.TrendUnknown {
		words(b.Trend, b.Before)
	}
	return items
}

// conclusiveBefore returns the conclusive check before the last conclusive one, or
// nil.
func (b patientBlock) conclusiveBefore() *ward.Check {
	checks := b.Chart.Checks
	for i := range slices.Backward(checks) {
		if c := &checks[i]; b.Conclusive != nil && c.Result.Conclusive() && c.Compare(b.Conclusive) < 0 {
			return c
		}
	}
	return nil
}

// causes returns the causes that a clinician named ahead and that apply now.
func (b patientBlock) causes() (items []string) {
	var withTool time.Time
	for i := range b.Chart.Checks {
		if c := &b.Chart.Checks[i]; c.Findings.Unable == 0 {
			withTool = c.PerformedAt
		}
	}
	for i := range b.Chart.Attributions {
		if a := &b.Chart.Attributions[i]; a.Applies(b.Now, withTool) {
			items = append(items, "Cause of "+a.Domain+": "+clean(a.Cause)+", until "+b.clock(a.Until)+", "+name(a.Named.By))
		}
	}
	return items
}

// missed returns the checks that were not done in time. The one that is due now is
// part of the line of the next check.
func (b patientBlock) missed() (items []string) {
	for _, m := range b.Missed {
		if m.End == ward.StillDue && m.Due.Equal(b.Next.Due) {
			continue
		}
		words := "due " + b.clock(m.Due) + ", "
		switch m.End {
		case ward.StillDue:
			words += "STILL NOT DONE"
		case ward.DoneLate:
			words += "done " + b.clock(m.Until)
		case ward.LeftTheWard:
			words += "not done before the discharge " + b.clock(m.Until)
		}
		words += " (" + length(m.Late) + " late"
		if m.KnownLater {
			words += ", known only later"
		}
		items = append(items, words+")")
	}
	return items
}

// done returns the interventions and the changes of the interval.
func (b patientBlock) done() (items []string) {
	for i := range b.Events {
		e := &b.Events[i]
		if e.Kind == ward.AReport {
			continue
		}
		words := b.clock(e.At) + " " + eventWords(e)
		if e.Kind == ward.AnOrder {
			words += " (" + name(e.Recorded.By) + ")"
		}
		items = append(items, words+withdrawn(e))
	}
	return items
}

// orderWords returns the effect of an order in words.
func orderWords(e *ward.Event) string {
	switch ward.OrderKind(e.What) {
	case ward.OrderInterval:
		return "check interval: every " + length(e.Interval)
	case ward.OrderStop:
		return "checks stopped"
	case ward.OrderExtend:
		return fmt.Sprintf("checks until day %d", e.UntilDay)
	}
	return "checks started again, ward intervals"
}

func withdrawn(e *ward.Event) string {
	if !e.Withdrawn {
		return ""
	}
	return strings.TrimSuffix(" (withdrawn: "+clean(e.Reason), ": ") + ")"
}

// reports returns the reported symptoms.
func (b patientBlock) reports() (items []string) {
	for i := range b.Events {
		if e := &b.Events[i]; e.Kind == ward.AReport {
			words := b.clock(e.At) + " " + ward.WordsFor(ward.Reporters, e.What) + ": “" + clean(e.Detail) + "”" + withdrawn(e)
			if b.Report != nil && b.Report.ID == e.ID && b.Report.ToldAt.Equal(e.At) {
				words += ", a check is due since"
			}
			items = append(items, words)
		}
	}
	return items
}

// changes returns the changes of the record.
func (b patientBlock) changes() (items []string) {
	for _, n := range b.Notes {
		c := n.Check
		signed := b.clock(c.Recorded.At) + " by " + name(c.Recorded.By)
		switch n.Kind {
		case ward.LateEntry:
			items = append(items, "check of "+b.clock(c.PerformedAt)+" entered late "+signed)
		case ward.Correction:
			words := "check of " + b.clock(c.PerformedAt) + " corrected " + signed + reason(c)
			if n.Was != nil {
				words += ": " + short(n.Was) + " → " + short(c)
			}
			items = append(items, words)
		case ward.Withdrawal:
			items = append(items, "check of "+b.clock(c.PerformedAt)+" withdrawn "+signed+reason(c)+", no longer counts")
		case ward.Reconsidered:
			items = append(items, "flag of "+b.clock(c.PerformedAt)+" is now "+level(c.Result.Flag)+": an earlier check was added or corrected")
		}
	}
	return items
}

func reason(c *ward.Check) string {
	words := ward.WordsFor(ward.Reasons, c.Reason)
	if note := clean(c.ReasonNote); note != "" {
		words += ", " + note
	}
	return " (" + words + ")"
}

// next returns the next check, and the responsible clinician.
func (b patientBlock) next() []string {
	items := []string{b.nextCheck()}
	if clinician := clean(b.Stay.Clinician); clinician != "" {
		items = append(items, name(clinician))
	}
	if b.Patient.Interpreter {
		items = append(items, strings.TrimSpace("Interpreter needed: "+clean(b.Patient.Language)))
	}
	return items
}

func (b patientBlock) nextCheck() string {
	next := &b.Next
	why := ward.WordsFor(ward.Whys, string(next.Why))
	if next.Why == ward.WhyIncomplete && b.Last != nil && !b.Last.Unfinished() {
		why = "other cause"
	}
	switch {
	case !b.Stay.OnWard():
		return "No check due"
	case next.State == ward.NoneDue && next.Why == ward.WhyEnded:
		return "No check due: checks have ended"
	case next.State == ward.NoneDue:
		return "No check due: " + why
	}
	words := b.clock(next.Due)
	if next.State == ward.Overdue {
		words = "LATE " + length(b.Now.Sub(next.Due)) + ", due since " + b.clock(next.Due)
	}
	if next.Interval > 0 && next.Why != ward.WhyAdmission {
		words += ", every " + length(next.Interval)
	}
	switch next.Why {
	case ward.WhyNone:
	case ward.WhyBurst:
		if b.BurstEnds.After(b.Now) {
			words += " until " + b.clock(b.BurstEnds) + ", then every " + length(b.Then)
		}
	default:
		words += " (" + why + ")"
	}
	return words
}
