//go:build !unix

package pin

import (
	"os"
	"time"
)

const noFollow = 0

// lockWithin does nothing: here two programs at once may count two wrong PINs as one.
func lockWithin(*os.File, time.Duration) error { return nil }

// passes cannot tell here.
func passes(error) bool { return false }
