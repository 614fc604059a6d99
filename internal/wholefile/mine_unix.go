//go:build unix

package wholefile

import (
	"io/fs"
	"os"
	"syscall"
)

// Mine reports whether a file is a plain one with one name that belongs to the user of this
// program, who alone may read and write it.
func Mine(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && info.Mode().IsRegular() && st.Nlink == 1 && int(st.Uid) == os.Geteuid() && info.Mode().Perm()&0o077 == 0
}
