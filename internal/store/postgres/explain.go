package postgres

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// causes are the causes of the errors of the server by their codes (SQLSTATE), or by the first
// two characters of these, which are their class.
var causes = map[string]engine.Cause{
	"08":    engine.CauseAway,
	"23503": engine.CauseContradiction, "23505": engine.CauseContradiction,
	"42P01": engine.CauseMissing, "42703": engine.CauseMissing, "3F000": engine.CauseMissing,
	"42501": engine.CauseReadOnly,
	"53100": engine.CauseFull,
	"53300": engine.CauseAway, // another try may find a connection
	"58":    engine.CauseDisk,
	"XX001": engine.CauseDamaged, "XX002": engine.CauseDamaged,
	"55P03": engine.CauseBusy, "55006": engine.CauseBusy, "40P01": engine.CauseBusy,
	"25006": engine.CauseAway, // it was the primary, and is one no more
	"57P01": engine.CauseAway, "57P02": engine.CauseAway, "57P03": engine.CauseAway, "57P05": engine.CauseAway,
	"25P03": engine.CauseAway, "25P04": engine.CauseAway,
	"28": engine.CauseCannotOpen, "3D000": engine.CauseCannotOpen,
}

// words are the words about errors of the server for which those about their cause are not
// enough. They come after the name of the server.
var words = map[string]string{
	"25006": "takes no change: it is read-only for this login, or a standby, which needs all servers in the address, with target_session_attrs=read-write",
	"28P01": "does not take the password of this login; see here to PGUSER and PGPASSFILE",
	"3D000": "has no such database; see to its name in the address",
	// A standby breaks off a reading that is in the way of a change of its primary.
	"40001": "broke the work off because of a change that was made meanwhile; try again, and if it is a standby, have its administrator raise max_standby_streaming_delay",
	"53200": "has too little memory, and nothing was saved; try again, and tell its administrator",
	"53300": "has no connection free; close programs that are not in use, or have its administrator raise max_connections or the limit of this login",
	"57014": "interrupted the work, by order of its administrator or because of a limit of time; try again",
	"57P03": "takes no connection yet: it is starting; try again in a moment",
}

// cause returns the cause of an error of the server or of the connection to it. An error of
// this machine, such as that of a disk on which an export is written, is another matter.
func cause(err error) engine.Cause {
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		known, ok := causes[e.Code]
		if !ok && len(e.Code) > 2 {
			known, ok = causes[e.Code[:2]]
		}
		if !ok && ends(e) && !connecting {
			return engine.CauseAway
		}
		return known
	}
	_, ofNetwork := errors.AsType[*net.OpError](err)
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return engine.CauseOther
	case errors.Is(err, errClosed):
		return engine.CauseReadOnly
	case unproven(err):
		return engine.CauseCannotOpen
	case errors.Is(err, errLost), connecting, pgconn.SafeToRetry(err), errors.Is(err, pgconn.ErrConnClosed),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed),
		ofNetwork && !errors.Is(err, context.DeadlineExceeded):
		return engine.CauseAway
	}
	return engine.CauseOther
}

// ends reports whether an error of the server ends the connection.
func ends(e *pgconn.PgError) bool { return e.Severity == "FATAL" || e.Severity == "PANIC" }

// unproven reports whether a server did not prove that it is the right one.
func unproven(err error) bool {
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	return untrusted
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
	if has, ok := errors.AsType[wrongEncoding](err); ok {
		return ward.Unavailable(fmt.Sprintf("the database of %s has the encoding %s, and a ward needs UTF8; have its administrator make another database, with ENCODING 'UTF8' TEMPLATE template0", a.shown, string(has)))
	}
	if ward.KindOf(err) != ward.KindInternal {
		return err
	}
	if after := words[code(err)]; after != "" {
		return ward.Unavailable("the server of " + a.shown + " " + after)
	}
	switch cause(err) {
	case engine.CauseAway:
		if errors.Is(err, pgconn.ErrReadOnlyConnection) {
			return ward.Unavailable("the server of " + a.shown + " answers, and takes no change: it is a standby that is not promoted, or read-only for this login")
		}
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
		if unproven(err) {
			return ward.Unavailable("the server of " + a.shown + " does not prove that it is the right one: its certificate has another name, is too old, or is of an authority that this machine does not know; name the file of the right one with sslrootcert=FILE")
		}
		return ward.Unavailable("the server of " + a.shown + " does not let this login in; see to its pg_hba.conf, and here to PGUSER and PGPASSFILE")
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return a.locked()
	}
	switch code(err) {
	case "22021", "22P05":
		return unwritable("")
	}
	if _, ofServer := errors.AsType[*pgconn.PgError](err); !ofServer {
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
	if e.code == "" {
		return "the server reports an error without a code, which its log explains"
	}
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
