// Package report writes what the log holds for people who have it on paper or in
// another program: plain text of 80 columns, HTML that prints, and JSON.
//
// Start with [Handover], and with [HandoverHTML] and [HandoverJSON] for the same as
// HTML and as JSON. They write what [ward.Hand] found, and add nothing to it.
// [PatientHTML] is the whole chart of one patient, with the trend.
package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// Sheet is what stands at the head of a report, beside what it reports.
type Sheet struct {
	Ward   string // its name
	MadeBy string // who asked for it, in words
	Seq    int64  // number of the last record: what the report rests on
	Head   string // its hash, in hexadecimal
}

// Handover writes a handover as plain text: UTF-8, lines of at most 80 cells, no
// control characters but line feeds. A patient is a block of lines, the first of
// them with bed, name, date of birth and MRN; the lines that have nothing to say
// are left out.
func Handover(w io.Writer, h ward.Handover, s Sheet) error {
	p := page{Handover: h}
	p.head(s)
	if len(h.Patients) == 0 {
		p.lines(wrap("", "", "Nobody. Who was discharged before, and has no follow-up open, is not told of."))
	}
	columns := p.columns()
	for i := range h.Patients {
		p.line("")
		p.patient(&h.Patients[i], columns)
	}
	p.foot()
	_, err := io.WriteString(w, p.text.String())
	return err
}

// page is a handover on its way to the paper.
type page struct {
	ward.Handover
	text strings.Builder
}

func (p *page) line(s string) {
	p.text.WriteString(strings.TrimRight(strings.ReplaceAll(s, glue, " "), " "))
	p.text.WriteByte('\n')
}

func (p *page) lines(all []string) {
	for _, l := range all {
		p.line(l)
	}
}

// say writes items behind a label, as many lines as they take; without items it
// writes nothing.
func (p *page) say(label string, items []string) {
	if len(items) > 0 {
		p.lines(wrap(fmt.Sprintf("  %-6s", label), strings.Repeat(" ", 8), strings.Join(items, "; ")))
	}
}

func (p *page) head(s Sheet) {
	since, now := p.Since.In(p.Zone), p.Now.In(p.Zone)
	from := "Mon 2 Jan 15:04 MST"
	if since.Year() != now.Year() {
		from = "Mon 2 Jan 2006 15:04 MST"
	}
	p.lines(wrap("", "", "NEURO CHECK HANDOVER   "+clean(s.Ward)))
	p.lines(wrap("", "", "From "+since.Format(from)+" to "+now.Format("Mon 2 Jan 2006 15:04 MST")+", made then by "+name(s.MadeBy)))
	p.lines(wrap("", "", "Record "+clean(s.Head)))
	p.line(p.totals())
	p.line(strings.Repeat("=", Width))
}

// totals says in one line what to expect below.
func (p *page) totals() string {
	open, waiting, overdue := 0, 0, 0
	for i := range p.Patients {
		o, w := p.Patients[i].Open()
		open, waiting = open+o, waiting+w
		if p.Patients[i].State == ward.Overdue {
			overdue++
		}
	}
	words := count(len(p.Patients), "patient") + ": " + count(open, "flag") + " open"
	if waiting > 0 {
		words += fmt.Sprintf(" (%d NOT TAKEN)", waiting)
	}
	return words + ", " + count(overdue, "check") + " overdue."
}

func (p *page) foot() {
	p.line("")
	p.line(strings.Repeat("=", Width))
	p.lines(wrap("", "", "End of the handover, "+count(len(p.Patients), "patient")+`. A flag "grade 1" says that a check matches grade-1 features; the diagnosis is a clinician's.`))
}

func (p *page) patient(h *ward.HandedPatient, c columns) {
	product := p.identity(h, c)
	p.say("NOW", p.now(h))
	if p.toldWorst(h) {
		p.say("WORST", []string{p.check(h.Worst, h.Before)})
	}
	p.say("FLAGS", p.flags(h))
	p.say("LATE", p.late(h))
	p.say("ALSO", p.also(h))
	next := p.next(h)
	if !product && h.Patient.Product != "" {
		next = append(next, "product "+clean(h.Patient.Product))
	}
	p.say("NEXT", next)
}

// toldWorst reports whether the worst check of the period is worse than the last.
func (p *page) toldWorst(h *ward.HandedPatient) bool {
	return h.Worst != nil && (h.Tested == nil || h.Worst.WorseThan(h.Tested))
}

// columns are the widths of what identifies a patient, the same for all.
type columns struct{ bed, name, mrn, day int }

func (p *page) columns() columns {
	var c columns
	for i := range p.Patients {
		h := &p.Patients[i]
		// One that is much longer than usual goes beyond its column, and does not
		// push those of the others away.
		c.bed = widest(c.bed, bed(h), 8)
		c.name = min(max(c.name, cells(clean(h.Patient.Name))), 24)
		c.mrn = widest(c.mrn, mrn(h), 14)
		c.day = widest(c.day, p.day(h), 8)
	}
	return c
}

