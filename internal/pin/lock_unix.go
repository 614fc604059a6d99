//go:build unix

package pin

import (
	"os"

	"golang.org/x/sys/unix"
)

// lock waits for the lock of a file.
func lock(file *os.File) error {
	for {
		if err := unix.Flock(int(file.Fd()), unix.LOCK_EX); err != unix.EINTR {
			return err
		}
	}
}
