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

// lockWithin locks a file, and gives up after most.
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

// passes reports whether an error goes away by itself, without a change to the file.
func passes(err error) bool {
	return errors.Is(err, errHeld) || errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT)
}
