package ward

import (
	"testing"
	"time"
)

func TestOnlyAnHourThatTheClocksRepeatComesTwice(t *testing.T) {
	for zone, moments := range map[string]map[string]bool{
		"Europe/Lisbon": {
			"2026-10-25T00:59:59+01:00": false, "2026-10-25T01:00:00+01:00": true, "2026-10-25T01:30:00Z": true,
			"2026-10-25T02:00:00Z": false, "2026-03-29T02:00:00+01:00": false, "2026-07-01T01:30:00+01:00": false,
		},
		"Australia/Lord_Howe": {"2026-04-05T01:29:00+11:00": false, "2026-04-05T01:30:00+11:00": true, "2026-04-05T01:59:00+10:30": true},
		"UTC":                 {"2026-10-25T01:30:00Z": false},
	} {
		in, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		for at, want := range moments {
			moment, err := time.Parse(time.RFC3339, at)
			if err != nil {
				t.Fatal(err)
			}
			if got := ComesTwice(moment.In(in)); got != want {
				t.Errorf("%s in %s: %t", at, zone, got)
			}
		}
	}
}
