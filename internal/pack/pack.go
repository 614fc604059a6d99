//go:build cgo

package pack

// #include "pack.h"
import "C"

import "fmt"

// Everywhere adds the SQL function pack to every connection that the program opens from
// now on. It also makes SQLite keep the plan of a query: by default SQLite plans an outer
// join or a LIMIT again if a bound value changes, which costs more than running the query,
// and the driver has no setting for that.
func Everywhere() error {
	if code := C.pack_everywhere(); code != C.SQLITE_OK {
		return fmt.Errorf("SQLite does not take the function pack: %d", code)
	}
	return nil
}
