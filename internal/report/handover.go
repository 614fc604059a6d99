package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"neurocheck/internal/ward"
)

// Handover writes a handover as plain text: UTF-8, lines of at most 78 cells, no
// control characters but line feeds. The first lines count the ward. A patient is a
// block of lines, the first of them with bed, name, date of birth and MRN in full;
// lines without content are left out.
func Handover(w io.Writer, h ward.Handover, s Sheet) error {
	p := page{Handover: h}
	title, period := "HANDOVER  "+clean(s.Ward), p.period()
	if cells(title)+3+cells(period) <= Width {
		title, period = title+"   "+period, ""
	}
	p.lines(wrap("", "  ", title))
	if period != "" {
		p.lines(wrap("", "  ", period))
	}
	p.line(rule)
	p.lines(wrap("", "", p.counts()))
	for i := range h.Patients {
		p.line("")
		p.patient(&h.Patients[i])
	}
	p.line("")
	p.record(s)
	_, err := io.WriteString(w, p.text.String())
	return err
}

// period returns the period of the handover in words.
func (p *page) period() string {
	since, now := p.Since.In(p.Zone), p.Now.In(p.Zone)
	from, to := "Mon 2 Jan 15:04", "15:04 MST"
	if since.Year() != now.Year() {
		from = "Mon 2 Jan 2006 15:04"
	}
	if ward.DateOf(since) != ward.DateOf(now) {
		to = "Mon 2 Jan 15:04 MST"
	}
	if _, before := since.Zone(); before != offset(now) {
		from += " MST"
	}
	hours := ""
	if span := p.Now.Sub(p.Since); span%time.Hour == 0 && span <= 7*24*time.Hour {
		hours = fmt.Sprintf("last %d hours, ", span/time.Hour)
	}
	return hours + glued(since.Format(from)) + " to " + glued(now.Format(to))
}

func offset(t time.Time) int {
	_, seconds := t.Zone()
	return seconds
}

// counts returns the counts of the ward in words, with the beds.
func (p *page) counts() string {
	if len(p.Patients) == 0 {
		return "No patients. Discharged patients without open follow-up are not listed."
	}
	words := []string{ward.Several(p.onWard(), "patient")}
	if left := len(p.Patients) - p.onWard(); left > 0 {
		words[0] += fmt.Sprintf(" and %d discharged", left)
	}
	add := func(title string, always bool, beds []string) {
		switch {
		case len(beds) > 0:
			words = append(words, title+": "+strings.Join(beds, " "))
		case always:
			words = append(words, title)
		}
	}
	late := p.late()
	add(fmt.Sprintf("LATE %d", len(late)), true, late)
	waiting := p.beds(func(h *ward.HandoverPatient) bool {
		return (h.Stay.OnWard() || h.Left) && h.FollowUp != nil && !h.FollowUp.Acked.Done()
	})
	add(fmt.Sprintf("Not accepted %d", len(waiting)), true, waiting)
	add("Grade 3-4", false, p.beds(func(h *ward.HandoverPatient) bool {
		return h.Stay.OnWard() && h.Conclusive != nil && h.Conclusive.Result.Low >= 3 && !h.Conclusive.AtBaseline()
	}))
	add("Not examined", false, p.unexamined())
	add("Reported, waiting", false, p.beds(func(h *ward.HandoverPatient) bool { return h.Report != nil }))
	add("Unfinished", false, p.beds(func(h *ward.HandoverPatient) bool {
		return h.Stay.OnWard() && h.Last != nil && h.Last.Unfinished()
	}))
	add("Left, not confirmed", false, p.beds(func(h *ward.HandoverPatient) bool { return h.Left }))
	return strings.Join(words, ". ") + "."
}

func (p *page) onWard() (n int) {
	for i := range p.Patients {
		if p.Patients[i].Stay.OnWard() {
			n++
		}
	}
	return n
}

// late returns the beds with an overdue check, the longest overdue first.
func (p *page) late() (beds []string) {
	var list []*ward.HandoverPatient
	for i := range p.Patients {
		if h := &p.Patients[i]; h.Next.State == ward.Overdue {
			list = append(list, h)
		}
	}
	slices.SortStableFunc(list, func(a, b *ward.HandoverPatient) int { return a.Next.Due.Compare(b.Next.Due) })
	for _, h := range list {
		beds = append(beds, bedOf(h))
	}
	return beds
}

// beds returns the beds of the patients for whom holds is true.
func (p *page) beds(holds func(*ward.HandoverPatient) bool) (beds []string) {
	for i := range p.Patients {
		if h := &p.Patients[i]; holds(h) {
			beds = append(beds, bedOf(h))
		}
	}
	return beds
}

// unexamined returns the beds of the patients who were not examined for too long, with
// the time since.
func (p *page) unexamined() (beds []string) {
	for i := range p.Patients {
		if h := &p.Patients[i]; h.NotExamined.Flagged() {
			beds = append(beds, bedOf(h)+glue+"("+length(p.Now.Sub(h.NotExaminedSince))+")")
		}
	}
	return beds
}

// bedOf returns the bed, or the MRN of a patient without one.
func bedOf(h *ward.HandoverPatient) string {
	if bed := clean(h.Stay.Bed); bed != "" {
		return glued(bed)
	}
	return glued("MRN " + clean(h.Patient.MRN))
}

func (p *page) patient(h *ward.HandoverPatient) {
	b := patientBlock{p, h}
	b.identity()
	for _, l := range b.content() {
		p.lines(wrap(fmt.Sprintf(" %-7s", l.Label), strings.Repeat(" ", 8), sentences(l.Items)))
	}
}

// sentences joins items as sentences.
func sentences(items []string) string { return strings.Join(items, ". ") + "." }
