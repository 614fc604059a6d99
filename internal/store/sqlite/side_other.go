//go:build !unix

package sqlite

import "io/fs"

const (
	keepsMarks           = false
	carefully, unwaiting = 0, 0
)

func names(fs.FileInfo) uint64 { return 1 }
