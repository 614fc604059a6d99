//go:build !unix

package sqlite

import "os"

// OpenElsewhere reports whether another process has the log at path open. Here the
// write-ahead log tells, which is also there after a program that was killed.
func OpenElsewhere(path string) bool {
	_, err := os.Stat(sidecar(path, "-wal"))
	return err == nil
}
