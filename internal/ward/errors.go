package ward

import (
	"errors"

	"neurocheck/internal/icans"
)

// Kind is the sort of a failure. Commands turn it into an exit code: see
// neurocheck help exit.
type Kind uint8

// The kinds of failure.
const (
	KindInternal    Kind = iota // the program failed
	KindInvalid                 // a field has a value that is not allowed: see Field and Reason
	KindNotFound                // there is no such record
	KindConflict                // another save came first, or the record contradicts
	KindNotAllowed              // not signed in, or the role may not
	KindQuestion                // a person must answer; Flags are the flags that answer
	KindUnavailable             // a lock, a disk, a server, or a damaged log
	KindUsage                   // wrong use of a command
)

// KindCodes are the codes of the kinds in JSON, indexed by [Kind].
var KindCodes = [...]string{"internal", "invalid", "not_found", "conflict", "not_allowed", "question", "unavailable", "usage"}

// Error is a failure with a kind. Reason is for the person at the keyboard; it
// holds no patient's data.
type Error struct {
	Kind   Kind
	Field  string // for KindInvalid: the column at fault
	Reason string
	Code   string   // in JSON, if it is another than that of the kind
	Flags  []string // for KindQuestion
	// Patient is the number in the log of the patient that a question is about.
	Patient int64
	// Trouble is the cause of a KindUnavailable that lasts, for the line that screens show
	// until it is over.
	Trouble Trouble
}

// Trouble is a lasting cause of [KindUnavailable].
type Trouble uint8

// The causes that screens announce.
const (
	TroubleOther Trouble = iota
	DiskFull
	LogLocked  // another program holds the log
	LogDamaged // it was damaged, altered, removed or replaced
	// LogRolledBack is the cause if a log lost its newest records, or is another one than
	// the log that was written at its place.
	LogRolledBack
)

// TroubleOf returns the lasting cause of err: [TroubleOther] if it has none.
func TroubleOf(err error) Trouble {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Trouble
	}
	return TroubleOther
}

// Error returns the reason, with the field in front if there is one.
func (e *Error) Error() string {
	if e.Field != "" {
		return e.Field + ": " + e.Reason
	}
	return e.Reason
}

// Invalid returns an error of [KindInvalid].
func Invalid(field, reason string) *Error {
	return &Error{Kind: KindInvalid, Field: field, Reason: reason}
}

// NotFound returns an error of [KindNotFound].
func NotFound(reason string) *Error { return &Error{Kind: KindNotFound, Reason: reason} }

// Conflict returns an error of [KindConflict].
func Conflict(reason string) *Error { return &Error{Kind: KindConflict, Reason: reason} }

// NotAllowed returns an error of [KindNotAllowed].
func NotAllowed(reason string) *Error { return &Error{Kind: KindNotAllowed, Reason: reason} }

// Unavailable returns an error of [KindUnavailable].
func Unavailable(reason string) *Error { return &Error{Kind: KindUnavailable, Reason: reason} }

// UnavailableFor returns an error of [KindUnavailable] with its lasting cause.
func UnavailableFor(t Trouble, reason string) *Error {
	return &Error{Kind: KindUnavailable, Reason: reason, Trouble: t}
}

// Question returns an error of [KindQuestion]: code names the question, and flags
// are those of the command line that answer it.
func Question(code, reason string, flags ...string) *Error {
	return &Error{Kind: KindQuestion, Code: code, Reason: reason, Flags: flags}
}

// KindOf returns the kind of err: [KindInternal] if it has none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return KindInternal
}

func fromProblem(p icans.Problem) *Error { return Invalid(p.Column, p.Reason) }

// problems collects the errors of a record's fields.
type problems []*Error

func (list *problems) add(err error) {
	if e, ok := err.(*Error); ok && e != nil {
		*list = append(*list, e)
	}
}
