package ward

import (
	"testing"
	"time"

	"neurocheck/internal/icans"
)

// lateBed is a bed whose day 30 ends at hour 0 of the tests, the night's midnight.
func lateBed() *bed {
	b := newBed(icans.ICE)
	b.Patient.InfusedAt = midnight.AddDate(0, 0, -31).Add(5 * time.Hour)
	b.Stays[0].AdmittedAt = b.Patient.InfusedAt.AddDate(0, 0, -2)
	b.Stays[0].Began.At = b.Stays[0].AdmittedAt
	return b
}

var midnight = time.Date(2026, 3, 17, 0, 0, 0, 0, time.UTC)

// ago returns a time before midnight as hours from night.
func ago(h float64) float64 { return midnight.Sub(night).Hours() - h }

func TestChecksEnd(t *testing.T) {
	for _, c := range []struct {
		name string
		set  func(*bed)
		last float64 // hours before midnight
		seen string
		at   float64 // hours after midnight
		want string
	}{
		{"all conditions hold", nil, 5, "ice 10", 1, "ended"},
		{"on day 30", nil, 5, "ice 10", -1, "8 h none"},
		{"the last check on day 29", nil, 25, "ice 10", 1, "8 h none"},
		{"the first minute of day 30", nil, 24, "ice 10", 1, "ended"},
		{"the last check is flagged", nil, 5, "ice 9", 1, "1 h burst"},
		{"it is not conclusive", nil, 5, "ice 10 motor=", 1, "1 h unfinished"},
		{"a feature left out", nil, 5, "ice 10 memory=", 1, "1 h unfinished"},
		{"attributed and conclusive", nil, 5, "ice 9 other_cause=score", 1, "ended"},
		{"at the own baseline", baseline(9), 5, "ice 9", 1, "ended"},
		{"less than 24 h after the admission", func(b *bed) { b.Stays[0].AdmittedAt = hours(ago(28.9)) }, 5, "ice 10", 1, "8 h none"},
		{"24 h after the admission", func(b *bed) { b.Stays[0].AdmittedAt = hours(ago(29)) }, 5, "ice 10", 1, "ended"},
		{"a report waits", report(ago(4)), 5, "ice 10", 1, "0 min report"},
		{"a report after the end", report(ago(-9)), 5, "ice 10", 10, "0 min report"},
		{"a dose", dose(ago(10)), 5, "ice 10", 1, "8 h none"},
		{"a dose after the end", dose(ago(-9)), 5, "ice 10", 10, "8 h dose"},
		{"the dose is 48 h ago", dose(ago(47)), 5, "ice 10", 1, "8 h none"},
		{"the dose is longer ago", dose(ago(47.1)), 5, "ice 10", 1, "ended"},
		{"extended", order(ago(40), Order{Kind: OrderExtend, UntilDay: 31}), 5, "ice 10", 1, "8 h none"},
		{"restarted before the end", order(ago(40), Order{Kind: OrderRestart}), 5, "ice 10", 1, "ended"},
		{"restarted after the end", order(ago(-1), Order{Kind: OrderRestart}), 5, "ice 10", 2, "8 h none"},
		{"stopped", order(ago(40), Order{Kind: OrderStop}), 5, "ice 10", 1, "stopped"},
		{"no infusion", func(b *bed) { b.Patient.InfusedAt = time.Time{} }, 5, "ice 10", 1, "8 h none"},
		{"the site's last day", func(b *bed) { b.site.LastDay = 40 }, 5, "ice 10", 1, "8 h none"},
	} {
		b := lateBed()
		if c.set != nil {
			c.set(b)
		}
		b.save(ago(c.last), ago(c.last), c.seen)
		if got := plan(b.watch(ago(-c.at)).Next); got != c.want {
			t.Errorf("%s: %s, not %s", c.name, got, c.want)
		}
	}
}

