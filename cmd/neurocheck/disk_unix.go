//go:build unix

package main

import "golang.org/x/sys/unix"

// freeBytes returns the free room on the disk of a folder, and whether it is known.
func freeBytes(folder string) (free int64, known bool) {
	var st unix.Statfs_t
	if unix.Statfs(folder, &st) != nil {
		return 0, false
	}
	return int64(uint64(st.Bavail) * uint64(st.Bsize)), true
}
