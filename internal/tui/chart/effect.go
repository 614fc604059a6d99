package chart

import (
	"neurocheck/internal/icans"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// effectWords returns an event between the checks before and after it. The order of time
// proves no cause, and the line says so.
func (r *record) effectWords(p kit.Page, e *ward.Event) string {
	before, after := r.chart.Around(e.At)
	at := func(c *ward.Check) string {
		if c == nil {
			return "no check"
		}
		return resultWords(c) + " (" + r.d.Time(c.PerformedAt) + ")"
	}
	return eventShort(p, e) + " " + r.d.Time(e.At) + ": before " + at(before) + ", after " + at(after) + "; not proof"
}

// resultWords returns the score of a check, with the grade if another domain made it,
// because the score alone would look better than the patient was.
func resultWords(c *ward.Check) string {
	if c.Result.Drivers&^icans.DomainScore != 0 || c.Findings.Unable != 0 {
		return words.CheckWords(c)
	}
	return words.Score(&c.Findings)
}

// eventShort names an event without its details; a report by its first words.
func eventShort(p kit.Page, e *ward.Event) string {
	if e.Kind == ward.AReport {
		return "“" + p.Fit(kit.Plain(e.Detail), 30) + "”"
	}
	return ward.WordsFor(ward.Interventions, e.What)
}
