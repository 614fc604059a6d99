package check

import (
	"maps"

	"neurocheck/internal/bedside"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// newest compares a correction with the newest version of its check. If another terminal
// recorded one meanwhile, the correction goes on from that version, because the log refuses
// a second version of the old one. While a dialog is open its text is of the old version, so
// that the change waits until the dialog is closed. It returns the line to show, if any.
func (e *examination) newest(chart *ward.Chart) string {
	if !e.correcting() {
		return ""
	}
	c := chart.Current(e.check.ID)
	was := e.gone
	e.gone = goneWords(e.desk, c)
	switch {
	case e.gone != "":
		if e.gone != was {
			return e.gone
		}
		return ""
	case c.Version == e.original.Version:
		now := *c
		e.original = &now
		return ""
	case e.dialog != "":
		return ""
	}
	base, now := e.original, *c
	e.original, e.check.Version = &now, now.Version+1
	e.check.StayID = now.StayID
	e.merge(base)
	return words.ShortName(c.Recorded.By) + " corrected this check at " + e.desk.Time(c.Recorded.At) + ": look at each change again"
}

// goneWords returns the reason why there is nothing to correct, or an empty text.
func goneWords(d *desk.Desk, c *ward.Check) string {
	switch {
	case c == nil:
		return "there is no such check"
	case c.Status == ward.Withdrawn:
		return "this check was withdrawn " + d.Time(c.Recorded.At) + " by " + words.ShortName(c.Recorded.By)
	}
	return ""
}

// merge keeps the answers, the time, the cause and the comment that the user changed since
// base, and takes the other ones from the version that counts.
func (e *examination) merge(base *ward.Check) {
	mine, before := e.sheet.Values(), bedside.ValuesOf(&base.Findings)
	now := bedside.ValuesOf(&e.original.Findings)
	columns := maps.Clone(mine)
	maps.Copy(columns, now)
	for column := range columns {
		if asRecorded(mine[column]) == before[column] && asRecorded(mine[column]) != now[column] {
			mine[column] = now[column]
		}
	}
	if e.check.PerformedAt.Equal(base.PerformedAt) {
		e.check.PerformedAt = e.original.PerformedAt
	}
	if e.check.Note == base.Note {
		e.check.Note = e.original.Note
	}
	if e.sheet.cause == base.CauseNote {
		e.sheet.cause = e.original.CauseNote
	}
	e.sheet.Load(mine)
	e.evaluate()
}

// asRecorded returns a value as the log has it: an item that is not assessed is empty there.
func asRecorded(value string) string {
	if value == kit.NotAssessed {
		return ""
	}
	return value
}
