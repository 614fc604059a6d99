//go:build linux && cgo

package disk

import "golang.org/x/sys/unix"

// watchedOlder are calls that newer architectures do not have.
var watchedOlder = []uint32{unix.SYS_OPEN, unix.SYS_MKDIR, unix.SYS_UNLINK, unix.SYS_RMDIR, unix.SYS_LINK, unix.SYS_RENAME}

// older reads the arguments of one of these.
func older(number uint64, c *call, path func(int) string) bool {
	switch number {
	case unix.SYS_OPEN:
		c.do, c.path = "open", path(0)
	case unix.SYS_MKDIR:
		c.do, c.path = "mkdir", path(0)
	case unix.SYS_UNLINK, unix.SYS_RMDIR:
		c.do, c.path = "remove", path(0)
	case unix.SYS_LINK:
		c.do, c.path, c.to = "link", path(0), path(1)
	case unix.SYS_RENAME:
		c.do, c.path, c.to = "rename", path(0), path(1)
	default:
		return false
	}
	return true
}
