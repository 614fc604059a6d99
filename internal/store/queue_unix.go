//go:build unix

package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
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
// The file also has the number and the hash of the last record that was
// acknowledged. It is written after the record is on disk, and so never runs ahead of
// the log: a log that ends earlier has lost records with its write-ahead log, which
// SQLite silently drops from the first damaged page on.

// queueWait limits the wait of a writer for its turn.
const queueWait = 5 * time.Second

// turn is a writer's turn. The zero value is that of a writer without a queue.
type turn struct{ file *os.File }

// waitTurn waits until it is this writer's turn. It fails only if ctx ends. It opens
// the file for each turn, because a lock belongs to one opening: the goroutines of a
// process queue like processes. It does not follow a link, because it writes to the
// file.
func waitTurn(ctx context.Context, queue string) (turn, error) {
	file, err := os.OpenFile(queue, os.O_CREATE|os.O_RDWR|unix.O_NOFOLLOW, 0o600)
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

// record writes the last record into the file. If that fails, the save has not
// failed.
func (t turn) record(log os.FileInfo, seq int64, hash string) {
	if t.file != nil {
		_, _ = t.file.WriteAt([]byte(recordLine(log, seq, hash)), 0)
	}
}

// recordLine returns one line, always of the same length. It names the file of the
// log, so that it does not apply to another file that replaces it, and ends with a
// checksum that a half-written line does not have.
func recordLine(log os.FileInfo, seq int64, hash string) string {
	line := fmt.Sprintf("%s %019d %s", fileID(log), seq, hash)
	sum := sha256.Sum256([]byte(line))
	return line + " " + hex.EncodeToString(sum[:8]) + "\n"
}

// recorded returns the last record that was acknowledged for a log, and whether one
// was.
func recorded(queue string, log os.FileInfo) (seq int64, hash string, ok bool) {
	content, err := os.ReadFile(queue)
	if err != nil {
		return 0, "", false
	}
	words := strings.Fields(string(content))
	if len(words) != 4 {
		return 0, "", false
	}
	if _, err := fmt.Sscanf(words[1], "%d", &seq); err != nil {
		return 0, "", false
	}
	return seq, words[2], string(content) == recordLine(log, seq, words[2])
}

// fileID identifies a file of this machine.
func fileID(info os.FileInfo) string {
	var device, inode uint64
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		device, inode = uint64(st.Dev), uint64(st.Ino)
	}
	return fmt.Sprintf("%016x-%016x", device, inode)
}
