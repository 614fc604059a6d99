//go:build unix

package sqlite

import (
	"path/filepath"

	"golang.org/x/sys/unix"
)

// readOnlyMedia reports whether the folder of a log cannot be written, and the log
// has no write-ahead log that should still go into it. SQLite then reads it only with
// the promise that the file cannot change.
func readOnlyMedia(path string) bool {
	return atRest(path) && unix.Access(filepath.Dir(sidecar(path, "")), unix.W_OK) != nil
}

// Writable reports whether the log at path, and its folder, can be written: a log
// that cannot is for [OpenReadOnly].
func Writable(path string) bool {
	return unix.Access(path, unix.W_OK) == nil && unix.Access(filepath.Dir(sidecar(path, "")), unix.W_OK) == nil
}
