package wholefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"neurocheck/internal/ward"
)

// WriteFolder calls write to fill temp, a folder next to path, and renames it to path: the
// folder appears whole or not at all. If there is anything at path already WriteFolder does
// not change it, and the error is [fs.ErrExist], unless o.Force is set: then it replaces a
// folder in which each file has one of the names of files, which are patterns of
// [filepath.Match].
func WriteFolder(path string, files []string, o Options, write func(temp string) error) (err error) {
	path = strings.TrimRight(path, string(filepath.Separator))
	if err := mayWriteFolder(path, files, o); err != nil {
		return err
	}
	parent := folderOf(path)
	if o.Log != "" {
		remember(o.Log, parent)
		defer sweepKnown(o.Log)
	}
	temp, remove, err := Folder(parent)
	if err != nil {
		return cannotWrite(path, err)
	}
	defer func() { err = errors.Join(err, remove()) }()
	if err := write(temp); err != nil {
		return cannotWrite(path, err)
	}
	if err := syncFolder(temp); err != nil {
		return cannotWrite(path, err)
	}
	if err := mayWriteFolder(path, files, o); err != nil { // another program may have made one meanwhile
		return err
	}
	if err := putFolder(temp, path); err != nil {
		return cannotWrite(path, err)
	}
	return syncFolder(parent)
}

// putFolder renames temp to path. A folder that is there goes aside first, under a name that
// no sweep removes, so that one of the two is there whenever the program ends.
func putFolder(temp, path string) error {
	old := path + ".old"
	err := os.Rename(path, old)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return os.Rename(temp, path)
	case err != nil:
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return errors.Join(err, os.Rename(old, path))
	}
	return os.RemoveAll(old)
}

// mayWriteFolder returns an error if a folder at path may not be made or replaced.
func mayWriteFolder(path string, files []string, o Options) error {
	if name := filepath.Base(path); path == "" || name == "." || name == ".." {
		return ward.Conflict("name a folder that is to be made")
	}
	there, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return cannotWrite(path, err)
	case !o.Force:
		return fmt.Errorf("%s: %w", path, fs.ErrExist)
	case !there.IsDir():
		return ward.Conflict(path + " is not a folder; name another one")
	}
	if _, err := os.Lstat(path + ".old"); !errors.Is(err, fs.ErrNotExist) {
		return ward.Conflict(path + ".old exists: look at it, and move it away first")
	}
	inside, err := os.ReadDir(path)
	if err != nil {
		return cannotWrite(path, err)
	}
	for _, file := range inside {
		named := func(pattern string) bool {
			ok, _ := filepath.Match(pattern, file.Name())
			return ok
		}
		if !slices.ContainsFunc(files, named) || !file.Type().IsRegular() {
			return ward.Conflict(path + " has other files than those of an export; name another folder")
		}
	}
	return nil
}

// NewFile makes a file for its owner alone in a folder for [WriteFolder], and syncs it after
// write.
func NewFile(path string, write func(*os.File) error) (err error) {
	file, err := Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return write(file.File)
}

// Create makes a file as [NewFile] does, for a caller that writes several at a time.
func Create(path string) (Synced, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	return Synced{file}, err
}

// Synced is a file that is on the disk once it is closed.
type Synced struct{ *os.File }

// Close syncs the file and closes it.
func (f Synced) Close() error { return errors.Join(f.Sync(), f.File.Close()) }
