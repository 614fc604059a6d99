//go:build !unix

package sqlite

import (
	"os"
	"time"
)

// lockBriefly does nothing: here a note may be lost if two programs write one at once.
func lockBriefly(*os.File, time.Duration) {}
