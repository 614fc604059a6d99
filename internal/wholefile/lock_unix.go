//go:build unix

package wholefile

import (
	"os"

	"golang.org/x/sys/unix"
)

// noFollow opens no link, and does not wait for the other end of a pipe.
const noFollow = unix.O_NOFOLLOW | unix.O_NONBLOCK

// tryLock locks a file until it is closed. It returns an error if another opening of it
// has the lock, and [errors.ErrUnsupported] if the file system has no locks.
func tryLock(file *os.File) error { return flock(file, unix.LOCK_EX|unix.LOCK_NB) }

// waitLock waits for the lock of a file.
func waitLock(file *os.File) error { return flock(file, unix.LOCK_EX) }

func flock(file *os.File, how int) error {
	for {
		if err := unix.Flock(int(file.Fd()), how); err != unix.EINTR {
			return err
		}
	}
}
