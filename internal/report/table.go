package report

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"neurocheck/internal/ward"
)

// TableHTML writes a ward as one HTML page with a row for each patient, by bed, with room
// to write: a sheet for the round. About 15 patients have room on one sheet.
func TableHTML(w io.Writer, h ward.Handover, s Sheet) error {
	p := page{Handover: h}
	view := tablePage{sheetPage: p.sheetPage(s, "Neuro checks of the ward", nil), Totals: p.counts()}
	patients := slices.Clone(h.Patients)
	slices.SortStableFunc(patients, func(x, y ward.HandoverPatient) int {
		return cmp.Or(compareBool(!x.Stay.OnWard(), !y.Stay.OnWard()), cmp.Compare(x.Stay.Bed, y.Stay.Bed))
	})
	for i := range patients {
		view.Patients = append(view.Patients, patientBlock{&p, &patients[i]}.tableRow())
	}
	return templates().ExecuteTemplate(w, "table.html", view)
}

func compareBool(x, y bool) int {
	switch {
	case x == y:
		return 0
	case y:
		return -1
	}
	return 1
}

type tablePage struct {
	sheetPage
	Totals   string
	Patients []tableRow
}

// tableRow is one patient of the table.
type tableRow struct {
	identity
	Clinician string
	Flag      flagged // of the last check
	Last      string
	FollowUp  string
	Next      string
}

func (b patientBlock) tableRow() tableRow {
	row := tableRow{identity: b.identityOf(), Clinician: clean(b.Stay.Clinician), Flag: flagged{Code: "none"}, Last: "no check", Next: b.nextBriefly()}
	if b.Last != nil {
		row.Flag = flagOfCheck(b.Last)
		row.Last = b.clock(b.Last.PerformedAt) + " " + loose(short(b.Last))
		if made := b.Last.Result.Drivers.Words(); len(made) > 0 {
			row.Last += " (" + strings.Join(made, ", ") + ")"
		}
		if b.Last.Normal() {
			row.Last += ", normal"
		}
	}
	row.Last += b.notExamined()
	var waiting []string
	for i := range b.Follow {
		if f := &b.Follow[i]; f.IsOpen() {
			waiting = append(waiting, level(f.Level)+b.accepted(f))
		}
	}
	if b.Report != nil {
		waiting = append(waiting, "reported "+b.clock(b.Report.ToldAt)+", a check is due")
	}
	row.FollowUp = strings.Join(waiting, "; ")
	return row
}

// nextBriefly returns the next check without its reason.
func (b patientBlock) nextBriefly() string {
	next := &b.Next
	switch {
	case b.Left:
		return "left " + b.clock(b.Stay.DischargedAt) + ", not confirmed"
	case !b.Stay.OnWard():
		return "left " + b.clock(b.Stay.DischargedAt)
	case next.State == ward.NoneDue:
		return "none due"
	case next.State == ward.Overdue:
		return "LATE " + length(b.Now.Sub(next.Due))
	case next.Interval > 0 && next.Why != ward.WhyAdmission:
		return b.clock(next.Due) + ", every " + length(next.Interval)
	}
	return b.clock(next.Due)
}
