package uptime

import (
	"time"

	"golang.org/x/sys/unix"

	"neurocheck/internal/ward"
)

// ofMachine reads CLOCK_MONOTONIC, which on this system goes on while the machine sleeps,
// and the ID that the kernel makes at each start.
func ofMachine() (ward.Uptime, bool) {
	id, err := unix.Sysctl("kern.bootsessionuuid")
	if err != nil {
		return ward.Uptime{}, false
	}
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t); err != nil {
		return ward.Uptime{}, false
	}
	return ward.Uptime{Boot: id, For: time.Duration(t.Nano())}, true
}
