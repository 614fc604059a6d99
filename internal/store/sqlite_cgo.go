//go:build cgo

package store

import (
	"errors"
	"fmt"
	"syscall"

	"github.com/mattn/go-sqlite3"

	"neurocheck/internal/ward"
)

// checkSQLite returns an error if the SQLite that is linked in is too old.
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
	// A disk may report only at a sync that it is full, and a quota is no SQLITE_FULL
	// either: the error number of the system is exact.
	if e.SystemErrno == syscall.ENOSPC || e.SystemErrno == syscall.EDQUOT {
		return causeFull
	}
	switch e.ExtendedCode {
	case sqlite3.ErrConstraintForeignKey, sqlite3.ErrConstraintUnique, sqlite3.ErrConstraintPrimaryKey, sqlite3.ErrConstraintRowID:
		return causeContradiction
	}
	switch e.Code {
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return causeBusy
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
		return causeDamaged
	case sqlite3.ErrError: // the statements are fixed, so a table or a column is missing
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
