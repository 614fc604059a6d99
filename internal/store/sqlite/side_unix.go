//go:build unix

package sqlite

import (
	"io/fs"
	"syscall"

	"golang.org/x/sys/unix"
)

// keepsMarks reports whether saves write marks: see mark.
const keepsMarks = true

// carefully are the flags that open no link and wait for no pipe.
const carefully = unix.O_NOFOLLOW | unwaiting

// unwaiting is the flag that waits for no pipe.
const unwaiting = unix.O_NONBLOCK

// names returns the number of names, or hard links, of a file.
func names(info fs.FileInfo) uint64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Nlink)
	}
	return 1
}
