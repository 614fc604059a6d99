package uptime

import (
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"neurocheck/internal/ward"
)

// ofMachine reads CLOCK_BOOTTIME, which goes on while the machine sleeps, and the ID that
// the kernel makes at each start.
func ofMachine() (ward.Uptime, bool) {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ward.Uptime{}, false
	}
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t); err != nil {
		return ward.Uptime{}, false
	}
	return ward.Uptime{Boot: strings.TrimSpace(string(id)), For: time.Duration(t.Nano())}, true
}
