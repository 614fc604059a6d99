//go:build cgo

package pack

// #include "pack.h"
import "C"

import "fmt"

// Everywhere adds the SQL functions pack, unpack and guarded to every connection that the program
// opens from now on, and sets what the driver has no setting for:
//   - SQLite keeps the plan of a query: by default it plans an outer join or a LIMIT again
//     if a bound value changes, which costs more than running the query;
//   - the guards against a hostile file: the defensive mode, no views, no trust in the
//     schema, and limits. SELECT guarded() returns 1 if all of them are set.
func Everywhere() error {
	if code := C.pack_everywhere(); code != C.SQLITE_OK {
		return fmt.Errorf("SQLite does not take the function pack: %d", code)
	}
	return nil
}
