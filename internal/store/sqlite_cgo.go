//go:build cgo

package store

import (
	"errors"
	"fmt"
	"syscall"

	"github.com/mattn/go-sqlite3"

	"neurocheck/internal/ward"
)

// checkSQLite makes sure of the SQLite that is linked in.
func checkSQLite() error {
	if name, number, _ := sqlite3.Version(); number < leastSQLite {
		return ward.Conflict(fmt.Sprintf("this neurocheck is linked with SQLite %s, which can damage a log under several programs; build it without the libsqlite3 tag", name))
	}
	return nil
}

func cause(err error) failure {
	e, ok := errors.AsType[sqlite3.Error](err)
	if !ok {
		return causeOther
	}
	// A disk may find out only when it syncs that it is full, and a quota is no
	// SQLITE_FULL either: the system's own number says it.
	if e.SystemErrno == syscall.ENOSPC || e.SystemErrno == syscall.EDQUOT {
		return causeFull
	}
	switch e.Code {
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return causeBusy
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
		return causeDamaged
	case sqlite3.ErrError: // every statement here is a fixed one, so what it asks for is not there any more
		return causeMissing
	case sqlite3.ErrFull:
		return causeFull
	case sqlite3.ErrIoErr:
		return causeDisk
	case sqlite3.ErrReadonly, sqlite3.ErrPerm:
		return causeReadOnly
	case sqlite3.ErrCantOpen:
		return causeCannotOpen
	}
	return causeOther
}
