//go:build !unix

package wholefile

import "io/fs"

// Mine reports whether a file is a plain one: this system says no more.
func Mine(info fs.FileInfo) bool { return info.Mode().IsRegular() }
