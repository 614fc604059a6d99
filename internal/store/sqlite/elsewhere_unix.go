//go:build unix

package sqlite

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// The bytes of the shared memory file of SQLite at which each connection that has the log
// open holds a lock: see "The WAL-Index File Format" of SQLite.
const (
	shmLocksAt = 120
	shmLocks   = 9
)

// OpenElsewhere reports whether another process has the log at path open. The caller must
// not have it open itself: closing the file would drop the locks of this process.
func OpenElsewhere(path string) bool {
	file, err := os.OpenFile(sidecar(path, "-shm"), os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return false
	}
	defer file.Close()
	lock := unix.Flock_t{Type: unix.F_WRLCK, Whence: io.SeekStart, Start: shmLocksAt, Len: shmLocks}
	err = unix.FcntlFlock(file.Fd(), unix.F_GETLK, &lock)
	return err == nil && lock.Type != unix.F_UNLCK
}
