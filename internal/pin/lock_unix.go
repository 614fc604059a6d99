//go:build unix

package pin

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// noFollow opens no link, and does not wait for the other end of a pipe.
const noFollow = unix.O_NOFOLLOW | unix.O_NONBLOCK

// lockWithin waits for the lock of a file, for so long at most.
func lockWithin(file *os.File, most time.Duration) error {
	for begin := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		switch {
		case err == nil:
			return nil
		case err != unix.EWOULDBLOCK && err != unix.EINTR:
			return err
		case time.Since(begin) >= most:
			return fmt.Errorf("%w: %s", errHeld, file.Name())
		}
	}
}

var errHeld = errors.New("another program holds the file")

// passes reports whether an error ends without the help of a person who looks after the file.
func passes(err error) bool {
	return errors.Is(err, errHeld) || errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT)
}
