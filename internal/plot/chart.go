package plot

import (
	"slices"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// EventMarks are the letters of the interventions on the time axis, by the codes
// of [ward.Interventions].
var EventMarks = map[string]rune{
	"dexamethasone": 'D', "methylprednisolone": 'M', "other_steroid": 'S', "steroid_taper": 'W', "intrathecal": 'C',
	"tocilizumab": 'T', "siltuximab": 'X', "anakinra": 'A', "levetiracetam": 'L', "sedative": 'Z', "other_drug": 'O',
	"imaging": 'I', "eeg": 'E', "lumbar_puncture": 'P', "transfer": 'U',
	ward.DoseGiven: 'G', "dose_held": 'N', "dose_reduced": 'R', "dose_delayed": 'Y',
}

// ReportMark is the sign of a reported symptom on the time axis.
const ReportMark = '“'

// staleAfter is the age of the last check from which on the window ends with that check.
const staleAfter = 24 * time.Hour

// TrendOf returns the trend of a patient's whole record, as the screen and the
// report draw it. It ends now, or at the last check if that is over a day old. A
// caller that wants less sets From.
func TrendOf(c *ward.Chart, site *ward.Site, now time.Time) Trend {
	p := &c.Patient
	t := Trend{Tool: p.Tool, Baseline: p.Baseline, Infusion: p.InfusedAt, Zone: site.Zone, From: now, To: now, Now: now}
	if last := c.Last(); last != nil && (last.PerformedAt.After(now) || now.Sub(last.PerformedAt) > staleAfter) {
		t.To = last.PerformedAt // after now if the clock was set back
	}
	begin := func(at time.Time) {
		if !at.IsZero() && at.Before(t.From) {
			t.From = at
		}
	}
	begin(p.InfusedAt)
	if len(c.Stays) > 0 {
		begin(c.Stays[0].AdmittedAt)
	}
	t.Readings = readingsOf(&c.History, site, now)
	for _, r := range t.Readings {
		begin(r.At)
	}
	for _, e := range c.Events() {
		switch {
		case e.Withdrawn:
		case e.Kind == ward.AnIntervention:
			t.Events = append(t.Events, Event{At: e.At, Mark: EventMarks[e.What]})
		case e.Kind == ward.AReport:
			t.Events = append(t.Events, Event{At: e.At, Mark: ReportMark})
		}
	}
	return t
}

// readingsOf returns the valid checks as the trend draws them. A check done with
// another tool than the patient's has no mark, because its score has no place in
// these rows, but it is in the strip.
func readingsOf(h *ward.History, site *ward.Site, now time.Time) []Reading {
	plans := h.PlansAfter(site, now)
	list := make([]Reading, len(h.Checks))
	for i := range h.Checks {
		list[i] = readingOf(&h.Checks[i], h.Patient.Tool)
		list[i].Due = plans[i].Due
	}
	return list
}

// readingOf returns a check as the trend draws it, without the time of the next one.
func readingOf(c *ward.Check, tool icans.Tool) Reading {
	x := &c.Findings
	r := Reading{
		ID: c.ID, At: c.PerformedAt, NotDone: !someScore(x), Shape: shapeOf(c),
		GradeLow: c.Result.Low, GradeHigh: c.Result.High, Floor: c.Result.Floor, Drivers: c.Result.Drivers,
		Flag: c.Result.Flag, Signs: x.Observed, CRS: x.CRSGrade,
	}
	r.Scored = !r.NotDone && x.Tool == tool
	r.Low, r.High = x.ScoreRange()
	if total, known := x.Total(); known {
		r.Low, r.High = total, total
	}
	return r
}

// someScore reports whether a total is known or an item was scored.
func someScore(x *icans.Findings) bool {
	if x.StatedTotal != 0 {
		return true
	}
	items := &x.ICE
	if x.Tool == icans.CAPD {
		items = &x.CAPD
	}
	return *items != [8]icans.Points{}
}

// shapeOf returns the relation of a check's score to its grade.
func shapeOf(c *ward.Check) Shape {
	x, grade := &c.Findings, c.Result.Low
	_, byScore := x.TableGrade(icans.DomainScore)
	switch {
	case !c.Result.Conclusive():
		return Unsure
	case x.OtherCause.Has(icans.DomainScore) && grade == 0 && byScore > 0:
		return Unsure
	case x.OtherCause.Has(icans.DomainScore) && grade > 0, grade > byScore:
		return ByOther
	}
	return ByScore
}

// Legend returns the meaning of the letters on a patient's time axis, of those that
// are there.
func Legend(c *ward.Chart) []string {
	var marks []string
	for _, k := range ward.Interventions {
		if slices.ContainsFunc(c.Interventions, func(i ward.Intervention) bool { return i.Kind == k.Code && !i.Withdrawn }) {
			marks = append(marks, string(EventMarks[k.Code])+" "+k.Label)
		}
	}
	if slices.ContainsFunc(c.AllReports, func(r ward.Report) bool { return !r.Withdrawn }) {
		marks = append(marks, string(ReportMark)+" a reported symptom")
	}
	return marks
}
