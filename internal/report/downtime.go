package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// DowntimeHours is the period of a downtime sheet.
const DowntimeHours = 72

// Downtime writes one patient's last days as plain text, like [Handover]: the
// information that a nurse needs to go on with paper while the program does not work,
// and room to write the next checks by hand. h is the handover of that patient alone,
// over [DowntimeHours].
func Downtime(w io.Writer, h ward.Handover, s Sheet) error {
	p := page{Handover: h}
	p.lines(wrap("", "", "NEURO CHECK DOWNTIME SHEET   "+clean(s.Ward)))
	p.lines(wrap("", "", "As of "+p.Now.In(p.Zone).Format("Mon 2 Jan 2006 15:04 MST")+", the last "+fmt.Sprint(DowntimeHours)+" hours"))
	p.line(rule)
	for i := range h.Patients {
		b := patientBlock{&p, &h.Patients[i]}
		p.patient(b.HandoverPatient)
		p.line(rule)
		b.checks()
		p.line(rule)
		p.paper(&b.Patient)
	}
	p.line("")
	p.record(s)
	_, err := io.WriteString(w, p.text.String())
	return err
}

// checks lists the valid checks of the period, the newest first.
func (b patientBlock) checks() {
	since, found := b.Now.Add(-DowntimeHours*time.Hour), false
	for i := range slices.Backward(b.Chart.Checks) {
		c := &b.Chart.Checks[i]
		if c.PerformedAt.Before(since) {
			continue
		}
		found = true
		words := b.check(c)
		if c.Result.Flag.Flagged() || c.Unfinished() {
			words += "; " + level(c.Result.Flag) + ": " + strings.Join(c.Result.Reasons.Words(), ", ")
		}
		b.lines(wrap("  ", "      ", words+"; "+name(c.Recorded.By)))
		if c.Note != "" {
			b.lines(wrap("      ", "      ", "“"+clean(c.Note)+"”"))
		}
	}
	if !found {
		b.line("  No check in this time.")
	}
}

// paperRows is the number of checks there is room for.
const paperRows = 6

// paper leaves room for the next checks.
func (p *page) paper(pt *ward.Patient) {
	p.lines(wrap("", "", "Until the program works again: one line a check; enter them with b."))
	tool := icans.FieldOf("tool").Words(&icans.Findings{Tool: pt.Tool})
	for range paperRows {
		p.line("")
		p.line(fmt.Sprintf(" date, time ____________  %s ____ of %d   or not done, why ______________", tool, pt.Tool.MaxScore()))
		p.line(" alert / drowsy / voice / touch / unarousable   seizure ______  weakness _____")
		p.line(" confusion ____ agitation ____ loses attention ____ memory ____ speech ____")
		p.line(" raised pressure _____  note _________________________  name ______________")
	}
}
