package check

import (
	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/ward"
)

// changesOf lists the changes between two versions of a check: "Speech mild → moderate".
func changesOf(d *desk.Desk, was, now *ward.Check) (list []string) {
	add := func(label, from, to string) {
		if from != to {
			list = append(list, label+" "+desk.Dash(from)+" → "+desk.Dash(to))
		}
	}
	for _, field := range icans.Fields() {
		add(field.Label, field.Words(&was.Findings), field.Words(&now.Findings))
	}
	if !was.PerformedAt.Equal(now.PerformedAt) {
		add("Time", d.DayTime(was.PerformedAt), d.DayTime(now.PerformedAt))
	}
	add("Cause", was.CauseNote, now.CauseNote)
	add("Comment", was.Note, now.Note)
	return list
}
