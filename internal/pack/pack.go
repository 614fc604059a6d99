//go:build cgo

package pack

// #include "pack.h"
import "C"

import "fmt"

// Everywhere gives the SQL function pack to every connection that the program
// opens from now on, and has SQLite keep the plan that it made for a query: else it
// makes that of an outer join and of a LIMIT anew with each value that comes in,
// which costs more than running it. The driver has no setting for that.
func Everywhere() error {
	if code := C.pack_everywhere(); code != C.SQLITE_OK {
		return fmt.Errorf("SQLite does not take the function pack: %d", code)
	}
	return nil
}
