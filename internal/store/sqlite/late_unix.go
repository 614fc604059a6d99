//go:build unix

package sqlite

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// lockBriefly waits for the lock of a file, for so long at most.
func lockBriefly(file *os.File, most time.Duration) {
	for begin := time.Now(); lock(file, unix.LOCK_EX|unix.LOCK_NB) != nil && time.Since(begin) < most; {
		time.Sleep(5 * time.Millisecond)
	}
}
