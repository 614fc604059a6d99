package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
	"neurocheck/schema"
)

// EndOf reads the end of the record of a log.
type EndOf func(context.Context, engine.Querier) (engine.End, error)

// Create makes a log at path with the records of fill. The file appears whole or not
// at all, and then all of it is on the disk. If there is one already Create does not
// change it, and the error is [fs.ErrExist]. Create also makes a folder that is missing;
// folder and file are for their owner alone.
//
// Until it has its name no other process can open the log, and nothing counts as
// saved. So it is filled without a write-ahead log and without syncing.
func Create(ctx context.Context, path string, endOf EndOf, fill func(*Log) error) error {
	if err := checkSQLite(); err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if err := makeFolder(dir); err != nil {
		return err
	}
	if err := refuseNetwork(dir); err != nil {
		return err
	}
	temp, remove, err := wholefile.Folder(dir)
	if err != nil {
		return ward.Unavailable(fmt.Sprintf("cannot write to the folder of the log: %v", err))
	}
	defer remove()
	fresh := filepath.Join(temp, "log")
	file, err := os.OpenFile(fresh, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600) // before SQLite, which would make it 0644
	if err != nil {
		return ward.Unavailable(fmt.Sprintf("cannot write to the folder of the log: %v", err))
	}
	if err := file.Close(); err != nil {
		return err
	}
	if err = Fill(ctx, fresh, fill); err == nil {
		err = aheadOf(ctx, fresh)
	}
	if err != nil {
		return explain(path, err)
	}
	return Install(ctx, fresh, path, endOf)
}

// Fill turns an empty file into a log with the records of fill. It has no write-ahead log,
// as no copy has, so that it can be on any disk; the first writer makes one.
func Fill(ctx context.Context, path string, fill func(*Log) error) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	l := newLog(path, info)
	l.writer, l.reader = newPool(path, modeFill, 1), newPool(path, modeReadOnly, readers)
	_, err = l.writer.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", schema.ApplicationID, schema.FirstVersion()))
	if err == nil {
		err = migrate(ctx, l.writer)
	}
	if err == nil {
		err = fill(l)
	}
	if closed := l.Close(); err == nil {
		err = closed
	}
	return err
}

// aheadOf gives a log a write-ahead log from now on.
func aheadOf(ctx context.Context, path string) error {
	pool := newPool(path, modeWrite, 1)
	_, err := pool.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return errors.Join(err, pool.Close()) // closing it alone would hide a failed write
}

// Install moves the finished log in the file fresh, which no process has open and which
// is on the same disk, to path; all of it is on the disk then. If there is a file
// already Install does not change it, and the error is [fs.ErrExist].
func Install(ctx context.Context, fresh, path string, endOf EndOf) error {
	file, err := os.OpenFile(fresh, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return explain(path, err)
	}
	if err := makeFolder(filepath.Dir(path)); err != nil {
		return err
	}
	if err := emptyPlace(path); err != nil {
		return err
	}
	if err := wholefile.Put(fresh, path); err != nil {
		return err
	}
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) { // a log has one name
		return err
	}
	return markAnew(ctx, path, endOf)
}

// emptyPlace removes the sidecar files of a log that is gone, before a new one gets
// its path. SQLite would write the old write-ahead log into the new file.
func emptyPlace(path string) error {
	made := func() bool { // another process may make the log at any moment
		_, err := os.Stat(path)
		return err == nil
	}
	if made() {
		return nil
	}
	old := sidecar(path, "-wal")
	if info, err := os.Stat(old); err == nil && info.Size() > 0 && !made() {
		return ward.Unavailable(fmt.Sprintf("there is no log at %s, but the last records of one are in %s: put the log back beside it, or move it away", path, old))
	}
	if err := os.Remove(sidecar(path, "-queue")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return ward.Unavailable(fmt.Sprintf("cannot write to the folder of the log: %v", err))
	}
	return nil
}

// makeFolder makes a folder and its missing parents, for their owner alone. Each is
// on disk when it returns: else a power cut could lose the folder with the log in it.
func makeFolder(dir string) error {
	err := makeFolders(dir)
	if err != nil {
		return ward.Unavailable(fmt.Sprintf("cannot make the folder for the log: %v", err))
	}
	return nil
}

func makeFolders(dir string) error {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return os.MkdirAll(dir, 0o700) // its error names any other problem
	}
	above := filepath.Dir(dir)
	if err := makeFolders(above); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	folder, err := os.Open(above)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
