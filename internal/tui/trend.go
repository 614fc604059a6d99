package tui

import (
	"slices"
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/plot"
	"neurocheck/internal/ward"
)

// zooms are the lengths of time that the trend can show; 0 is the whole stay.
var zooms = []struct {
	name string
	span time.Duration
}{{"3 days", 72 * time.Hour}, {"7 days", 7 * 24 * time.Hour}, {"all", 0}, {"24 h", 24 * time.Hour}}

// eventMarks are the letters of the interventions on the time axis.
var eventMarks = map[string]rune{
	"dexamethasone": 'D', "other_steroid": 'S', "tocilizumab": 'T', "anakinra": 'A', "levetiracetam": 'L', "sedative": 'Z',
	"imaging": 'I', "eeg": 'E', "transfer": 'M', "dose_given": 'G', "dose_held": 'N', "dose_reduced": 'R', "dose_delayed": 'P',
}

// symptomMark is what a reported symptom is on the time axis.
const symptomMark = '"'

// readings are the checks that stand, as the trend draws them. Those done with
// the other tool are left out: their score has no place in these rows.
func (a *app) readings(p ward.Patient, checks []ward.Check, orders []ward.Order) []plot.Reading {
	p.DischargedAt = time.Time{} // the checks were due while the patient was here
	var list []plot.Reading
	for i := range checks {
		c := &checks[i]
		if !c.Stands() || c.Findings.Tool != p.Tool {
			continue
		}
		known := slices.DeleteFunc(slices.Clone(orders), func(o ward.Order) bool {
			return o.Ordered.At.After(c.PerformedAt.Add(a.site.Interval(c))) // the next check was due by then
		})
		x := &c.Findings
		low, high := x.ScoreRange()
		list = append(list, plot.Reading{
			ID: c.ID, At: c.PerformedAt, Due: a.site.Next(&p, c, known, time.Time{}, a.zone).Due, Low: low, High: high, Unable: x.Unable != 0,
			Flag: c.Result.Flag, Handwriting: x.Observed[icans.Handwriting], Tremor: x.Observed[icans.Tremor],
		})
	}
	return list
}

// trend lays the patient's checks out in the zoom that is chosen.
func (s *patientScreen) trend(a *app, width int) plot.Chart {
	p := &s.chart.Patient
	t := plot.Trend{
		Tool: p.Tool, Baseline: p.Baseline, Infusion: p.InfusedAt, Zone: a.zone, Now: a.now, To: a.now,
	}
	t.Readings = a.readings(*p, s.chart.Checks, s.chart.Orders)
	for _, r := range t.Readings { // later than now where a clock was set back
		if r.At.After(t.To) {
			t.To = r.At
		}
	}
	if c := s.check(); c != nil && c.Stands() {
		t.Cursor = c.ID
	}
	for _, e := range s.chart.Events() {
		switch {
		case e.Withdrawn:
		case e.Kind == ward.AnIntervention:
			t.Events = append(t.Events, plot.Event{At: e.At, Mark: eventMarks[e.What]})
		case e.Kind == ward.ASymptom:
			t.Events = append(t.Events, plot.Event{At: e.At, Mark: symptomMark})
		}
	}
	if span := zooms[s.zoom].span; span > 0 {
		t.From = t.To.Add(-span)
	} else {
		t.From = p.AdmittedAt
		if !p.InfusedAt.IsZero() && p.InfusedAt.Before(t.From) {
			t.From = p.InfusedAt
		}
		for _, r := range t.Readings {
			if r.At.Before(t.From) {
				t.From = r.At
			}
		}
	}
	return plot.Layout(t, width)
}

// plotted is the trend as lines of the screen, with the check under the cursor
// read out below.
func (s *patientScreen) plotted(a *app, w int) []string {
	const label, band = 8, 9
	chart := s.trend(a, w-label-band)
	var lines []string
	for _, row := range chart.Rows {
		var b strings.Builder
		b.WriteString(a.theme.faint.Render(a.pad(" "+row.Label, label)))
		for col, cell := range row.Cells {
			style := a.theme.faint
			switch cell.Kind {
			case plot.Mark, plot.WorstMark, plot.EndMark, plot.UnableMark:
				style = a.theme.flags[cell.Flag]
			case plot.SignMark, plot.EventMark:
				style = a.theme.strong
			case plot.Held, plot.Span:
				style = a.theme.plain
			}
			if col == chart.Cursor {
				style = style.Reverse(true)
			}
			b.WriteString(style.Render(string(cell.Rune)))
		}
		lines = append(lines, b.String()+a.theme.faint.Render(" "+row.Band))
	}
	return append(lines, " "+a.theme.strong.Render(a.fit(s.readOut(a), w-2)))
}

// legend says what the marks on the time axis are, those that are there.
func (s *patientScreen) legend() string {
	var marks []string
	for _, k := range ward.Interventions {
		if slices.ContainsFunc(s.chart.Interventions, func(i ward.Intervention) bool { return i.Kind == k.Code && !i.Withdrawn }) {
			marks = append(marks, string(eventMarks[k.Code])+" "+k.Label)
		}
	}
	if len(s.chart.Symptoms) > 0 {
		marks = append(marks, string(symptomMark)+" a reported symptom")
	}
	return strings.Join(marks, "  ")
}

// readOut says what the check under the cursor is.
func (s *patientScreen) readOut(a *app) string {
	c := s.check()
	if c == nil {
		return "no check yet"
	}
	line := a.clock(c.PerformedAt) + "  day " + a.day(&s.chart.Patient, c.PerformedAt) + "  " + toolScore(&c.Findings) + "  ICANS " + grade(c.Result)
	if c.Result.Flag != icans.FlagNone {
		line += "  " + strings.TrimSpace(flagLine(c.Result))
	}
	return line
}

// toReading moves the cursor to the next check that stands, older or newer.
func (s *patientScreen) toReading(step int) {
	for i := s.at + step; i >= 0 && i < len(s.chart.Checks); i += step {
		if s.chart.Checks[i].Stands() {
			s.at = i
			return
		}
	}
}

// sparkWidth is one cell for each eight hours of the last two days.
const sparkWidth = 6

func (a *app) spark(s *ward.Standing) string {
	draw := plot.Spark
	if a.opts.ASCII {
		draw = plot.SparkASCII
	}
	return draw(s.Patient.Tool, a.readings(s.Patient, s.Recent, s.Orders), a.now, sparkSpan, sparkWidth)
}
