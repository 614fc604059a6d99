package words

import (
	"strings"
	"time"

	"neurocheck/internal/ward"
)

// Clock is the present time and the zone of a ward: times are worded as seen from there.
type Clock struct {
	Now  time.Time
	Zone *time.Location
}

// Time shows a time of today as 15:04, and one of another day with the day, on the wall
// clock of the ward.
func (c Clock) Time(t time.Time) string {
	t, now := t.In(c.Zone), c.Now.In(c.Zone)
	switch days := ward.DateOf(now).DaysTo(ward.DateOf(t)); {
	case days == 0:
		return t.Format("15:04" + letters(t))
	case days < 0 && days > -7:
		return t.Format("Mon 15:04" + letters(t))
	case t.Year() == now.Year():
		return t.Format("2 Jan 15:04" + letters(t))
	}
	return t.Format("2 Jan 2006 15:04" + letters(t))
}

// DayTime shows a time with its day, as questions do: Sun 29 Nov 15:45.
func (c Clock) DayTime(t time.Time) string {
	t = t.In(c.Zone)
	if t.Year() != c.Now.In(c.Zone).Year() {
		return t.Format("Mon 2 Jan 2006 15:04" + letters(t))
	}
	return t.Format("Mon 2 Jan 15:04" + letters(t))
}

// letters returns the part of a layout for the zone, because the wall clock alone does not
// tell the time if the clocks go back and the hour comes twice. It is empty for other times.
func letters(t time.Time) string {
	if ward.ComesTwice(t) {
		return " MST"
	}
	return ""
}

// Letters returns the letters of the zone at a time that the wall clock shows twice, and an
// empty text for other times.
func (c Clock) Letters(t time.Time) string {
	t = t.In(c.Zone)
	if layout := letters(t); layout != "" {
		return t.Format(strings.TrimSpace(layout))
	}
	return ""
}

// FullTime shows a time with its date and year; – for none.
func (c Clock) FullTime(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	t = t.In(c.Zone)
	return t.Format("2 Jan 2006 15:04" + letters(t))
}

// ShortTime shows a time with its date and without a year: 28 Nov 15:04.
func (c Clock) ShortTime(t time.Time) string {
	t = t.In(c.Zone)
	return t.Format("2 Jan 15:04" + letters(t))
}

// ShortDate shows the day of a time: 28 Nov.
func (c Clock) ShortDate(t time.Time) string { return t.In(c.Zone).Format("2 Jan") }

// Ago returns the time since t in words: 2 h 10 min.
func (c Clock) Ago(t time.Time) string { return ward.Elapsed(c.Now.Sub(t)) }

// NamedCause returns the cause that a clinician named ahead and that applies now:
// "consciousness: propofol, until 30 Nov 14:00, Dr Nair"; empty if there is none.
func (c Clock) NamedCause(h *ward.History) string {
	if h == nil {
		return ""
	}
	var withTool time.Time
	for i := range h.Checks {
		if o := &h.Checks[i]; o.Findings.Unable == 0 && o.PerformedAt.After(withTool) {
			withTool = o.PerformedAt
		}
	}
	for i := len(h.Attributions) - 1; i >= 0; i-- {
		if a := &h.Attributions[i]; a.Applies(c.Now, withTool) {
			return a.Domain + ": " + Plain(a.Cause) + ", until " + c.Time(a.Until) + ", " + ShortName(a.Named.By)
		}
	}
	return ""
}

// LateEntry returns the time of a check that is recorded long after it was done: "LATE ENTRY
// Sun 29 Nov 03:00, 12 h 45 ago". Hours have no unit after the minutes, to save room.
func (c Clock) LateEntry(at time.Time) (label, when string) {
	return "LATE ENTRY", c.DayTime(at) + ", " + strings.TrimSuffix(c.Ago(at), " min") + " ago"
}
