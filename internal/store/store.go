// Package store keeps the record of a ward, append-only and chained, in a database that
// several programs may have open at a time: see package engine.
//
// Start with [Open] and [Create]. A public method that writes is one transaction: it
// begins, calls the unexported helpers that take the transaction, and commits. Its
// records are on disk when it returns, or there are none. Every record names its
// author and its time, which come in as a [ward.Signature]: the store reads no clock.
//
// If a person can do something about a failure, it is a [*ward.Error].
//
// SQL is next to the code that scans it, in a dialect that SQLite and PostgreSQL
// share.
package store

import (
	"context"
	"sync/atomic"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/store/postgres"
	"neurocheck/internal/store/sqlite"
	"neurocheck/internal/ward"
)

// Store is an open log. It is safe for use by several goroutines.
type Store struct {
	db     engine.Engine
	file   logFile // nil if the log is in no file
	local  string  // of a log in no file: see Local
	lost   error   // the log lost its newest records
	tables *layouts
	site   atomic.Pointer[ward.Site]
	clock  func() ward.Uptime // nil for that of the machine: see SetUptime

	patience atomic.Int64 // nanoseconds; 0 for that of the engine: see SetPatience

	derived  atomic.Bool            // the derived tables were compared: see sound
	origin   atomic.Pointer[string] // hash of the first record
	unmarked atomic.Bool            // no mark says which record was the last: see compareMark
	owes     atomic.Bool            // notes of readings wait: see putLate
}

// New returns a store on a log that an engine has open.
func New(db engine.Engine) *Store {
	s := &Store{db: db, tables: new(layouts)}
	s.file, _ = db.(logFile)
	return s
}

// direct returns a reader of the newest records, outside of a snapshot.
func (s *Store) direct() reader { return reader{q: s.db.Pool(), tables: s.tables} }

// Close closes the log.
func (s *Store) Close() error { return s.db.Close() }

// explain turns an error of the engine into one for a person: see [engine.Engine].
func (s *Store) explain(err error) error { return s.db.Explain(err) }

// onServer reports whether the log is on a server.
func (s *Store) onServer() bool {
	_, remote := s.db.(*postgres.Log)
	return remote
}

// StillThere returns [ward.KindUnavailable] if the log was removed or replaced since it was
// opened. It costs next to nothing.
func (s *Store) StillThere() error { return s.db.Alive() }

// Saves returns a channel that gets a value after each save of this process, until the
// context ends. Several saves may be one value. Those of other processes are found by
// asking for the [Store.Head].
func (s *Store) Saves(ctx context.Context) <-chan struct{} { return s.db.Watch(ctx) }

// logFile is an engine that has its log in one file.
type logFile interface {
	engine.Engine
	Path() string
	ReadOnly() bool
	Trouble() error
	Mark() (last engine.End, found bool, err error)
	Size() int64
	CopyInto(ctx context.Context, path string) error
	OnCopy(ctx context.Context, do func(*sqlite.Log) error) error
}

// Path returns the path of the log, empty if it is in no file.
func (s *Store) Path() string {
	if s.file == nil {
		return ""
	}
	return s.file.Path()
}

// ReadOnly reports whether nothing can be recorded: the log was opened by
// [OpenReadOnly], or it has a [Store.Trouble].
func (s *Store) ReadOnly() bool {
	db, ok := s.db.(interface{ ReadOnly() bool })
	return ok && db.ReadOnly()
}

// Trouble returns the error for which nothing can be recorded, nil if there is none. Its
// [ward.TroubleOf] is [ward.LogRolledBack], [ward.LogDamaged], [ward.DiskFull] or
// [ward.LogLocked].
func (s *Store) Trouble() error {
	if s.file == nil {
		return nil
	}
	return s.file.Trouble()
}
