package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// causes are the causes of the errors of the server by their codes.
var causes = map[string]engine.Cause{
	"23503": engine.CauseContradiction, "23505": engine.CauseContradiction,
	"42P01": engine.CauseMissing, "42703": engine.CauseMissing, "3F000": engine.CauseMissing,
	"42501": engine.CauseReadOnly,
	"53100": engine.CauseFull,
	"58030": engine.CauseDisk,
	"XX001": engine.CauseDamaged, "XX002": engine.CauseDamaged,
	"55P03": engine.CauseBusy, "40001": engine.CauseBusy, "40P01": engine.CauseBusy,
	"25006": engine.CauseAway, // it was the primary, and is one no more
	"57P01": engine.CauseAway, "57P02": engine.CauseAway, "57P03": engine.CauseAway, "57P05": engine.CauseAway,
	"25P03": engine.CauseAway, "53300": engine.CauseAway,
	"28000": engine.CauseCannotOpen, "28P01": engine.CauseCannotOpen, "3D000": engine.CauseCannotOpen,
}

// cause returns the cause of an error of the server or of the connection to it.
func cause(err error) engine.Cause {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		if e.Severity == "FATAL" && causes[e.Code] == engine.CauseOther || e.Code[:2] == "08" {
			return engine.CauseAway
		}
		return causes[e.Code]
	}
	_, ofNetwork := errors.AsType[net.Error](err)
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return engine.CauseOther
	case errors.Is(err, errLost), connecting, pgconn.SafeToRetry(err),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed),
		ofNetwork && !errors.Is(err, context.DeadlineExceeded):
		return engine.CauseAway
	}
	return engine.CauseOther
}

// errLost is the error of a connection that ended.
var errLost = errors.New("the connection to the server was lost")

// explain turns an error of the server into one that says how a person can go on. Other
// errors pass through. The words hold nothing of a statement or of its values, and no
// setting of the address.
func (a *address) explain(err error) error {
	if err == nil {
		return nil
	}
	if damage, ok := errors.AsType[engine.Damage](err); ok {
		return ward.UnavailableFor(ward.LogDamaged, fmt.Sprintf("%s is damaged: %s; %s", a.shown, damage.Words, recoveryHint))
	}
	if ward.KindOf(err) != ward.KindInternal {
		return err
	}
	switch cause(err) {
	case engine.CauseAway:
		return ward.Unavailable("the server of " + a.shown + " does not answer; see that it runs and that this machine reaches it")
	case engine.CauseBusy:
		return a.locked()
	case engine.CauseDamaged, engine.CauseMissing, engine.CauseContradiction:
		return ward.UnavailableFor(ward.LogDamaged, a.shown+" is damaged or is no ward; nothing was changed: "+recoveryHint)
	case engine.CauseFull:
		return ward.UnavailableFor(ward.DiskFull, "the disk of the server is full; nothing was saved: make room, and try again")
	case engine.CauseDisk:
		return ward.Unavailable("the disk of the server failed; have it seen to, and look again")
	case engine.CauseReadOnly:
		return ward.Unavailable("this login may not use " + a.shown + " so; an administrator of the database runs GRANT " + role + " TO the login")
	case engine.CauseCannotOpen:
		return ward.Unavailable("the server of " + a.shown + " does not let this login in, or lacks the database; see to its pg_hba.conf, and here to PGUSER and PGPASSFILE")
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return a.locked()
	}
	switch code(err) {
	case "22021", "22P05":
		return unwritable("")
	case "":
		return err
	}
	return serverError{code(err), err}
}

// serverError is any other error of the server: its message may quote values, which are
// patient data.
type serverError struct {
	code string
	err  error
}

func (e serverError) Error() string {
	return "the server reports the error " + e.code + ", which its log explains"
}

func (e serverError) Unwrap() error { return e.err }

const recoveryHint = "keep it as it is, and restore the newest backup into another ward"

// locked returns the error of a ward that another program holds.
func (a *address) locked() error {
	return ward.UnavailableFor(ward.LogLocked, "another program holds "+a.shown+" locked; wait until it is done, and try again")
}

// unwritable returns the error of a text that PostgreSQL does not take.
func unwritable(column string) error {
	return ward.Invalid(column, "holds a NUL or a character that is no UTF-8, which cannot be recorded")
}

// Cause returns the cause of an error of the server.
func (l *Log) Cause(err error) engine.Cause { return cause(err) }

// Explain turns an error of the server into one that says how a person can go on.
func (l *Log) Explain(err error) error { return l.explain(err) }
