//go:build unix

package sqlite_test

import (
	"testing"

	"golang.org/x/sys/unix"
)

func pipe(t *testing.T, path string) {
	t.Helper()
	ok(t, unix.Mkfifo(path, 0o600))
}
