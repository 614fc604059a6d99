//go:build unix

package sqlite

import (
	"context"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// The queue of the writers. SQLite lets a waiting writer try again after ever longer
// pauses, so that one may wait for seconds while others overtake it. The kernel passes
// on a lock of a file as soon as it is free: so each writer locks a sidecar file of
// the log first, and then finds the log free.
//
// The queue makes the order fair; SQLite's own locks keep the log whole. If there is
// no file to lock, or the wait takes too long, the writer goes on to SQLite, which
// reports the cause. The kernel releases the lock of a process that ends, however it
// ends.
//
// The file also has the mark of the last record: see mark.go.

// queueWait limits the wait of a writer for its turn.
const queueWait = 5 * time.Second

// turn is a writer's turn. The zero value is that of a writer without a queue.
type turn struct{ file *os.File }

// waitTurn waits until it is this writer's turn. It fails if ctx ends, or if the file
// is none of this program's. It opens
// the file for each turn, because a lock belongs to one opening: the goroutines of a
// process queue like processes.
func waitTurn(ctx context.Context, queue string) (turn, error) {
	file, err := openSide(queue, os.O_CREATE|os.O_RDWR)
	if ward.KindOf(err) == ward.KindUnavailable {
		return turn{}, err
	}
	if err != nil {
		return turn{}, ctx.Err()
	}
	if lock(file, unix.LOCK_EX|unix.LOCK_NB) == nil {
		return turn{file}, nil
	}
	locked := make(chan error, 1)
	go func() { locked <- lock(file, unix.LOCK_EX) }()
	patience := time.NewTimer(queueWait)
	defer patience.Stop()
	select {
	case err := <-locked:
		if err != nil {
			file.Close()
			return turn{}, nil
		}
		return turn{file}, nil
	case <-ctx.Done():
	case <-patience.C:
	}
	go func() { // a wait for a lock cannot be cancelled: release the lock when it comes
		<-locked
		file.Close()
	}()
	return turn{}, ctx.Err()
}

func lock(file *os.File, how int) error {
	for {
		if err := unix.Flock(int(file.Fd()), how); err != unix.EINTR {
			return err
		}
	}
}

// end lets the next writer go: closing the file releases the lock.
func (t turn) end() {
	if t.file != nil {
		t.file.Close()
	}
}

// record writes the mark of the last record into the file. If that fails, the save has
// not failed.
func (t turn) record(e engine.End) {
	if t.file != nil {
		_ = writeMark(t.file, e)
	}
}
