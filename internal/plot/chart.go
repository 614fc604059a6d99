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
	"dexamethasone": 'D', "other_steroid": 'S', "tocilizumab": 'T', "anakinra": 'A', "levetiracetam": 'L', "sedative": 'Z',
	"imaging": 'I', "eeg": 'E', "transfer": 'M', "dose_given": 'G', "dose_held": 'N', "dose_reduced": 'R', "dose_delayed": 'P',
}

// SymptomMark is what a reported symptom is on the time axis.
const SymptomMark = '"'

// WholeStay is the trend of a patient's whole stay until now, as the screen and
// the report draw it. Who wants less of it sets From.
func WholeStay(c *ward.Chart, site *ward.Site, now time.Time, zone *time.Location) Trend {
	p := &c.Patient
	t := Trend{Tool: p.Tool, Baseline: p.Baseline, Infusion: p.InfusedAt, Zone: zone, From: p.AdmittedAt, To: now, Now: now}
	if !p.InfusedAt.IsZero() && p.InfusedAt.Before(t.From) {
		t.From = p.InfusedAt
	}
	t.Readings = ReadingsOf(*p, c.Checks, c.Orders, site, zone)
	for _, r := range t.Readings {
		if r.At.After(t.To) { // later than now where a clock was set back
			t.To = r.At
		}
		if r.At.Before(t.From) {
			t.From = r.At
		}
	}
	for _, e := range c.Events() {
		switch {
		case e.Withdrawn:
		case e.Kind == ward.AnIntervention:
			t.Events = append(t.Events, Event{At: e.At, Mark: EventMarks[e.What]})
		case e.Kind == ward.ASymptom:
			t.Events = append(t.Events, Event{At: e.At, Mark: SymptomMark})
		}
	}
	return t
}

// ReadingsOf are the checks that stand, as the trend draws them. Those done with
// the other tool are left out: their score has no place in these rows.
func ReadingsOf(p ward.Patient, checks []ward.Check, orders []ward.Order, site *ward.Site, zone *time.Location) []Reading {
	p.DischargedAt = time.Time{} // the checks were due while the patient was here
	var list []Reading
	for i := range checks {
		c := &checks[i]
		if !c.Stands() || c.Findings.Tool != p.Tool {
			continue
		}
		known := slices.DeleteFunc(slices.Clone(orders), func(o ward.Order) bool {
			return o.Ordered.At.After(c.PerformedAt.Add(site.Interval(c))) // the next check was due by then
		})
		x := &c.Findings
		low, high := x.ScoreRange()
		list = append(list, Reading{
			ID: c.ID, At: c.PerformedAt, Due: site.Next(&p, c, known, time.Time{}, zone).Due, Low: low, High: high, Unable: x.Unable != 0,
			Flag: c.Result.Flag, Handwriting: x.Observed[icans.Handwriting], Tremor: x.Observed[icans.Tremor],
		})
	}
	return list
}

// Legend says what the letters on a patient's time axis are, those that are there.
func Legend(c *ward.Chart) []string {
	var marks []string
	for _, k := range ward.Interventions {
		if slices.ContainsFunc(c.Interventions, func(i ward.Intervention) bool { return i.Kind == k.Code && !i.Withdrawn }) {
			marks = append(marks, string(EventMarks[k.Code])+" "+k.Label)
		}
	}
	if len(c.Symptoms) > 0 {
		marks = append(marks, string(SymptomMark)+" a reported symptom")
	}
	return marks
}