func bed(h *ward.HandedPatient) string {
	if h.Patient.Bed == "" {
		return "No bed"
	}
	return "Bed " + clean(h.Patient.Bed) // a Latin word first keeps the line from left to right
}

func mrn(h *ward.HandedPatient) string { return "MRN " + clean(h.Patient.MRN) }

func (p *page) day(h *ward.HandedPatient) string {
	day, ok := h.Patient.Day(p.Now, p.Zone)
	if !ok {
		return "no day"
	}
	return fmt.Sprintf("day %+d", day)
}

// identity writes who a block is about. Only the name gives way where there is
// little room. What else does not fit goes on below, but for the product: whether
// that is told here is what identity returns.
func (p *page) identity(h *ward.HandedPatient, c columns) (product bool) {
	line := pad(bed(h), c.bed) + "  " + pad(fit(clean(h.Patient.Name), c.name), c.name)
	for _, field := range []struct {
		text string
		wide int
	}{
		{"b. " + h.Patient.BirthDate.Words(), len("b. 14 Mar 1961")},
		{mrn(h), c.mrn},
		{p.day(h), c.day},
	} {
		if cells(line)+2+cells(field.text) > Width {
			p.line(line)
			line = strings.Repeat(" ", c.bed)
		}
		line += "  " + pad(field.text, field.wide)
	}
	if with := line + "  " + clean(h.Patient.Product); cells(with) <= Width {
		line, product = with, true
	}
	p.lines(wrap("", "", line))
	return product
}

// widest is the width of a column that is so wide already and gets s, unless s is
// wider than most.
func widest(so int, s string, most int) int {
	if w := cells(s); w > so && w <= most {
		return w
	}
	return so
}

// now says how the patient is, against how they were before the period.
func (p *page) now(h *ward.HandedPatient) []string {
	var items []string
	switch pt := &h.Patient; {
	case !pt.OnWard():
		items = append(items, "DISCHARGED "+p.clock(pt.DischargedAt)+" ("+ward.WordsFor(ward.Discharges, pt.Discharge)+")")
	case h.Admitted:
		items = append(items, "ADMITTED "+p.clock(pt.AdmittedAt))
	}
	switch {
	case h.Last == nil:
		return append(items, "no check yet")
	case h.Checks == 0 && h.Patient.OnWard():
		return append(items, "NO CHECK IN THIS TIME, the last "+p.check(h.Last, nil))
	case h.Checks == 0:
		return append(items, "last check "+p.check(h.Last, nil))
	}
	items = append(items, p.check(h.Last, h.Before))
	if n, ok := h.Patient.Baseline.Value(); ok && h.Last.Result.Score != 0 && h.Last.Result.Score != h.Patient.Baseline {
		items = append(items, fmt.Sprintf("baseline%s%d", glue, n))
	}
	if !h.Last.Counts() && h.Tested != nil {
		items = append(items, "last tested "+p.check(h.Tested, h.Before))
	}
	if h.Before == nil || h.Before == h.Tested {
		return items
	}
	then := p.clock(h.Before.PerformedAt)
	switch h.Turn {
	case ward.Unchanged:
		return append(items, "as at "+then)
	case ward.Better:
		return append(items, "better than at "+then+" ("+meaning(h.Before)+")")
	case ward.Worse:
		return append(items, "WORSE than at "+then+" ("+meaning(h.Before)+")")
	}
	return append(items, then+" "+meaning(h.Before))
}

// flags says what became of each flag: those that nobody has taken first.
func (p *page) flags(h *ward.HandedPatient) []string {
	var items []string
	told := make(map[string]bool)
	for i := range h.Follow {
		f := &h.Follow[i]
		told[f.CheckID] = true
		at := f.Opened.At
		if f.Check != nil {
			at = f.Check.PerformedAt
		}
		items = append(items, p.clock(at)+glue+level(f.Level)+p.followUp(f))
	}
	for _, c := range h.Flags {
		if !told[c.ID] {
			items = append(items, p.clock(c.PerformedAt)+glue+level(c.Result.Flag)+": no follow-up is open")
		}
	}
	return items
}

func (p *page) followUp(f *ward.Handed) string {
	switch {
	case !f.IsOpen():
		words := ": "
		if f.Acked.By != f.Closed.By {
			words += "taken " + name(f.Acked.By) + ", "
		}
		words += name(f.Closed.By) + " " + p.clock(f.Closed.At) + " " + ward.WordsFor(ward.Outcomes, f.Outcome)
		if f.Code != "" {
			return words + " (" + f.Code + ")"
		}
		return words + " (" + clean(f.Note) + ")"
	case f.Escalated:
		return " NOT TAKEN, escalated " + p.clock(f.EscalatesAt) + remarks(f)
	case !f.Acked.Done():
		return " NOT TAKEN, escalates " + p.clock(f.EscalatesAt) + remarks(f)
	}
	return " OPEN, taken " + name(f.Acked.By) + " " + p.clock(f.Acked.At) + remarks(f)
}

