package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"neurocheck/internal/store/postgres"
	"neurocheck/internal/store/sqlite"
	"neurocheck/internal/ward"
)

// Open opens the log at path, which must exist. A log of an older version is
// migrated first. The path may be the address of a ward on PostgreSQL: see
// [postgres.Open].
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
	if OnServer(path) {
		return onServer(ctx, path, postgres.Open)
	}
	return open(ctx, path, sqlite.Open, (*sqlite.Log).Refuse)
}

// OpenReadOnly opens the log at path so that nothing can change it: no record, no
// draft, no migration. It answers as [Open] does, and with [ward.KindUnavailable] for a
// log of an older version. A log with objects that this program did not make can be read:
// [Store.Trouble] names the first.
func OpenReadOnly(ctx context.Context, path string) (*Store, error) {
	if OnServer(path) {
		return onServer(ctx, path, postgres.OpenReadOnly)
	}
	return open(ctx, path, sqlite.OpenReadOnly, (*sqlite.Log).Refuse)
}

// open opens a log in a file, and calls refuse if it lost its newest records.
func open(ctx context.Context, path string, as func(context.Context, string, sqlite.Ready) (*sqlite.Log, error), refuse func(*sqlite.Log, error) error) (*Store, error) {
	var s *Store
	log, err := as(ctx, path, func(ctx context.Context, log *sqlite.Log) (err error) {
		s = New(log)
		if s.lost, err = s.compareMark(ctx); err != nil || s.lost == nil {
			return err
		}
		return refuse(log, s.lost)
	})
	if err != nil {
		return nil, err
	}
	if s == nil || s.db != log { // one of which the mark says nothing
		s = New(log)
	}
	return s, nil
}

// Create makes an empty log at path and opens it. If there is one already, Create
// opens that. See [CreateWith]. On a server it makes none: [MakeWard] does, by the owner.
func Create(ctx context.Context, path string) (*Store, error) {
	if OnServer(path) {
		return Open(ctx, path)
	}
	if _, err := os.Stat(path); err == nil {
		return Open(ctx, path)
	}
	if err := CreateWith(ctx, path, func(*Store) error { return nil }); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return Open(ctx, path)
}

// CreateWith makes a log at path with the records of fill. The file appears whole or not
// at all, and then all of it is on the disk. If there is one already CreateWith does not
// change it, and the error is [fs.ErrExist]. It also makes a folder that is missing;
// folder and file are for their owner alone.
func CreateWith(ctx context.Context, path string, fill func(*Store) error) error {
	return sqlite.Create(ctx, path, endOf, func(log *sqlite.Log) error { return fill(New(log)) })
}

// Install moves the finished log in the file fresh, which no process has open and which
// is on the same disk, to path; all of it is on the disk then. If there is a file
// already Install does not change it, and the error is [fs.ErrExist].
func Install(ctx context.Context, fresh, path string) error {
	return sqlite.Install(ctx, fresh, path, endOf)
}

// Writable reports whether the log at path, and its folder, can be written: a log
// that cannot is for [OpenReadOnly].
func Writable(path string) bool { return sqlite.Writable(path) }

// OpenElsewhere reports whether another process has the log at path open. The caller must
// not have it open itself: closing the file would drop the locks of this process.
func OpenElsewhere(path string) bool { return sqlite.OpenElsewhere(path) }

// RecoveryHint returns the advice for a person whose log at path is damaged.
func RecoveryHint(path string) string { return sqlite.RecoveryHint(path) }

// VerifyNames is more advice after damage: see [RecoveryHint].
const VerifyNames = sqlite.VerifyNames

// OnCopy runs do on a private copy of the log, which goes away afterwards. It takes no
// lock that a save waits for, so that long work of which nothing is saved holds up no save.
// The copy is next to the log, or in the folder for temporary files if that one cannot be
// written.
func (s *Store) OnCopy(ctx context.Context, do func(*Store) error) error {
	if s.file == nil {
		return ward.Unavailable("the log is in no file, and cannot be copied")
	}
	return s.file.OnCopy(ctx, func(log *sqlite.Log) error { return do(New(log)) })
}

// Accept lets a log that lost its newest records, or that replaced another one, be
// written again as it is. It records the act and the reason of its author, who must be an
// administrator, and returns [ward.KindConflict] if the log lost nothing.
func Accept(ctx context.Context, path string, sig ward.Signature, reason string) (err error) {
	reason = ward.CleanLine(reason)
	if reason == "" {
		return ward.Invalid("reason", "missing: say why the log is used as it is")
	}
	s, err := open(ctx, path, sqlite.Open, func(*sqlite.Log, error) error { return nil })
	if err != nil {
		return err
	}
	defer func() {
		if closed := s.Close(); err == nil {
			err = closed
		}
	}()
	if s.lost == nil {
		if trouble := s.Trouble(); trouble != nil {
			return trouble
		}
		return ward.Conflict(s.Path() + " lost no record that was saved here; there is nothing to accept")
	}
	last, _, err := s.file.Mark()
	if err != nil {
		return err
	}
	return s.do(ctx, sig, ward.MayAdminister, "accept", []any{reason}, func(w *tx) error {
		return w.note(ctx, ward.AuditEvent{Event: ward.LogAccepted, About: fmt.Sprintf("record %d was the last before", last.Seq), Detail: reason})
	})
}
