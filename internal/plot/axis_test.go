package plot

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"neurocheck/internal/icans"
)

func TestDaysBeginWithTheZone(t *testing.T) {
	for _, c := range []struct {
		zone     string
		day      time.Time // UTC midnight of the date
		begins   string
		previous string
	}{
		{"Europe/Lisbon", time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC), "2026-03-29T00:00:00Z", "24h0m0s"},
		{"Europe/Lisbon", time.Date(2026, 3, 30, 0, 0, 0, 0, time.UTC), "2026-03-30T00:00:00+01:00", "23h0m0s"},
		{"America/Santiago", time.Date(2026, 9, 6, 0, 0, 0, 0, time.UTC), "2026-09-06T01:00:00-03:00", "24h0m0s"},
		{"America/Santiago", time.Date(2026, 9, 7, 0, 0, 0, 0, time.UTC), "2026-09-07T00:00:00-03:00", "23h0m0s"},
		{"America/Havana", time.Date(2026, 3, 8, 0, 0, 0, 0, time.UTC), "2026-03-08T01:00:00-04:00", "24h0m0s"},
		{"America/Havana", time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC), "2026-11-02T00:00:00-05:00", "25h0m0s"},
		{"Asia/Kathmandu", time.Date(1969, 12, 31, 0, 0, 0, 0, time.UTC), "1969-12-31T00:00:00+05:30", "24h0m0s"},
	} {
		z := zone(c.zone)
		begins := startOfDay(dayOf(c.day), z)
		if got := begins.Format(time.RFC3339); got != c.begins {
			t.Errorf("%s begins at %s, not %s", c.zone, got, c.begins)
		}
		if got := begins.Sub(startOfDay(dayOf(c.day)-1, z)).String(); got != c.previous {
			t.Errorf("%s: the day before %s lasts %s, not %s", c.zone, c.begins, got, c.previous)
		}
	}
}

// The names of the zones are drawn, so that a failure prints them.
var zones = map[string]*time.Location{"Lisbon": lisbon, "Santiago": zone("America/Santiago"), "Kathmandu": zone("Asia/Kathmandu")}

// anyTrend draws a trend of anything.
func anyTrend(t *rapid.T) (Trend, int) {
	trend := Trend{
		Tool: rapid.SampledFrom([]icans.Tool{icans.ICE, icans.CAPD}).Draw(t, "tool"), To: now,
		Zone:   zones[rapid.SampledFrom([]string{"Lisbon", "Santiago", "Kathmandu", "none"}).Draw(t, "zone")],
		Height: rapid.IntRange(-1, 50).Draw(t, "height"),
	}
	minutes := func(low, high int, name string) time.Duration {
		return time.Duration(rapid.IntRange(low, high).Draw(t, name)) * time.Minute
	}
	trend.From = now.Add(-minutes(0, 60*24*400, "window"))
	trend.Now = now.Add(minutes(-600, 600, "clock"))
	for i := range rapid.IntRange(0, 30).Draw(t, "readings") {
		r := at(minutes(-600, 60*24*35, "ago"), 0)
		r.ID = fmt.Sprint(i)
		r.Low = rapid.IntRange(0, trend.Tool.MaxScore()).Draw(t, "low")
		r.High = rapid.OneOf(rapid.Just(r.Low), rapid.IntRange(r.Low, trend.Tool.MaxScore())).Draw(t, "high")
		r.Due = r.At.Add(minutes(0, 600, "due"))
		r.Scored = rapid.IntRange(0, 5).Draw(t, "unable") > 0
		r.NotDone = !r.Scored && rapid.Bool().Draw(t, "not done") // else done with the other tool
		r.Flag = rapid.SampledFrom([]icans.Flag{icans.FlagNone, icans.FlagIncomplete, icans.FlagGrade1, icans.FlagUrgent}).Draw(t, "flag")
		r.Shape = rapid.SampledFrom([]Shape{ByScore, ByOther, Unsure}).Draw(t, "shape")
		r.GradeLow = rapid.IntRange(0, 4).Draw(t, "grade")
		r.GradeHigh = rapid.OneOf(rapid.Just(r.GradeLow), rapid.IntRange(r.GradeLow, 4)).Draw(t, "at most")
		r.Floor = rapid.IntRange(r.GradeLow, r.GradeHigh).Draw(t, "floor")
		r.Drivers = icans.Domains(rapid.IntRange(0, 31).Draw(t, "drivers"))
		r.Signs[icans.Handwriting] = icans.Severity(rapid.IntRange(0, 4).Draw(t, "writing"))
		r.Signs[icans.Tremor] = icans.Severity(rapid.IntRange(0, 4).Draw(t, "tremor"))
		r.CRS = icans.Points(rapid.IntRange(0, 5).Draw(t, "crs"))
		trend.Readings = append(trend.Readings, r)
	}
	for range rapid.IntRange(0, 5).Draw(t, "events") {
		trend.Events = append(trend.Events, Event{now.Add(-minutes(-600, 60*24*35, "event")), rapid.SampledFrom([]rune(`DTE“`)).Draw(t, "mark")})
	}
	if rapid.Bool().Draw(t, "baseline") {
		trend.Baseline = icans.Scored(rapid.IntRange(0, trend.Tool.MaxScore()).Draw(t, "of"))
	}
	if rapid.Bool().Draw(t, "infused") {
		trend.Infusion = now.Add(-minutes(0, 60*24*35, "infusion"))
	}
	trend.Cursor = rapid.SampledFrom([]string{"", "0", "1", "29"}).Draw(t, "cursor")
	return trend, rapid.IntRange(0, 150).Draw(t, "width")
}
