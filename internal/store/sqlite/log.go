// Package sqlite keeps a log in a SQLite file, which several programs on one machine may
// have open at a time. It implements [engine.Engine].
//
// Start with [Open]; a new log comes from [Create]. The tables and their meaning are those
// of package store: this package opens, locks, guards, copies and repairs the file, and
// runs the queries that it is given.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// Log is an open log. It is safe for use by several goroutines.
type Log struct {
	path   string
	file   string // the file that is read: another than path only for a copy, see copyToRead
	opened os.FileInfo
	ahead  os.FileInfo // its write-ahead log, if it is open for writing
	queue  string      // the file at which the writers of all processes queue
	writer *sql.DB     // one connection
	reader *sql.DB
	held   *sql.DB      // one connection that no query uses: see hold
	copy   bool         // no other process has it open
	schema atomic.Int64 // SQLite's count of schema changes if the objects were compared

	trouble    error        // the cause for which nothing can be recorded
	source     *fileState   // of a copy: the files that were copied
	removeFile func() error // removes the copy; nil if there is none

	mu       sync.Mutex
	watchers map[chan struct{}]bool
}

var _ engine.Engine = (*Log)(nil)

func newLog(path string, info os.FileInfo) *Log {
	return &Log{path: path, file: path, opened: info, queue: sidecar(path, "-queue"), watchers: make(map[chan struct{}]bool)}
}

// Ready is a function that looks at a log before its opening counts as done, such as for
// records that it lost: see [Log.Refuse].
type Ready func(context.Context, *Log) error

// Open opens the log at path, which must exist. A log of an older version is migrated
// first.
//
// It returns [ward.KindNotFound] if there is no file, and [ward.KindUnavailable] for a
// file that is no log, is damaged or not writable, has another name or objects that this
// program did not make, comes from a newer or an unreleased version, or is on a network
// file system.
//
// A log that can be read but cannot be written is open read-only, and [Log.Trouble] says
// why: the disk is full, or another process holds it.
func Open(ctx context.Context, path string, ready Ready) (*Log, error) {
	path, info, err := locate(path)
	if err != nil {
		return nil, err
	}
	if !Writable(path) {
		return nil, cannotWrite(path)
	}
	strange, err := probe(ctx, path)
	if trouble := passing(path, err); trouble != nil {
		return openCopy(ctx, path, info, trouble, ready)
	}
	if err == nil && strange != "" {
		err = alteredSchema(path, strange)
	}
	if err != nil {
		return nil, err
	}
	l := newLog(path, info)
	if err = l.connect(ctx, ready); err == nil {
		return l, nil
	}
	return openedOr(ctx, l, err, ready)
}

// OpenReadOnly opens the log at path so that nothing can change it: no record, no draft,
// no migration. It returns the errors of Open, and [ward.KindUnavailable] for a log of an
// older version. A log with objects that this program did not make can be read:
// [Log.Trouble] names the first.
func OpenReadOnly(ctx context.Context, path string, ready Ready) (*Log, error) {
	path, info, err := locate(path)
	if err != nil {
		return nil, err
	}
	strange, err := probe(ctx, path)
	if trouble := passing(path, err); trouble != nil {
		return openCopy(ctx, path, info, trouble, ready)
	}
	if err != nil {
		return nil, err
	}
	l := newLog(path, info)
	if strange != "" {
		l.trouble = alteredSchema(path, strange)
	}
	l.reader = newPool(path, modeReadOnly, readers)
	if err = l.readable(ctx, ready); err == nil {
		return l, nil
	}
	return openedOr(ctx, l, err, ready)
}

// openedOr opens a copy of a log that could not be opened, if its trouble passes, and else
// returns the error.
func openedOr(ctx context.Context, l *Log, err error, ready Ready) (*Log, error) {
	l.Close()
	if trouble := passing(l.path, err); trouble != nil && ctx.Err() == nil {
		return openCopy(ctx, l.path, l.opened, trouble, ready)
	}
	return nil, explain(l.path, err)
}

// readable returns an error if the log cannot be read as it is.
func (l *Log) readable(ctx context.Context, ready Ready) error {
	if ward.TroubleOf(l.trouble) == ward.LogDamaged { // which is said already
		return nil
	}
	found, err := version(ctx, l.reader)
	if err == nil && found != newestVersion() {
		err = ward.Unavailable("the log is of an older version; open it once without --read-only, which brings it up to date")
	}
	if err != nil {
		return err
	}
	return ready(ctx, l)
}

