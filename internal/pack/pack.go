//go:build cgo

package pack

// #include "pack.h"
import "C"

import "fmt"

// Everywhere gives the SQL function pack to every connection that the program
// opens from now on.
func Everywhere() error {
	if code := C.pack_everywhere(); code != C.SQLITE_OK {
		return fmt.Errorf("SQLite does not take the function pack: %d", code)
	}
	return nil
}
