//go:build cgo

package sqlite

import (
	"errors"
	"fmt"
	"syscall"

	"github.com/mattn/go-sqlite3"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// checkSQLite returns an error if the SQLite that is linked in is too old.
func checkSQLite() error {
	if name, number, _ := sqlite3.Version(); number < leastSQLite {
		return ward.Conflict(fmt.Sprintf("this neurocheck is linked with SQLite %s, which can damage a log under several programs; build it without the libsqlite3 tag", name))
	}
	return nil
}

func cause(err error) engine.Cause {
	e, ok := errors.AsType[sqlite3.Error](err)
	if !ok {
		return engine.CauseOther
	}
	// A disk may report only at a sync that it is full, and a quota is no SQLITE_FULL
	// either: the error number of the system is exact.
	if e.SystemErrno == syscall.ENOSPC || e.SystemErrno == syscall.EDQUOT {
		return engine.CauseFull
	}
	switch e.ExtendedCode {
	case sqlite3.ErrConstraintForeignKey, sqlite3.ErrConstraintUnique, sqlite3.ErrConstraintPrimaryKey, sqlite3.ErrConstraintRowID:
		return engine.CauseContradiction
	}
	switch e.Code {
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return engine.CauseBusy
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
		return engine.CauseDamaged
	case sqlite3.ErrError: // the statements are fixed, so a table or a column is missing
		return engine.CauseMissing
	case sqlite3.ErrFull:
		return engine.CauseFull
	case sqlite3.ErrIoErr:
		return engine.CauseDisk
	case sqlite3.ErrReadonly, sqlite3.ErrPerm:
		return engine.CauseReadOnly
	case sqlite3.ErrCantOpen:
		return engine.CauseCannotOpen
	}
	return engine.CauseOther
}
