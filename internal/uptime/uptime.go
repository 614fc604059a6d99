// Package uptime reads the clock that no person can set: the time since the machine started.
package uptime

import (
	"crypto/rand"
	"time"

	"neurocheck/internal/ward"
)

// Now returns the time since the start of the machine, or, if the system does not tell,
// since the start of this process.
func Now() ward.Uptime {
	if up, ok := ofMachine(); ok {
		return up
	}
	return ofProcess()
}

var (
	process = rand.Text()
	started = time.Now()
)

func ofProcess() ward.Uptime {
	return ward.Uptime{Boot: process, For: time.Since(started)} // of the monotonic clock
}
