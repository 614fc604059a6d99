package desk_test

import (
	"testing"
	"time"

	"neurocheck/internal/reading"
	"neurocheck/internal/tui/desk/desktest"
)

// B7: in an hour that comes twice each time is shown with the letters of its zone, however
// old it is, and the readers take the text back as the same time.
func TestTimesOfTheHourThatComesTwice(t *testing.T) {
	for _, c := range []struct{ zone, first, second string }{
		{"Europe/London", "2026-10-25T00:20:00Z", "2026-10-25T01:20:00Z"},
		{"America/New_York", "2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"},
		{"Australia/Lord_Howe", "2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z"},
		{"America/Santiago", "2026-04-05T02:59:00Z", "2026-04-05T03:59:00Z"},
	} {
		s := desktest.New(t).SignIn(desktest.Maria)
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		s.Desk.SetWard(s.Desk.Ward(), zone, s.Desk.People())
		for _, later := range []time.Duration{2 * time.Hour, 26 * time.Hour, 10 * 24 * time.Hour, 400 * 24 * time.Hour} {
			var seen []string
			for _, at := range []string{c.first, c.second} {
				then, err := time.Parse(time.RFC3339, at)
				if err != nil {
					t.Fatal(err)
				}
				s.Jump(then.Add(later))
				seen = append(seen, s.Desk.Time(then), s.Desk.DayTime(then), s.Desk.FullTime(then))
				if r := reading.Time(s.Desk.FullTime(then), s.Now(), zone); r.Question == "" && !r.Value.Equal(then) {
					t.Errorf("%s: %s is read as %s %s", c.zone, s.Desk.FullTime(then), r.Value, r.Err)
				}
			}
			for i := range 3 {
				if seen[i] == seen[i+3] {
					t.Errorf("%s, %s later: two times are %q", c.zone, later, seen[i])
				}
			}
		}
	}
}
