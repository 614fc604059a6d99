//go:build !unix

package wholefile

import "io/fs"

// Mine reports whether a file is a plain one: more cannot be told here.
func Mine(info fs.FileInfo) bool { return info.Mode().IsRegular() }
