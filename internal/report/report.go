// Package report writes the content of a log for people who have it on paper or in
// another program: plain text of 78 columns, HTML that prints, and JSON.
//
// Start with [Handover], and with [HandoverHTML] and [HandoverJSON] for the same as
// HTML and as JSON. They write the result of [ward.BuildHandover], and add nothing to
// it. [PatientHTML] is the whole chart of one patient, with the trend.
package report

import (
	"fmt"
	"strings"

	"neurocheck/internal/ward"
)

// Sheet is the heading of a report.
type Sheet struct {
	Ward   string // its name
	MadeBy string // the person who asked for it, in words
	Seq    int64  // number of the last record of the log
	Head   string // hash of that record, in hexadecimal
}

// page is a handover while it is written.
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

// record writes the signature of the report, the whole hash last.
func (p *page) record(s Sheet) {
	words := fmt.Sprintf("Record %d", s.Seq)
	if s.MadeBy != "" {
		words += ", printed by " + name(s.MadeBy)
	}
	p.lines(wrap("", "", words+" "+glued(p.Now.In(p.Zone).Format("2 Jan 2006 15:04 MST"))))
	p.lines(wrap("", "", "head "+clean(s.Head)))
}
