//go:build unix

package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// frozen reports whether a log lies where nobody can write beside it, with
// nothing left to be written into it: on read-only media. SQLite then reads it
// only when it is told that the file cannot change.
func frozen(path string) bool {
	if unix.Access(filepath.Dir(path), unix.W_OK) == nil {
		return false
	}
	_, err := os.Stat(path + "-wal")
	return errors.Is(err, fs.ErrNotExist)
}
