//go:build unix

package sqlite

import (
	"context"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// listenerSuffix is that of the file that is locked by the process that listens, and holds
// the time of the last message.
const listenerSuffix = "-intake"

// patienceOfListener is the time for which a process waits for its turn, because one that
// only asks who listens holds the lock for a moment.
const patienceOfListener = 200 * time.Millisecond

// listener is a locked file.
type listener struct{ file *os.File }

// ListenAlone implements [engine.Listener]. The lock goes with the process, however it ends.
func (l *Log) ListenAlone() (engine.Turn, error) {
	file, err := openSide(sidecar(l.path, listenerSuffix), os.O_CREATE|os.O_RDWR)
	if err != nil {
		return nil, err
	}
	for began := time.Now(); lock(file, unix.LOCK_EX|unix.LOCK_NB) != nil; time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > patienceOfListener {
			file.Close()
			return nil, ward.Conflict("another listener takes messages into this log already")
		}
	}
	return &listener{file}, nil
}

// noteLayout has the same length for every time, so that a note replaces the one before it.
const noteLayout = "2006-01-02T15:04:05.000Z\n"

// Heard implements [engine.Turn].
func (l *listener) Heard(at time.Time) { _, _ = l.file.WriteAt([]byte(at.UTC().Format(noteLayout)), 0) }

// End implements [engine.Turn].
func (l *listener) End() { l.file.Close() }

// Listening implements [engine.Listener].
func (l *Log) Listening(context.Context) (engine.Listening, error) {
	state := engine.Listening{Known: true}
	side := sidecar(l.path, listenerSuffix)
	text, err := readSide(side)
	if err != nil || text == nil {
		return state, err // no process has listened yet
	}
	state.Heard, _ = time.Parse(time.RFC3339, strings.TrimSpace(string(text))) // zero before the first message
	file, err := openSide(side, os.O_RDONLY)
	if err != nil {
		return state, err
	}
	defer file.Close() // which ends the lock
	state.Listens = lock(file, unix.LOCK_SH|unix.LOCK_NB) != nil
	return state, nil
}
