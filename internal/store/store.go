// Package store keeps a ward on disk: a SQLite file, append-only and chained,
// that several programs on one machine may have open at a time.
//
// Start with [Open] and [Create]. A public method that writes is one
// transaction: it begins, calls the unexported helpers that take the
// transaction, and commits; what it was asked to record is on disk when it
// returns, or nothing is. Every record names its author and its time, which
// come in as a [ward.Signature]: the store reads no clock.
//
// A failure is a [*ward.Error] wherever a person can do something about it.
//
// SQL stands beside the code that scans it and keeps to what SQLite and
// PostgreSQL both read; what is SQLite's own is in conn.go, in insert.go and
// verify.go with its walk, and in schema/sqlite.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"neurocheck/internal/ward"
	"neurocheck/schema"
)

// Store is an open log. It is safe for use by several goroutines.
type Store struct {
	path   string
	opened os.FileInfo
	ahead  os.FileInfo // its write-ahead log, where it is open for writing
	queue  string      // where the writers of all processes wait for each other
	writer *sql.DB     // one connection
	reader *sql.DB
	copy   bool // nobody else has it open: see Backup
}

// Open opens the log at path, which must exist. A log of an older version is
// migrated first.
//
// It answers with [ward.KindNotFound] where there is no file, and with
// [ward.KindConflict] for a file that is no log, is damaged, locked or not to be
// written, has lost records, comes from a newer version, or lies on a network
// file system.
func Open(ctx context.Context, path string) (*Store, error) {
	path, info, err := locate(path)
	if err != nil {
		return nil, err
	}
	if !Writable(path) {
		return nil, cannotWrite(path)
	}
	if err := probe(ctx, path); err != nil {
		return nil, err
	}
	s := &Store{path: path, opened: info, queue: sidecar(path, "-queue")}
	if err := s.connect(ctx); err != nil {
		s.Close()
		return nil, explain(path, err)
	}
	return s, nil
}

// sidecar returns the path of a file that belongs to the log: it lies where the log
// itself is, also where path is a link to it.
func sidecar(path, suffix string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return path + suffix
}

// locate makes sure that there is a file that may be a log.
func locate(path string) (string, os.FileInfo, error) {
	if !haveSQLite {
		return "", nil, ward.Conflict("this neurocheck was built without cgo and cannot open a log; build it again with CGO_ENABLED=1 and a C compiler")
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
		return "", nil, ward.Conflict(fmt.Sprintf("cannot look at the log: %v", err))
	case !info.Mode().IsRegular():
		return "", nil, ward.Conflict(path + " is not a file")
	case info.Size() == 0:
		return "", nil, ward.Conflict(path + " is empty, so it is no log; if nothing was kept there, remove it and start again, else " + WayBack(path))
	}
	// The file itself is looked at: it may be a link into another folder.
	return path, info, refuseNetwork(path)
}

// OpenReadOnly opens the log at path without being able to change it: not by a
// record, not by a draft, not by a migration. It answers as [Open] does, and with
// [ward.KindConflict] for a log of an older version.
func OpenReadOnly(ctx context.Context, path string) (*Store, error) {
	path, info, err := locate(path)
	if err != nil {
		return nil, err
	}
	if err := probe(ctx, path); err != nil {
		return nil, err
	}
	s := &Store{path: path, opened: info, queue: sidecar(path, "-queue"), reader: newPool(path, modeReadOnly, 4)}
	found, err := version(ctx, s.reader)
	if err == nil && found != newestVersion() {
		err = ward.Conflict("the log is of an older version; open it once without --read-only, which brings it up to date")
	}
	if err == nil {
		err = s.nothingLost(ctx)
	}
	if err != nil {
		s.Close()
		return nil, explain(path, err)
	}
	return s, nil
}

// ReadOnly reports whether the log was opened without being able to change it.
func (s *Store) ReadOnly() bool { return s.writer == nil }

func (s *Store) connect(ctx context.Context) error {
	s.writer = newPool(s.path, modeWrite, 1)
	s.reader = newPool(s.path, modeRead, 4)
	if err := s.upToDate(ctx); err != nil {
		return err
	}
	if err := s.nothingLost(ctx); err != nil {
		return err
	}
	var err error
	s.ahead, err = os.Stat(sidecar(s.path, "-wal")) // there from the first look at the log on
	return err
}

// upToDate migrates the log, if it is of an older version; one process does, and
// the others wait for it.
func (s *Store) upToDate(ctx context.Context) error {
	place, err := waitTurn(ctx, s.queue)
	if err != nil {
		return err
	}
	defer place.end()
	err = migrate(ctx, s.writer)
	if why := cause(err); err != nil && ctx.Err() == nil && (why == causeOther || why == causeMissing) {
		return ward.Conflict(fmt.Sprintf("%s could not be brought up to date; it is as it was: %v; if it is damaged, %s", s.path, err, WayBack(s.path)))
	}
	return err
}

