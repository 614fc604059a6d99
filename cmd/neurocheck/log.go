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

// logPath returns the name of the log: --db, else NEUROCHECK_DB, else a file in the data
// folder of the XDG base directory specification, by which a relative
// XDG_DATA_HOME counts as unset. The name is a path, or that of a ward on a server: see
// [store.OnServer].
func (a *app) logPath() (string, error) {
	if a.db != "" {
		return a.db, nil
	}
	if path := os.Getenv("NEUROCHECK_DB"); path != "" {
		return path, nil
	}
	data := baseFolder("XDG_DATA_HOME", ".local", "share")
	if data == "" {
		return "", ward.Unavailable("cannot tell where the log is: there is no home folder; name the log with --db FILE")
	}
	return filepath.Join(data, "neurocheck.db"), nil
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
	return s, pointed(path, err)
}

// pointed is the error of opening the log with that name. It adds the way to name another
// one if there is no such file.
func pointed(name string, err error) error {
	switch {
	case ward.KindOf(err) != ward.KindNotFound:
		return err
	case store.OnServer(name):
		return ward.Unavailable(err.Error())
	}
	return ward.Unavailable(err.Error() + "; name one with --db FILE")
}

// openAt opens the log with that name, which must exist; read-only if it cannot be written.
func openAt(ctx context.Context, path string) (*store.Store, error) {
	if store.OnServer(path) {
		return openServer(ctx, path, store.Open)
	}
	open := store.Open
	if exists(path) && !store.Writable(path) {
		open = store.OpenReadOnly
	} else {
		wholefile.SweepFor(path)
	}
	return open(ctx, path)
}

// openServer opens a ward on a server.
func openServer(ctx context.Context, name string, open func(context.Context, string) (*store.Store, error)) (*store.Store, error) {
	s, err := open(ctx, name)
	if err != nil {
		return nil, err
	}
	place := placeOf(name)
	s.SetLocal(place)
	if place != "" {
		wholefile.SweepFor(place)
	}
	return s, nil
}

// openOrMake opens the log with that name, and makes a file if there is none.
func openOrMake(ctx context.Context, name string) (*store.Store, error) {
	if store.OnServer(name) {
		return openServer(ctx, name, store.Open)
	}
	return store.Create(ctx, name)
}

// lookAt opens the log with that name so that nothing is written.
func lookAt(ctx context.Context, name string) (*store.Store, error) {
	if store.OnServer(name) {
		return openServer(ctx, name, store.OpenReadOnly)
	}
	return store.OpenReadOnly(ctx, name)
}

// wardLog opens the log for the screens. It makes one if there is none, unless it is
// opened read-only.
func (a *app) wardLog(ctx context.Context) (*store.Store, error) {
	path, err := a.logPath()
	if err != nil {
		return nil, err
	}
	if a.readOnly {
		return lookAt(ctx, path)
	}
	if !store.OnServer(path) {
		wholefile.SweepFor(path)
	}
	return openOrMake(ctx, path)
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

// logExists reports whether there is a log with that name: on a server its administrator
// has made it.
func logExists(name string) bool { return store.OnServer(name) || exists(name) }

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