func TestChecksEndAfterAFlag(t *testing.T) {
	for _, c := range []struct {
		name string
		flag float64 // hours before the last check, which is 5 h before midnight
		want string
	}{
		{"48 h before the last check", 48, "8 h none"},
		{"longer before it", 48.1, "ended"},
	} {
		b := lateBed()
		b.save(ago(5+c.flag), ago(5+c.flag), "ice 9")
		b.save(ago(5), ago(5), "ice 10")
		if got := plan(b.watch(ago(-1)).Next); got != "8 h none" {
			t.Errorf("%s, with the follow-up open: %s", c.name, got)
		}
		b.close(ago(4))
		if got := plan(b.watch(ago(-1)).Next); got != c.want {
			t.Errorf("%s: %s, not %s", c.name, got, c.want)
		}
	}
}

// An interval that a clinician sets after a restart leaves the restart as it is.
func TestARestartAfterTheLastDayHasNoEndButAStop(t *testing.T) {
	b := lateBed()
	b.save(ago(5), ago(5), "ice 10")
	order(ago(-30), Order{Kind: OrderRestart})(b)
	order(ago(-32), every(12))(b)
	if got := plan(b.watch(ago(-33)).Next); got != "12 h order" {
		t.Errorf("an interval after the restart: %s", got)
	}
	order(ago(-34), Order{Kind: OrderStop})(b)
	order(ago(-35), every(12))(b)
	if got := plan(b.watch(ago(-36)).Next); got != "ended" {
		t.Errorf("an interval after a stop: %s", got)
	}
	if got := plan(b.Next(&b.site, hours(ago(-31)))); got != "8 h none" {
		t.Errorf("before the interval: %s", got)
	}
}

// A second dose within the 48 h of the first makes no check later.
func TestDosesOneAfterTheOther(t *testing.T) {
	b := lateBed()
	b.save(ago(5), ago(5), "ice 10")
	dose(ago(-10))(b)
	b.save(ago(-45), ago(-45), "ice 10")
	dose(ago(-50))(b)
	if p := b.watch(ago(-51)).Next; !p.Due.Equal(hours(ago(-53))) {
		t.Errorf("due %v, not 8 h after the check between the doses", p.Due)
	}
	dose(ago(-120))(b)
	if p := b.watch(ago(-121)).Next; plan(p) != "8 h dose" || !p.Due.Equal(hours(ago(-128))) {
		t.Errorf("a dose after the end: %s, due %v", plan(p), p.Due)
	}
}

// Days count on the ward's calendar, across a change of the clocks too.
func TestTheLastDayIsOfTheWardsCalendar(t *testing.T) {
	lisbon := zone(t, "Europe/Lisbon")
	infused := time.Date(2026, 3, 1, 23, 30, 0, 0, lisbon)
	end := time.Date(2026, 4, 1, 0, 0, 0, 0, lisbon) // day 30 is 31 March, and the clocks changed before
	b := newBed(icans.ICE)
	b.site.Zone = lisbon
	b.Patient.InfusedAt = infused
	b.Stays[0].AdmittedAt = infused.AddDate(0, 0, -1)
	at := end.Add(-9 * time.Hour).Sub(night).Hours()
	b.save(at, at, "ice 10")
	if p := b.Next(&b.site, end.Add(-time.Second)); p.State != Overdue {
		t.Errorf("in the last second of day 30: %+v", p)
	}
	if p := b.Next(&b.site, end); p.Why != WhyEnded {
		t.Errorf("day 31: %+v", p)
	}
}

func TestDueIsElapsedTimeThroughAChangeOfTheClocks(t *testing.T) {
	for _, name := range []string{"Europe/Lisbon", "America/New_York", "Australia/Lord_Howe"} {
		loc := zone(t, name)
		for at := time.Date(2026, 1, 1, 1, 30, 0, 0, loc); at.Year() == 2026; at = at.Add(8 * time.Hour) {
			b := newBed(icans.ICE)
			b.site.Zone, b.Patient.InfusedAt = loc, time.Time{}
			b.Stays[0].AdmittedAt = at.AddDate(-1, 0, 0)
			h := at.Sub(night).Hours()
			b.save(h, h, "ice 10")
			if p := b.Next(&b.site, at); p.Interval != 8*time.Hour || p.Due.Sub(at).Round(time.Second) != 8*time.Hour {
				t.Fatalf("%s: %v after %v", name, p.Due.Sub(at), at)
			}
		}
	}
}
