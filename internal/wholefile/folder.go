package wholefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"neurocheck/internal/ward"
)

// Manifest is the name of the file that each folder of an export holds.
const Manifest = "manifest.json"

// NewFile makes a new file in a folder that [WriteFolder] writes, for its owner alone. Close
// syncs it.
type NewFile func(name string) (io.WriteCloser, error)

// WriteFolder calls write to make the files of a folder, and renames the folder to path once
// all of them are on the disk. If anything is at path already WriteFolder does not change it,
// and the error is [fs.ErrExist], unless o.Force is set: then it replaces a folder that is
// empty or that holds the files of an export, and nothing else.
func WriteFolder(path string, o Options, write func(NewFile) error) (err error) {
	path = filepath.Clean(path)
	if err := mayReplace(path, o.Force); err != nil {
		return err
	}
	if o.Log != "" {
		remember(o.Log, folderOf(path))
		defer sweepKnown(o.Log) // after the temporary folder is renamed or removed
	}
	temp, remove, err := Folder(folderOf(path))
	if err != nil {
		return cannotWrite(path, err)
	}
	defer func() { err = errors.Join(err, remove()) }()
	err = write(func(name string) (io.WriteCloser, error) {
		file, err := os.OpenFile(filepath.Join(temp, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		return synced{file}, err
	})
	if err == nil {
		err = syncFolder(temp)
	}
	if err != nil {
		return cannotWrite(path, err)
	}
	if err := mayReplace(path, o.Force); err != nil { // another program may have made one meanwhile
		return err
	}
	return place(temp, path)
}

// place renames a finished folder to path, in place of the one that is there.
func place(temp, path string) (err error) {
	if _, err := os.Lstat(path); err == nil {
		old, remove, err := Folder(folderOf(path))
		if err != nil {
			return cannotWrite(path, err)
		}
		defer func() { err = errors.Join(err, remove()) }()
		if err := os.Rename(path, filepath.Join(old, "old")); err != nil {
			return cannotWrite(path, err)
		}
	}
	if err := os.Rename(temp, path); err != nil {
		return cannotWrite(path, err)
	}
	return syncFolder(folderOf(path))
}

// synced is a file that is on the disk once it is closed.
type synced struct{ *os.File }

func (f synced) Close() error { return errors.Join(f.Sync(), f.File.Close()) }

// mayReplace returns an error if a folder at path may not be made or replaced.
func mayReplace(path string, force bool) error {
	there, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return cannotWrite(path, err)
	case !there.IsDir():
		return ward.Conflict(path + " is no folder; name a folder that does not exist")
	case !force:
		return fmt.Errorf("%s: %w", path, fs.ErrExist)
	}
	inside, err := os.ReadDir(path)
	if err != nil {
		return cannotWrite(path, err)
	}
	exported := len(inside) == 0
	for _, file := range inside {
		if !file.Type().IsRegular() {
			return ward.Conflict(path + " holds more than the files of an export; name another folder")
		}
		exported = exported || file.Name() == Manifest
	}
	if !exported {
		return ward.Conflict(path + " holds no " + Manifest + ", so that it is no export; name another folder")
	}
	return nil
}
