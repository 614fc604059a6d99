package ward

import (
	"errors"

	"neurocheck/internal/icans"
)

// Kind says what sort of failure an [Error] is.
type Kind uint8

// The kinds of failure.
const (
	KindInternal Kind = iota // the program or the machine failed
	KindInvalid              // a field holds what it must not: Field and Reason say which and why
	KindNotFound             // what was asked for is not there
	KindConflict             // somebody else was first, or the record says otherwise
)

// Error is a failure with a kind. Reason is for the person at the keyboard; it
// holds no patient's data.
type Error struct {
	Kind   Kind
	Field  string // for KindInvalid: the column at fault
	Reason string
}

// Error returns the reason, behind the field where there is one.
func (e *Error) Error() string {
	if e.Field != "" {
		return e.Field + ": " + e.Reason
	}
	return e.Reason
}

// Invalid returns an error of [KindInvalid].
func Invalid(field, reason string) *Error { return &Error{KindInvalid, field, reason} }

// NotFound returns an error of [KindNotFound].
func NotFound(reason string) *Error { return &Error{KindNotFound, "", reason} }

// Conflict returns an error of [KindConflict].
func Conflict(reason string) *Error { return &Error{KindConflict, "", reason} }

// KindOf returns the kind of err: [KindInternal] where it says none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return KindInternal
}

func fromProblem(p icans.Problem) *Error { return Invalid(p.Column, p.Reason) }
