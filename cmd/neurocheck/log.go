package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
)

// logPath returns the path of the log: --db, else NEUROCHECK_DB, else the data
// folder of the XDG base directory specification, by which a relative
// XDG_DATA_HOME counts as unset.
func (a *app) logPath() (string, error) {
	if a.db != "" {
		return a.db, nil
	}
	if path := os.Getenv("NEUROCHECK_DB"); path != "" {
		return path, nil
	}
	data := os.Getenv("XDG_DATA_HOME")
	if !filepath.IsAbs(data) {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", ward.Unavailable("cannot tell where the log is: there is no home folder; name the log with --db FILE")
		}
		data = filepath.Join(home, ".local", "share")
	}
	return filepath.Join(data, "neurocheck", "neurocheck.db"), nil
}

// openLog opens the log, which must exist; read-only if it cannot be written.
func (a *app) openLog(ctx context.Context) (*store.Store, error) {
	if a.remote != nil {
		return a.remote.log, nil
	}
	path, err := a.logPath()
	if err != nil {
		return nil, err
	}
	s, err := openAt(ctx, path)
	return s, pointed(err)
}

// pointed adds the way to name a log to the error of one that is not there.
func pointed(err error) error {
	if ward.KindOf(err) == ward.KindNotFound {
		return ward.Unavailable(err.Error() + "; name one with --db FILE")
	}
	return err
}

// openAt opens the log at path, which must exist; read-only if it cannot be written.
func openAt(ctx context.Context, path string) (*store.Store, error) {
	open := store.Open
	if exists(path) && !store.Writable(path) {
		open = store.OpenReadOnly
	} else {
		wholefile.SweepFor(path)
	}
	return open(ctx, path)
}

// wardLog opens the log for the screens. It makes one if there is none, unless it is
// opened read-only.
func (a *app) wardLog(ctx context.Context) (*store.Store, error) {
	path, err := a.logPath()
	if err != nil {
		return nil, err
	}
	if a.readOnly {
		return store.OpenReadOnly(ctx, path)
	}
	wholefile.SweepFor(path)
	return store.Create(ctx, path)
}

// closing is the function closing, but for the log of a server, which stays open.
func (a *app) closing(s *store.Store, err *error) {
	if a.remote == nil {
		closing(s, err)
	}
}

// closing closes s at the end of a function that returns *err, after a last try to record
// the readings of which the audit has no note yet.
func closing(s *store.Store, err *error) {
	noteLate(s)
	if closed := s.Close(); *err == nil {
		*err = closed
	}
}

// tempLog makes an empty log in a folder of its own. leave closes and removes
// both.
func tempLog(ctx context.Context) (s *store.Store, leave func() error, err error) {
	folder, remove, err := wholefile.Folder(os.TempDir())
	if err != nil {
		return nil, nil, err
	}
	s, err = store.Create(ctx, filepath.Join(folder, "neurocheck.db"))
	if err != nil {
		return nil, nil, errors.Join(err, remove())
	}
	return s, func() error { return errors.Join(s.Close(), remove()) }, nil
}

// exists reports whether there is a file, or anything else, at path.
func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// patientID returns the patient with an MRN; 0 if no MRN is given.
func patientID(ctx context.Context, s *store.Store, mrn string) (int64, error) {
	if mrn == "" {
		return 0, nil
	}
	p, err := s.PatientByMRN(ctx, ward.CleanLine(mrn))
	return p.ID, err
}