// nothingLost refuses a log that ends before the last record that was
// acknowledged, as far as that is known: see queue_unix.go.
func (s *Store) nothingLost(ctx context.Context) error {
	last, hash, ok := noted(s.queue, s.opened) // before the log is read, which then holds that or more
	if !ok {
		return nil
	}
	seq, end, err := headOf(ctx, s.reader)
	if err != nil || seq > last || seq == last && end == hash {
		return err
	}
	lost := fmt.Sprintf("records %d to %d, which were saved, are lost", seq+1, last)
	switch {
	case seq == last:
		lost = fmt.Sprintf("record %d is not the one that was saved", last)
	case seq+1 == last:
		lost = fmt.Sprintf("record %d, which was saved, is lost", last)
	}
	return ward.Conflict(fmt.Sprintf("%s has lost what was written last: %s; %s; or, to go on without what is lost, remove %s", s.path, lost, WayBack(s.path), s.queue))
}

// Create makes an empty log at path and opens it. The file appears whole or not
// at all; where it is there already, it is opened as it stands. A folder that is
// missing is made, for its owner alone, and so is the file.
func Create(ctx context.Context, path string) (*Store, error) {
	if _, err := os.Stat(path); err == nil || !haveSQLite {
		return Open(ctx, path)
	}
	dir := filepath.Dir(path)
	if err := makeFolder(dir); err != nil {
		return nil, ward.Conflict(fmt.Sprintf("cannot make the folder for the log: %v", err))
	}
	if err := refuseNetwork(dir); err != nil {
		return nil, err
	}
	if err := create(ctx, dir, path); err != nil {
		return nil, err
	}
	return Open(ctx, path)
}

// makeFolder makes a folder and those above it that are missing, for their owner
// alone. Each is on disk when it returns: else a power cut could take the folder
// with the log in it.
func makeFolder(dir string) error {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return os.MkdirAll(dir, 0o700) // says what else may be wrong with it
	}
	above := filepath.Dir(dir)
	if err := makeFolder(above); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncFolder(above)
}

// create builds the log under another name and links it into place, so that
// nobody ever opens half of one.
func create(ctx context.Context, dir, path string) error {
	temp, err := os.MkdirTemp(dir, ".neurocheck-new-") // 0700
	if err != nil {
		return ward.Conflict(fmt.Sprintf("cannot write to the folder of the log: %v", err))
	}
	defer os.RemoveAll(temp)
	fresh := filepath.Join(temp, "log")
	file, err := os.OpenFile(fresh, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600) // before SQLite, which would make it 0644
	if err != nil {
		return ward.Conflict(fmt.Sprintf("cannot write to the folder of the log: %v", err))
	}
	if err := file.Close(); err != nil {
		return err
	}
	pool := newPool(fresh, modeWrite, 1)
	_, err = pool.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", schema.ApplicationID))
	if err == nil {
		err = migrate(ctx, pool)
	}
	if err == nil { // the link is to the file alone, and closing it does not say what it could not write
		_, err = pool.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	}
	if err := errors.Join(err, pool.Close()); err != nil {
		return explain(path, err)
	}
	if err := EmptyPlace(path); err != nil {
		return err
	}
	if err := os.Link(fresh, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return ward.Conflict(fmt.Sprintf("cannot put the log in its place: %v", err))
	}
	return syncFolder(dir)
}

// EmptyPlace makes sure that nothing of a log that is gone is left where a new one
// is about to stand. SQLite would write what is in the old one's write-ahead log
// into the new one.
func EmptyPlace(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil // somebody else has made the log meanwhile
	}
	old := sidecar(path, "-wal")
	if info, err := os.Stat(old); err == nil && info.Size() > 0 {
		return ward.Conflict(fmt.Sprintf("there is no log at %s, but the last records of one are in %s: put the log back beside it, or move it away", path, old))
	}
	if err := os.Remove(sidecar(path, "-queue")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return ward.Conflict(fmt.Sprintf("cannot write to the folder of the log: %v", err))
	}
	return nil
}

func syncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// Close closes the log.
func (s *Store) Close() error {
	var errs []error
	for _, pool := range []*sql.DB{s.reader, s.writer} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	return errors.Join(errs...)
}

// Path returns where the log is.
func (s *Store) Path() string { return s.path }

// sameFile refuses to go on where somebody removed or replaced the file under
// the open log, or its write-ahead log: SQLite would go on with the old one,
// which nobody else will ever read. what says what that means for what was asked.
// It only looks: opening and closing the file would drop SQLite's locks.
func (s *Store) sameFile(what string) error {
	info, err := os.Stat(s.path)
	if err != nil || !os.SameFile(info, s.opened) {
		return ward.Conflict("the log was removed or replaced while it was open; " + what + ": leave, and open it again; it was at " + s.path)
	}
	if s.ahead == nil {
		return nil
	}
	info, err = os.Stat(sidecar(s.path, "-wal"))
	if err != nil || !os.SameFile(info, s.ahead) {
		return ward.Conflict("the write-ahead log was removed or replaced while it was open; " + what + ": leave, and open it again; it was beside " + s.path)
	}
	return nil
}

// StillThere answers with [ward.KindConflict] where the file was removed or
// replaced since it was opened. It costs next to nothing.
func (s *Store) StillThere() error { return s.sameFile(oldShown) }

const (
	nothingSaved = "nothing was saved"
	oldShown     = "what is shown is the old one, and nothing is saved any more"
)
