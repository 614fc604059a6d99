package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"neurocheck/internal/ward"
)

// DowntimeHours is how far back a downtime sheet goes.
const DowntimeHours = 72

// Downtime writes one patient's last days as plain text, like [Handover]: what a
// nurse needs to go on with on paper while the workstation is down, and room to
// write the next checks by hand. h is the handover of that patient alone, over
// [DowntimeHours]; c is the patient's chart.
func Downtime(w io.Writer, h ward.Handover, c *ward.Chart, s Sheet) error {
	p := page{Handover: h}
	now := p.Now.In(p.Zone)
	p.lines(wrap("", "", "NEURO CHECK DOWNTIME SHEET   "+clean(s.Ward)))
	p.lines(wrap("", "", "As it stood on "+now.Format("Mon 2 Jan 2006 15:04 MST")+"; the last "+fmt.Sprint(DowntimeHours)+" hours"))
	p.lines(wrap("", "", "Record "+clean(s.Head)))
	p.line(strings.Repeat("=", Width))
	columns := p.columns()
	for i := range h.Patients {
		p.patient(&h.Patients[i], columns)
	}
	p.line(strings.Repeat("-", Width))
	p.checks(c)
	p.line(strings.Repeat("-", Width))
	p.paper(c.Patient.Tool.MaxScore())
	_, err := io.WriteString(w, p.text.String())
	return err
}

// checks lists those that stand, the newest first.
func (p *page) checks(c *ward.Chart) {
	since, any := p.Now.Add(-DowntimeHours*time.Hour), false
	for i := range c.Checks {
		check := &c.Checks[i]
		if !check.Stands() || check.PerformedAt.Before(since) {
			continue
		}
		any = true
		words := p.check(check, nil)
		if check.Result.Flag > 0 {
			words += "; flag: " + check.Result.Flag.Words()
		}
		p.lines(wrap("  ", "      ", words+"; "+name(check.Recorded.By)))
		if check.Note != "" {
			p.lines(wrap("      ", "      ", "“"+clean(check.Note)+"”"))
		}
	}
	if !any {
		p.line("  No check in this time.")
	}
}

// paperRows is how many checks there is room for.
const paperRows = 6

// paper is room for the next checks.
func (p *page) paper(most int) {
	p.lines(wrap("", "", "Until the log is back: one line a check. Enter them then as late entries (t in the form is the time)."))
	for range paperRows {
		p.line("")
		p.line(fmt.Sprintf(" date/time __________  score ____ of %d  awake / drowsy / voice / touch / none", most))
		p.line(" seizure ______  weakness ______  confusion/agitation/speech ________________")
		p.line(" note __________________________________________________  name _____________")
	}
}
