//go:build !cgo

package sqlite

import (
	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// checkSQLite says that there is none: without cgo the driver is a stub that opens
// nothing.
func checkSQLite() error {
	return ward.Conflict("this neurocheck was built without cgo and cannot open a log; build it again with CGO_ENABLED=1 and a C compiler")
}

func cause(error) engine.Cause { return engine.CauseOther }
