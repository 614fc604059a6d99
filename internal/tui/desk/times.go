package desk

import (
	"cmp"
	"fmt"
	"time"

	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// WallClock returns the present time in the zone of the ward, for the words of other
// packages about times.
func (d *Desk) WallClock() words.Clock { return words.Clock{Now: d.now, Zone: d.zone} }

// Time shows a time of today as 15:04, and one of another day with the day, on the wall
// clock of the ward.
func (d *Desk) Time(t time.Time) string { return d.WallClock().Time(t) }

// DayTime shows a time with its day, as questions do: Sun 29 Nov 15:45.
func (d *Desk) DayTime(t time.Time) string { return d.WallClock().DayTime(t) }

// FullTime shows a time with its date and year; – for none. The readers of times take it
// back as the same time.
func (d *Desk) FullTime(t time.Time) string { return d.WallClock().FullTime(t) }

// ShortDate shows the day of a time: 28 Nov.
func (d *Desk) ShortDate(t time.Time) string { return d.WallClock().ShortDate(t) }

// Ago returns the time since t in words: 2 h 10 min.
func (d *Desk) Ago(t time.Time) string { return d.WallClock().Ago(t) }

// LateEntry returns the time of a check that is recorded long after it was done: "LATE ENTRY
// Sun 29 Nov 03:00, 12 h 45 ago". Hours have no unit after the minutes, to save room.
func (d *Desk) LateEntry(at time.Time) (label, when string) { return d.WallClock().LateEntry(at) }

// Brief returns a length of time in at most four cells: 47m, 4h28, 22h, 6d. It counts in
// minutes up to the given number.
func Brief(length time.Duration, upTo int) string {
	minutes := int(max(length, 0) / time.Minute)
	switch {
	case minutes < upTo:
		return fmt.Sprintf("%dm", minutes)
	case minutes < 10*60:
		return fmt.Sprintf("%dh%02d", minutes/60, minutes%60)
	case minutes < 100*60:
		return fmt.Sprintf("%dh", minutes/60)
	}
	return fmt.Sprintf("%dd", minutes/60/24)
}

// Until returns a length of time for a column: 25m, 7h40, 3d4h.
func Until(length time.Duration) string {
	minutes := int(max(length, 0) / time.Minute)
	switch {
	case minutes < 60:
		return fmt.Sprintf("%dm", minutes)
	case minutes < 24*60:
		return fmt.Sprintf("%dh%02d", minutes/60, minutes%60)
	}
	return fmt.Sprintf("%dd%dh", minutes/60/24, minutes/60%24)
}

// Day shows the day since infusion at a time: +4, -1; – if it is not known.
func (d *Desk) Day(p *ward.Patient, t time.Time) string {
	n, ok := p.Day(t, d.zone)
	if !ok {
		return "–"
	}
	return fmt.Sprintf("%+d", n)
}

// Due returns the time until the next check, or since it was due: "in 38m", "LATE 8m".
func (d *Desk) Due(p *ward.Plan) string {
	switch {
	case p.State == ward.Overdue:
		return "LATE " + Brief(d.now.Sub(p.Due), 60)
	case !p.Due.IsZero():
		return "in " + Brief(p.Due.Sub(d.now), 60)
	case p.Why == ward.WhyStopped:
		return "stopped"
	}
	return "ended"
}

// Every returns the interval of a plan: "every 1 h"; empty without one. The time from the
// admission to the first check is none, because it does not repeat.
func Every(p *ward.Plan) string {
	if p.Interval <= 0 || p.Due.IsZero() || p.Why == ward.WhyAdmission {
		return ""
	}
	return "every " + ward.Elapsed(p.Interval)
}

// Plan returns the next check and the reason for it in a sentence.
func (d *Desk) Plan(p *ward.Plan) string {
	why := ward.WordsFor(ward.Whys, string(p.Why))
	if p.Due.IsZero() {
		if p.Order != nil {
			why += ", " + words.ShortName(p.Order.Ordered.By) + ": " + kit.Plain(p.Order.Reason)
		}
		return "no check is due: " + why
	}
	text := "next check " + d.Time(p.Due) + " (" + d.Due(p) + ")"
	if every := Every(p); every != "" {
		text += ", " + every
	}
	text += ": " + why
	if p.Order != nil {
		text += ", " + words.ShortName(p.Order.Ordered.By) + ": " + kit.Plain(p.Order.Reason)
	}
	return text
}

// RecordedBy says when and by whom a check was recorded, and the same of the version c if it
// is a later one: "recorded 15:47 by Maria Santos, corrected 16:07 by Tomasz Wójcik".
func (d *Desk) RecordedBy(chart *ward.Chart, c *ward.Check) string {
	signed := func(c *ward.Check) string { return d.Time(c.Recorded.At) + " by " + kit.Plain(c.Recorded.By) }
	first := cmp.Or(chart.First(c.ID), c)
	text := "recorded " + signed(first)
	if first.Late() {
		text += ", LATE ENTRY, " + ward.Elapsed(first.Recorded.At.Sub(first.PerformedAt)) + " later"
	}
	if c.Version > first.Version {
		text += ", " + ward.WordsFor(ward.Statuses, string(c.Status)) + " " + signed(c)
	}
	return text
}
