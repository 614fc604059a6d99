package postgres

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// Each error has its cause, by which a write is tried again or not, and its words.
func TestCauses(t *testing.T) {
	server := func(severity, code string) error {
		return fmt.Errorf("a query: %w", &pgconn.PgError{Severity: severity, Code: code, Message: "OKAFOR, Ada"})
	}
	ofNetwork := func(err error) error { return &net.OpError{Op: "read", Net: "tcp", Err: err} }
	onDisk := &fs.PathError{Op: "write", Path: "/export.csv", Err: syscall.ENOSPC}
	for _, c := range []struct {
		name    string
		err     error
		cause   engine.Cause
		trouble ward.Trouble
		words   string
	}{
		{"no error", nil, engine.CauseOther, ward.TroubleOther, ""},
		{"disk of the server full", server("ERROR", "53100"), engine.CauseFull, ward.DiskFull, "disk of the server is full"},
		{"disk of the server full, connection ended", server("FATAL", "53100"), engine.CauseFull, ward.DiskFull, "disk of the server is full"},
		{"input or output of the server", server("ERROR", "58030"), engine.CauseDisk, ward.TroubleOther, "disk of the server failed"},
		{"system of the server", server("ERROR", "58000"), engine.CauseDisk, ward.TroubleOther, "disk of the server failed"},
		{"memory of the server", server("ERROR", "53200"), engine.CauseOther, ward.TroubleOther, "too little memory"},
		{"too many connections", server("FATAL", "53300"), engine.CauseAway, ward.TroubleOther, "no connection free"},
		{"lock not available", server("ERROR", "55P03"), engine.CauseBusy, ward.LogLocked, "holds postgres://db/hospital?ward=w locked"},
		{"reading broken off by a standby", server("ERROR", "40001"), engine.CauseOther, ward.TroubleOther, "because of a change that was made meanwhile"},
		{"reading broken off by a standby, connection ended", server("FATAL", "40001"), engine.CauseAway, ward.TroubleOther, "because of a change that was made meanwhile"},
		{"deadlock", server("ERROR", "40P01"), engine.CauseBusy, ward.LogLocked, "locked"},
		{"cancelled by an administrator", server("ERROR", "57014"), engine.CauseOther, ward.TroubleOther, "interrupted the work"},
		{"read-only since it is a standby", server("ERROR", "25006"), engine.CauseAway, ward.TroubleOther, "read-only for this login, or a standby"},
		{"none of several is the primary", errors.Join(&pgconn.ConnectError{}, pgconn.ErrReadOnlyConnection), engine.CauseAway, ward.TroubleOther, "answers, and takes no change: it is a standby"},
		{"shut down", server("FATAL", "57P01"), engine.CauseAway, ward.TroubleOther, "does not answer"},
		{"crashed", server("FATAL", "57P02"), engine.CauseAway, ward.TroubleOther, "does not answer"},
		{"starting", &pgconn.ConnectError{}, engine.CauseAway, ward.TroubleOther, "does not answer"},
		{"starting, as the server says", server("FATAL", "57P03"), engine.CauseAway, ward.TroubleOther, "it is starting"},
		{"idle in a transaction", server("FATAL", "25P03"), engine.CauseAway, ward.TroubleOther, "does not answer"},
		{"connection refused by the protocol", server("FATAL", "08P01"), engine.CauseAway, ward.TroubleOther, "does not answer"},
		{"ended for a reason that is not known here", server("FATAL", "99999"), engine.CauseAway, ward.TroubleOther, "does not answer"},
		{"wrong password", server("FATAL", "28P01"), engine.CauseCannotOpen, ward.TroubleOther, "does not take the password"},
		{"no line for this login", server("FATAL", "28000"), engine.CauseCannotOpen, ward.TroubleOther, "pg_hba.conf"},
		{"no such database", server("FATAL", "3D000"), engine.CauseCannotOpen, ward.TroubleOther, "no such database"},
		{"no rights", server("ERROR", "42501"), engine.CauseReadOnly, ward.TroubleOther, "GRANT neurocheck TO"},
		{"damaged page", server("ERROR", "XX001"), engine.CauseDamaged, ward.LogDamaged, "is damaged"},
		{"no such table", server("ERROR", "42P01"), engine.CauseMissing, ward.LogDamaged, "is damaged"},
		{"key twice", server("ERROR", "23505"), engine.CauseContradiction, ward.LogDamaged, "is damaged"},
		{"internal", server("ERROR", "XX000"), engine.CauseOther, ward.TroubleOther, "the error XX000"},
		{"without a code", server("ERROR", ""), engine.CauseOther, ward.TroubleOther, "an error without a code"},
		{"a NUL", server("ERROR", "22021"), engine.CauseOther, ward.TroubleOther, "holds a NUL"},

		{"reset", ofNetwork(os.NewSyscallError("read", syscall.ECONNRESET)), engine.CauseAway, ward.TroubleOther, "does not answer"},
		{"broken pipe to the server", ofNetwork(os.NewSyscallError("write", syscall.EPIPE)), engine.CauseAway, ward.TroubleOther, "does not answer"},
		{"unacknowledged", ofNetwork(os.NewSyscallError("read", syscall.ETIMEDOUT)), engine.CauseAway, ward.TroubleOther, "does not answer"},
		{"closed by the server", io.ErrUnexpectedEOF, engine.CauseAway, ward.TroubleOther, "does not answer"},
		{"lost at the commit", fmt.Errorf("%w: %w", errLost, io.ErrUnexpectedEOF), engine.CauseAway, ward.TroubleOther, "does not answer"},
		{"wrong certificate", fmt.Errorf("tls: %w", &tls.CertificateVerificationError{Err: errors.New("x509")}), engine.CauseCannotOpen, ward.TroubleOther, "does not prove that it is the right one"},
		{"time is up", context.DeadlineExceeded, engine.CauseOther, ward.LogLocked, "locked"},
		{"time is up while reading", ofNetwork(context.DeadlineExceeded), engine.CauseOther, ward.LogLocked, "locked"},
		{"cancelled", context.Canceled, engine.CauseOther, ward.TroubleOther, "context canceled"},

		{"disk of this machine full", onDisk, engine.CauseOther, ward.TroubleOther, "/export.csv"},
		{"bare error of the system", syscall.ENOSPC, engine.CauseOther, ward.TroubleOther, "no space"},
		{"broken pipe to a pager", &fs.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}, engine.CauseOther, ward.TroubleOther, "broken pipe"},
		{"too many open files", syscall.EMFILE, engine.CauseOther, ward.TroubleOther, "too many open files"},
		{"no row", pgx.ErrNoRows, engine.CauseOther, ward.TroubleOther, "no rows"},
	} {
		a := &address{ward: "w", shown: "postgres://db/hospital?ward=w"}
		if got := cause(c.err); got != c.cause {
			t.Errorf("%s: cause %d, not %d", c.name, got, c.cause)
		}
		err := a.explain(c.err)
		if (err == nil) != (c.err == nil) || err != nil && (!strings.Contains(err.Error(), c.words) || ward.TroubleOf(err) != c.trouble) {
			t.Errorf("%s: %v (trouble %v), without %q or trouble %v", c.name, err, ward.TroubleOf(err), c.words, c.trouble)
		}
		if err != nil && strings.Contains(err.Error(), "OKAFOR") {
			t.Errorf("%s: the words have those of the server: %v", c.name, err)
		}
	}
}

// The error of a server that is not there is that of the driver.
func TestCauseOfAServerThatIsNotThere(t *testing.T) {
	_, err := pgx.Connect(t.Context(), "postgres://127.0.0.1:1/x")
	if err == nil || cause(err) != engine.CauseAway {
		t.Errorf("%v: cause %d", err, cause(err))
	}
}
