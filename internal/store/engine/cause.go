package engine

import "neurocheck/internal/ward"

// Cause is a cause of failure that a person can repair.
type Cause int

// The causes of failure.
const (
	CauseOther Cause = iota
	CauseBusy
	CauseDamaged
	CauseMissing       // a table or a column is not there
	CauseContradiction // a row that must be there is not, or one that must not be there is
	CauseFull
	CauseDisk
	CauseReadOnly
	CauseCannotOpen
	CauseAway // the server does not answer, or is not the one that can be written
)

// Damage is the error of a log of which a part cannot be read or does not fit.
type Damage struct {
	Words string // name the part, and nothing of its content
	Err   error
}

// Unreadable returns the damage of a part that does not hold what the program wrote.
func Unreadable(part string, err error) Damage { return Damage{part + " cannot be read", err} }

// Contradiction returns the damage of a table that did not take a row of the record,
// because the row contradicts those of the log: see [CauseContradiction].
func Contradiction(table string, err error) Damage {
	return Unreadable("the table "+table+", or one that it refers to,", err)
}

func (d Damage) Error() string { return d.Words }

func (d Damage) Unwrap() error { return d.Err }

// ErrInsertedNothing is the error of a write that would lose a record without a word.
var ErrInsertedNothing = ward.UnavailableFor(ward.LogDamaged, "a record was not taken by the log, so nothing was saved: the log was altered by another program; neurocheck verify says more")
