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

// The queue of the writers. SQLite lets a writer who waits look again after ever
// longer pauses, so that one may wait for seconds while others come and go. A
// lock on a file beside the log is handed on as soon as it is free, so whoever
// writes waits at that file first and finds the log free.
//
// The queue is a courtesy: what keeps the log whole are SQLite's own locks.
// Where there is no file to wait at, or the wait takes too long, the writer goes
// on to SQLite, which says what is wrong. The kernel gives up the lock of a
// process that ends, however it ends.
//
// The file also holds the number and the hash of the last record that was
// acknowledged. It is written when the record is on disk already, and so never
// says more than the log should hold: a log that holds less has lost records
// with its write-ahead log, which SQLite drops from the first damaged page on
// and says nothing.

// queueWait is how long a writer waits for its turn.
const queueWait = 5 * time.Second

// turn is a writer's turn. The zero value is one that was not waited for.
type turn struct{ file *os.File }

// waitTurn waits until it is this writer's turn. It fails only where ctx ends.
// The file is opened anew for each turn: a lock belongs to one opening, so the
// goroutines of a process queue like strangers. A link is not followed: the file
// is written to.
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
	go func() { // a wait for a lock cannot be called off: the turn is passed on when it comes
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

// end lets the next writer go. The lock goes with the file.
func (t turn) end() {
	if t.file != nil {
		t.file.Close()
	}
}

// record writes down the last record. That it cannot be written is no failure of
// the save.
func (t turn) record(log os.FileInfo, seq int64, hash string) {
	if t.file != nil {
		_, _ = t.file.WriteAt([]byte(recordLine(log, seq, hash)), 0)
	}
}

// recordLine is one line of always the same length. It names the file that the
// record is in, so that it says nothing about another one that comes to stand in
// its place, and ends with a sum, by which a line that is half written shows.
func recordLine(log os.FileInfo, seq int64, hash string) string {
	line := fmt.Sprintf("%s %019d %s", fileID(log), seq, hash)
	sum := sha256.Sum256([]byte(line))
	return line + " " + hex.EncodeToString(sum[:8]) + "\n"
}

// recorded returns the last record that was written down for a log, and whether one
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

// fileID tells one file of this machine from another.
func fileID(info os.FileInfo) string {
	var device, inode uint64
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		device, inode = uint64(st.Dev), uint64(st.Ino)
	}
	return fmt.Sprintf("%016x-%016x", device, inode)
}
