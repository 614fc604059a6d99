//go:build unix

package sqlite

import (
	"os"

	"golang.org/x/sys/unix"

	"neurocheck/internal/ward"
)

// ListenAlone locks the log for one listener of messages, until release is called or the
// process ends, however it ends. It returns [ward.KindConflict] if another one has it.
func (l *Log) ListenAlone() (release func(), err error) {
	file, err := openSide(sidecar(l.path, "-intake"), os.O_CREATE|os.O_RDWR)
	if err != nil {
		return nil, err
	}
	if err := lock(file, unix.LOCK_EX|unix.LOCK_NB); err != nil {
		file.Close()
		return nil, ward.Conflict("another listener takes messages into this log already")
	}
	return func() { file.Close() }, nil
}