func remarks(f *ward.Handed) string {
	switch {
	case f.Lifted:
		return ", since lifted by a correction"
	case f.LastNormal:
		return ", last check normal"
	}
	return ""
}

// late says which checks were not done in their time. One that is overdue now and
// was never tried is told with what comes next.
func (p *page) late(h *ward.HandedPatient) []string {
	var items []string
	for _, g := range h.Gaps {
		if g.End == ward.StillDue && g.Due.Equal(h.Plan.Due) && len(g.Tried) == 0 {
			continue
		}
		words := "due " + p.clock(g.Due) + ", "
		switch g.End {
		case ward.StillDue:
			words += "STILL NOT DONE"
		case ward.DoneLate:
			words += "done " + p.clock(g.Until)
		case ward.OrderedOff:
			words += "not done, put off by an order " + p.clock(g.Until)
		case ward.ChecksEnded:
			words += "not done before the checks ended " + p.clock(g.Until)
		case ward.LeftTheWard:
			words += "not done before the discharge " + p.clock(g.Until)
		}
		words += " (" + length(g.Late) + " late"
		if n := len(g.Tried); n > 0 {
			last := g.Tried[n-1]
			words += fmt.Sprintf(", tried %s, the last %s %s", times(n), p.clock(last.PerformedAt), unable(last))
		}
		if g.Hindsight {
			words += ", by what was recorded later"
		}
		items = append(items, words+")")
	}
	return items
}

// also says what was done, reported and ordered, and what was changed in the
// record.
func (p *page) also(h *ward.HandedPatient) []string {
	var items []string
	for i := range h.Events {
		e := &h.Events[i]
		words := p.clock(e.At) + " " + clean(e.Words())
		if e.Kind == ward.AnOrder {
			words += " (" + name(e.Recorded.By) + ")"
		}
		items = append(items, words)
	}
	for _, n := range h.Notes {
		c := n.Check
		by := " by " + name(c.Recorded.By)
		switch n.Kind {
		case ward.LateEntry:
			items = append(items, "check of "+p.clock(c.PerformedAt)+" entered late "+p.clock(c.Recorded.At))
		case ward.Correction:
			words := "check of " + p.clock(c.PerformedAt) + " corrected " + p.clock(c.Recorded.At) + by + reason(c)
			if n.Was != nil {
				words += ": was " + meaning(n.Was) + ", is " + meaning(c)
			}
			items = append(items, words)
		case ward.Withdrawal:
			items = append(items, "check of "+p.clock(c.PerformedAt)+" WITHDRAWN "+p.clock(c.Recorded.At)+by+reason(c))
		case ward.Reconsidered:
			items = append(items, "the entry for "+p.clock(n.Was.PerformedAt)+" made the flag of "+p.clock(c.PerformedAt)+" "+level(c.Result.Flag))
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

// next says what the next shift has to do, and whom to tell.
func (p *page) next(h *ward.HandedPatient) []string {
	var items []string
	why := clean(h.Plan.Why)
	switch {
	case h.State == ward.Overdue:
		items = append(items, "CHECK OVERDUE "+length(p.Now.Sub(h.Plan.Due))+", since "+p.clock(h.Plan.Due)+" ("+why+")")
	case h.State != ward.NoneDue:
		items = append(items, "check "+p.clock(h.Plan.Due)+" ("+why+")")
	case h.Plan.Due.IsZero() && h.Patient.OnWard():
		items = append(items, "no check due ("+why+")")
	case h.Patient.OnWard():
		items = append(items, "no check due (they ended "+p.clock(h.Plan.Ends)+")")
	case !h.Patient.OnWard():
		items = append(items, "no check due")
	}
	if left := h.Plan.Ends.Sub(p.Now); h.State != ward.NoneDue && left > 0 && left <= 24*time.Hour {
		items = append(items, "the checks end "+p.clock(h.Plan.Ends))
	}
	if h.Patient.Clinician != "" {
		items = append(items, "clinician "+name(h.Patient.Clinician))
	}
	if h.Patient.Interpreter {
		items = append(items, strings.TrimSpace("interpreter "+clean(h.Patient.Language)))
	}
	return items
}

// level is a flag in the few words of a list.
func level(f icans.Flag) string {
	return [...]string{
		icans.FlagNone: "no" + glue + "flag", icans.FlagIncomplete: "incomplete",
		icans.FlagGrade1: "grade" + glue + "1", icans.FlagUrgent: "urgent",
	}[f]
}
