package uptime

import (
	"testing"
	"time"
)

func TestTheClockIsMonotonic(t *testing.T) {
	for name, now := range map[string]func() (boot string, since time.Duration){
		"machine": func() (string, time.Duration) { u := Now(); return u.Boot, u.For },
		"process": func() (string, time.Duration) { u := ofProcess(); return u.Boot, u.For },
	} {
		boot, first := now()
		time.Sleep(2 * time.Millisecond)
		again, second := now()
		if boot == "" || boot != again || second-first < 2*time.Millisecond || second-first > time.Minute {
			t.Errorf("%s: %q %v, then %q %v", name, boot, first, again, second)
		}
	}
}
