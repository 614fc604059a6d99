package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
)

// OnCopy runs do on a private copy of the log, which goes away afterwards. It takes no
// lock that a save waits for, so that long work which keeps nothing holds up no save. The
// copy is next to the log, or in the folder for temporary files if that one cannot be
// written.
func (l *Log) OnCopy(ctx context.Context, do func(*Log) error) error {
	parent := filepath.Dir(sidecar(l.path, ""))
	if !Writable(l.path) {
		parent = os.TempDir()
	}
	return OnNewLog(ctx, parent, func(path string) error { return explain(l.path, l.CopyInto(ctx, path)) }, do)
}

// OnNewLog runs do on a log in a private folder in parent, which goes away afterwards.
// fill writes the log into an empty file.
func OnNewLog(ctx context.Context, parent string, fill func(path string) error, do func(*Log) error) (err error) {
	folder, remove, err := wholefile.Folder(parent)
	if err != nil {
		return ward.Unavailable("cannot make a copy of the log to try it on: " + err.Error())
	}
	defer func() { err = errors.Join(err, remove()) }()
	path := filepath.Join(folder, "log")
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600) // before SQLite, which would make it 0644
	if err != nil {
		return err
	}
	if err := errors.Join(file.Close(), fill(path)); err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	c := newLog(path, info)
	c.writer, c.reader = newPool(path, modeFill, 1), newPool(path, modeReadOnly, readers)
	return errors.Join(do(c), c.Close())
}
