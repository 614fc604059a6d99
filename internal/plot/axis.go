package plot

import (
	"strconv"
	"time"

	"neurocheck/internal/ward"
)

// axis returns the time axis: a tick at the beginning of each day of the zone with
// the day since infusion, or the day of the month if there was none; the infusion
// itself is a triangle. The label to the right is the end of the window. If the days
// are narrow only every second, third… is named (by dayStep their names have room),
// and no day whose name would be cut or run into the infusion.
func (t *Trend) axis(width int) Row {
	row := Row{Label: "day", Band: "now", Cells: blank(width)}
	fill(row.Cells, '─', Axis)
	if !t.To.Equal(t.Now) {
		row.Band = t.To.In(t.Zone).Format("2 Jan")
	}
	infused, marked := t.column(t.Infusion, width)
	marked = marked && !t.Infusion.IsZero()
	step := t.dayStep(width)
	if step == 0 {
		return row
	}
	first := dayOf(t.From.In(t.Zone))
	// Counted from the infusion, so that the named days stay the same ones when
	// the window moves.
	if !t.Infusion.IsZero() {
		since := first - dayOf(t.Infusion.In(t.Zone))
		first -= ((since % step) + step) % step
	}
	for d := first; ; d += step {
		begins := startOfDay(d, t.Zone)
		if begins.After(t.To) {
			break
		}
		col, ok := t.column(begins, width)
		if !ok {
			continue
		}
		row.Cells[col].Rune = '│'
		name := t.dayName(d)
		end := col + len(name)
		if end >= width || marked && infused > col && infused <= end {
			continue
		}
		for i, r := range name {
			row.Cells[col+1+i].Rune = r
		}
	}
	if marked {
		row.Cells[infused] = Cell{Rune: '▲', Kind: InfusionMark}
	}
	return row
}

// dayStep returns how many days there are from one named day to the next, so that
// a tick, the name and a blank between fit; 0 if there is nothing to name.
func (t *Trend) dayStep(width int) int {
	span := t.To.Sub(t.From)
	if span <= 0 || width <= 0 {
		return 0
	}
	longest := max(len(t.dayName(dayOf(t.From.In(t.Zone)))), len(t.dayName(dayOf(t.To.In(t.Zone)))), 2)
	day := float64(width) * float64(23*time.Hour) / float64(span) // columns of the shortest day
	for _, step := range []int{1, 2, 3, 5, 7, 10, 14} {
		if float64(step)*day >= float64(longest+2) {
			return step
		}
	}
	step := 28
	for float64(step)*day < float64(longest+2) {
		step *= 2
	}
	return step
}

// dayName returns the day since infusion with its sign, else the day of the month.
func (t *Trend) dayName(day int) string {
	if t.Infusion.IsZero() {
		return strconv.Itoa(time.Unix(int64(day)*secondsADay, 0).UTC().Day())
	}
	n := day - dayOf(t.Infusion.In(t.Zone))
	if n >= 0 {
		return "+" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

const secondsADay = 24 * 60 * 60

// dayOf numbers the days of the calendar: whatever the clocks did, the next date
// is one more.
func dayOf(t time.Time) int {
	y, m, d := t.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / secondsADay)
}

// startOfDay returns the first moment of a day.
func startOfDay(day int, zone *time.Location) time.Time {
	return ward.DateOf(time.Unix(int64(day)*secondsADay, 0).UTC()).Begins(zone)
}