func (l *Log) connect(ctx context.Context, ready Ready) error {
	l.writer = newPool(l.path, modeWrite, 1)
	l.reader = newPool(l.path, modeRead, readers)
	if err := l.upToDate(ctx); err != nil {
		return err
	}
	if err := ready(ctx, l); err != nil {
		return err
	}
	if err := l.hold(ctx); err != nil {
		return err
	}
	var err error
	l.ahead, err = os.Stat(sidecar(l.path, "-wal")) // SQLite has made it at the first read
	return err
}

// hold keeps one connection open, because database/sql closes the one of a read that is
// cancelled, and SQLite removes the write-ahead log with the last connection. It reads only
// the first page, because to read the schema takes as long as opening the log.
func (l *Log) hold(ctx context.Context) error {
	l.held = newPool(l.path, modeProbe, 1)
	var application int64
	return l.held.QueryRowContext(ctx, "PRAGMA application_id").Scan(&application)
}

// readers is the number of queries that run at a time.
const readers = 4

// upToDate migrates the log if it is of an older version. One process does, and the
// others wait for it. To find out needs no turn: a process that was stopped in its turn
// keeps no other from reading.
func (l *Log) upToDate(ctx context.Context) error {
	if v, err := version(ctx, l.reader); err == nil && v == newestVersion() {
		return nil
	}
	place, err := waitTurn(ctx, l.queue)
	if err != nil {
		return err
	}
	defer place.end()
	err = migrate(ctx, l.writer)
	if why := cause(err); err != nil && ctx.Err() == nil && (why == engine.CauseOther || why == engine.CauseMissing || why == engine.CauseContradiction) {
		return ward.Unavailable(fmt.Sprintf("%s could not be brought up to date; it is as it was: %v; if it is damaged, %s", l.path, err, RecoveryHint(l.path)))
	}
	return err
}

// ReadOnly reports whether nothing can be recorded: the log was opened by [OpenReadOnly],
// or it has a [Log.Trouble].
func (l *Log) ReadOnly() bool { return l.writer == nil }

// Trouble returns the error for which nothing can be recorded, nil if there is none.
func (l *Log) Trouble() error { return l.trouble }

// Refuse makes the log read-only because of a trouble.
func (l *Log) Refuse(trouble error) error {
	l.trouble = trouble
	if l.writer == nil {
		return nil
	}
	writer := l.writer
	l.writer = nil
	return writer.Close()
}

// Close closes the log. A second call does nothing.
func (l *Log) Close() error {
	var errs []error
	for _, pool := range []*sql.DB{l.held, l.reader, l.writer} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	if l.removeFile != nil {
		errs = append(errs, l.removeFile())
	}
	return errors.Join(errs...)
}

// Path returns the path of the log.
func (l *Log) Path() string { return l.path }

// Cause returns the cause of an error of SQLite.
func (l *Log) Cause(err error) engine.Cause { return cause(err) }

// Explain turns an error of SQLite into one that says how a person can go on.
func (l *Log) Explain(err error) error { return explain(l.path, err) }

// sameFile refuses to go on if the file of the open log, or its write-ahead log, was
// removed or replaced: SQLite would go on with the old one, which no other process
// will ever read. effect says the consequence for the caller. sameFile does not open
// the file: closing it again would drop SQLite's locks.
func (l *Log) sameFile(effect string) error {
	if l.source != nil {
		return l.source.same(l.path)
	}
	info, err := os.Stat(l.path)
	if err != nil || !os.SameFile(info, l.opened) {
		return ward.UnavailableFor(ward.LogDamaged, "the log was removed or replaced while it was open; "+effect+": leave, and open it again; it was at "+l.path)
	}
	if l.ahead == nil {
		return nil
	}
	info, err = os.Stat(sidecar(l.path, "-wal"))
	if err != nil || !os.SameFile(info, l.ahead) {
		return ward.UnavailableFor(ward.LogDamaged, "the write-ahead log was removed or replaced while it was open; "+effect+": leave, and open it again; it was beside "+l.path)
	}
	return nil
}

// Alive returns [ward.KindUnavailable] if the file was removed or replaced since it was
// opened. It costs next to nothing.
func (l *Log) Alive() error { return l.sameFile(oldShown) }

const (
	nothingSaved = "nothing was saved"
	oldShown     = "what is shown is the old one, and nothing is saved any more"
)
