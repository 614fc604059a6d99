// Package store keeps a ward on disk: a SQLite file, append-only and chained,
// that several programs on one machine may have open at a time.
//
// Start with [Open] and [Create]. A public method that writes is one transaction: it
// begins, calls the unexported helpers that take the transaction, and commits. Its
// records are on disk when it returns, or there are none. Every record names its
// author and its time, which come in as a [ward.Signature]: the store reads no clock.
//
// If a person can do something about a failure, it is a [*ward.Error].
//
// SQL is next to the code that scans it, in a dialect that SQLite and PostgreSQL
// share. The exceptions are conn.go, insert.go, verify.go with its parts, and
// schema/sqlite.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"

	"neurocheck/internal/uptime"
	"neurocheck/internal/ward"
)

// Store is an open log. It is safe for use by several goroutines.
type Store struct {
	path   string
	file   string // the file that is read: another than path only for a copy, see copyToRead
	opened os.FileInfo
	ahead  os.FileInfo // its write-ahead log, if it is open for writing
	queue  string      // the file at which the writers of all processes queue
	writer *sql.DB     // one connection
	reader *sql.DB
	copy   bool // no other process has it open: see Backup
	tables *layouts
	site   atomic.Pointer[ward.Site]
	clock  func() ward.Uptime // nil for that of the machine: see SetUptime
	schema atomic.Int64       // SQLite's count of schema changes if the objects were compared

	derived    atomic.Bool            // the derived tables were compared: see sound
	trouble    error                  // the cause for which nothing can be recorded
	source     *standing              // of a copy: the files that were copied
	removeFile func() error           // removes the copy; nil if there is none
	origin     atomic.Pointer[string] // hash of the first record
	unmarked   atomic.Bool            // no mark says which record was the last: see mark
	owes       atomic.Bool            // notes of readings wait: see putLate
}

// SetUptime sets the clock by which names wait after wrong PINs, for tests. It is not
// the one of the signatures, because that one can be set.
func (s *Store) SetUptime(now func() ward.Uptime) { s.clock = now }

func (s *Store) uptime() ward.Uptime {
	if s.clock != nil {
		return s.clock()
	}
	return uptime.Now()
}

func newStore(path string, info os.FileInfo) *Store {
	return &Store{tables: new(layouts), path: path, file: path, opened: info, queue: sidecar(path, "-queue")}
}

// SetRules sets the settings by which the store evaluates checks. Without them it uses
// the default ones, with the ward's zone.
func (s *Store) SetRules(site ward.Site) { s.site.Store(&site) }

func (s *Store) rules(ctx context.Context, q querier) (*ward.Site, error) {
	if site := s.site.Load(); site != nil {
		return site, nil
	}
	site := ward.DefaultSite()
	w, err := wardOf(ctx, reader{q: q, tables: s.tables})
	switch {
	case ward.KindOf(err) == ward.KindNotFound:
		return &site, nil
	case err != nil:
		return nil, err
	}
	zone, err := w.Location()
	if err != nil {
		return nil, err
	}
	site.Zone = zone
	s.site.CompareAndSwap(nil, &site)
	return &site, nil
}

// Open opens the log at path, which must exist. A log of an older version is
// migrated first.
//
// It answers with [ward.KindNotFound] if there is no file, and with
// [ward.KindUnavailable] for a file that is no log, is damaged or not writable, has
// another name or objects that this program did not make, comes from a newer or an
// unreleased version, or is on a network file system.
//
// A log that can be read but must not or cannot be written is open read-only, and
// [Store.Trouble] says why: it lost its newest records, the disk is full, or another
// process holds it.
func Open(ctx context.Context, path string) (*Store, error) {
	return open(ctx, path, false)
}

// open is [Open]. If accepting is set, a log that lost records can be written.
func open(ctx context.Context, path string, accepting bool) (*Store, error) {
	path, info, err := locate(path)
	if err != nil {
		return nil, err
	}
	if !Writable(path) {
		return nil, cannotWrite(path)
	}
	strange, err := probe(ctx, path)
	if trouble := passing(path, err); trouble != nil {
		return openCopy(ctx, path, info, trouble)
	}
	if err == nil && strange != "" {
		err = alteredSchema(path, strange)
	}
	if err != nil {
		return nil, err
	}
	s := newStore(path, info)
	err = s.connect(ctx)
	if err == nil && s.trouble != nil && !accepting {
		err, s.writer = s.writer.Close(), nil
	}
	if err == nil {
		return s, nil
	}
	s.Close()
	if trouble := passing(path, err); trouble != nil && ctx.Err() == nil {
		return openCopy(ctx, path, info, trouble)
	}
	return nil, explain(path, err)
}

// sidecar returns the path of a file that belongs to the log: it is in the folder of
// the log itself, also if path is a link to it.
func sidecar(path, suffix string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return path + suffix
}

// locate returns an error unless there is a file that may be a log.
func locate(path string) (string, os.FileInfo, error) {
	if err := checkSQLite(); err != nil {
		return "", nil, err
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", nil, err
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil, ward.NotFound("there is no log at " + path)
	case err != nil:
		return "", nil, ward.Unavailable(fmt.Sprintf("cannot look at the log: %v", err))
	case !info.Mode().IsRegular():
		return "", nil, ward.Unavailable(path + " is not a file")
	case info.Size() == 0:
		return "", nil, ward.Unavailable(path + " is empty, so it is no log; if nothing was kept there, remove it and start again, else " + WayBack(path))
	}
	if err := refuseSides(path); err != nil {
		return "", nil, err
	}
	if err := refuseNames(path); err != nil {
		return "", nil, err
	}
	// Of the file itself: path may be a link into another folder.
	return path, info, refuseNetwork(path)
}

