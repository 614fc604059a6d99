//go:build unix

package wholefile

import (
	"io/fs"
	"os"
	"syscall"
)

// Mine reports whether a file is a plain one without further hard links, owned by the user
// of this program and closed to all others.
func Mine(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && info.Mode().IsRegular() && st.Nlink == 1 && int(st.Uid) == os.Geteuid() && info.Mode().Perm()&0o077 == 0
}
