//go:build unix

package store

import (
	"path/filepath"

	"golang.org/x/sys/unix"
)

// frozen reports whether a log lies where nobody can write beside it, with
// nothing left to be written into it: on read-only media. SQLite then reads it
// only when it is told that the file cannot change.
func readOnlyMedia(path string) bool {
	return atRest(path) && unix.Access(filepath.Dir(sidecar(path, "")), unix.W_OK) != nil
}

// Writable reports whether the log at path, and its folder, can be written: a log
// that cannot is for [OpenReadOnly].
func Writable(path string) bool {
	return unix.Access(path, unix.W_OK) == nil && unix.Access(filepath.Dir(sidecar(path, "")), unix.W_OK) == nil
}