// OpenReadOnly opens the log at path so that nothing can change it: no record, no
// draft, no migration. It answers as [Open] does, and with [ward.KindUnavailable] for a
// log of an older version. A log with objects that this program did not make can be read:
// [Store.Trouble] names the first.
func OpenReadOnly(ctx context.Context, path string) (*Store, error) {
	path, info, err := locate(path)
	if err != nil {
		return nil, err
	}
	strange, err := probe(ctx, path)
	if trouble := passing(path, err); trouble != nil {
		return openCopy(ctx, path, info, trouble)
	}
	if err != nil {
		return nil, err
	}
	s := newStore(path, info)
	if strange != "" {
		s.trouble = alteredSchema(path, strange)
	}
	s.reader = newPool(path, modeReadOnly, 4)
	if err = s.readable(ctx); err == nil {
		return s, nil
	}
	s.Close()
	if trouble := passing(path, err); trouble != nil && ctx.Err() == nil {
		return openCopy(ctx, path, info, trouble)
	}
	return nil, explain(path, err)
}

// readable returns an error if the log cannot be read as it is, and keeps the trouble of
// one that lost records.
func (s *Store) readable(ctx context.Context) error {
	if ward.TroubleOf(s.trouble) == ward.LogDamaged { // which is said already
		return nil
	}
	found, err := version(ctx, s.reader)
	if err == nil && found != newestVersion() {
		err = ward.Unavailable("the log is of an older version; open it once without --read-only, which brings it up to date")
	}
	if err != nil {
		return err
	}
	return s.compareMark(ctx)
}

// ReadOnly reports whether nothing can be recorded: the log was opened by
// [OpenReadOnly], or it has a [Store.Trouble].
func (s *Store) ReadOnly() bool { return s.writer == nil }

// Trouble returns the error for which nothing can be recorded, nil if there is none. Its
// [ward.TroubleOf] is [ward.LogRolledBack], [ward.LogDamaged], [ward.DiskFull] or
// [ward.LogLocked].
func (s *Store) Trouble() error { return s.trouble }

func (s *Store) connect(ctx context.Context) error {
	s.writer = newPool(s.path, modeWrite, 1)
	s.reader = newPool(s.path, modeRead, 4)
	if err := s.upToDate(ctx); err != nil {
		return err
	}
	if err := s.compareMark(ctx); err != nil {
		return err
	}
	var err error
	s.ahead, err = os.Stat(sidecar(s.path, "-wal")) // SQLite has made it at the first read
	return err
}

// upToDate migrates the log if it is of an older version. One process does, and the
// others wait for it. To find out needs no turn: a process that was stopped in its turn
// keeps no other from reading.
func (s *Store) upToDate(ctx context.Context) error {
	if v, err := version(ctx, s.reader); err == nil && v == newestVersion() {
		return nil
	}
	place, err := waitTurn(ctx, s.queue)
	if err != nil {
		return err
	}
	defer place.end()
	err = migrate(ctx, s.writer)
	if why := cause(err); err != nil && ctx.Err() == nil && (why == causeOther || why == causeMissing || why == causeContradiction) {
		return ward.Unavailable(fmt.Sprintf("%s could not be brought up to date; it is as it was: %v; if it is damaged, %s", s.path, err, WayBack(s.path)))
	}
	return err
}

// Close closes the log.
func (s *Store) Close() error {
	var errs []error
	for _, pool := range []*sql.DB{s.reader, s.writer} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	if s.removeFile != nil {
		errs = append(errs, s.removeFile())
	}
	return errors.Join(errs...)
}

// Path returns the path of the log.
func (s *Store) Path() string { return s.path }

// sameFile refuses to go on if the file of the open log, or its write-ahead log, was
// removed or replaced: SQLite would go on with the old one, which no other process
// will ever read. effect says the consequence for the caller. sameFile does not open
// the file: closing it again would drop SQLite's locks.
func (s *Store) sameFile(effect string) error {
	if s.source != nil {
		return s.source.same(s.path)
	}
	info, err := os.Stat(s.path)
	if err != nil || !os.SameFile(info, s.opened) {
		return ward.UnavailableFor(ward.LogDamaged, "the log was removed or replaced while it was open; "+effect+": leave, and open it again; it was at "+s.path)
	}
	if s.ahead == nil {
		return nil
	}
	info, err = os.Stat(sidecar(s.path, "-wal"))
	if err != nil || !os.SameFile(info, s.ahead) {
		return ward.UnavailableFor(ward.LogDamaged, "the write-ahead log was removed or replaced while it was open; "+effect+": leave, and open it again; it was beside "+s.path)
	}
	return nil
}

// StillThere answers with [ward.KindUnavailable] if the file was removed or replaced
// since it was opened. It costs next to nothing.
func (s *Store) StillThere() error { return s.sameFile(oldShown) }

const (
	nothingSaved = "nothing was saved"
	oldShown     = "what is shown is the old one, and nothing is saved any more"
)
