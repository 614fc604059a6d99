// Package wholefile writes files that appear whole or not at all, for their owner
// alone, and never replace another file by mistake. Exports, backups and new logs are
// written with it.
//
// Start with [Write]. [Put] renames a file that is finished already, [Folder] makes a folder
// for unfinished files, [SweepFor] removes those that a killed program has left, and
// [OpenPlain] and [OpenInput] open a file for reading.
package wholefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"neurocheck/internal/ward"
)

// Options are the options of [Write].
type Options struct {
	Force bool   // replace a plain file that is there
	Log   string // path of the log: it and its sidecar files are never replaced
}

// Write calls write to fill temp, a file in the same folder, then syncs it and renames it
// to path. If there is a file already Write does not change it, and the error is
// [fs.ErrExist], unless o.Force is set. Write never replaces the log, nor anything that
// is not a plain file.
func Write(path string, o Options, write func(temp *os.File) error) (err error) {
	if err := mayWrite(path, o); err != nil {
		return err
	}
	Sweep(folderOf(path))
	if o.Log != "" {
		remember(o.Log, folderOf(path))
		defer sweepKnown(o.Log) // after the temporary file is renamed or removed
	}
	temp, err := newTemp(folderOf(path))
	if err != nil {
		return cannotWrite(path, err)
	}
	defer func() {
		temp.Close() // has no effect if it is closed already
		if removed := os.Remove(temp.Name()); !errors.Is(removed, fs.ErrNotExist) {
			err = errors.Join(err, removed)
		}
	}()
	err = write(temp)
	if err == nil {
		err = errors.Join(temp.Sync(), temp.Close())
	}
	if err != nil {
		return cannotWrite(path, err)
	}
	if err := mayWrite(path, o); err != nil { // another program may have made a file meanwhile
		return err
	}
	if !o.Force {
		return Put(temp.Name(), path)
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return cannotWrite(path, err)
	}
	return syncFolder(folderOf(path))
}

// OpenPlain opens a plain file for reading. It refuses anything else without opening it,
// because opening a pipe waits for another program to write to it.
func OpenPlain(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = ward.Unavailable(path + " is no regular file")
	}
	if err != nil {
		return nil, err
	}
	return os.Open(path)
}

// OpenInput opens a file that a person names for reading. It refuses a pipe that has a name
// of its own, because opening it waits for another program that may never write. Those that
// a shell makes, as for <(gunzip -c FILE), are open already.
func OpenInput(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err == nil && info.Mode()&fs.ModeNamedPipe != 0 && !strings.HasPrefix(path, "/dev/fd/") && path != "/dev/stdin" && !strings.HasPrefix(path, "/proc/") {
		return nil, ward.Unavailable(path + " is a pipe: name a file, or - for standard input")
	}
	return os.Open(path)
}

// Put renames the finished file temp to path, which must be on the same disk, and syncs the
// folder. It never replaces a file: if path exists the error is [fs.ErrExist]. The name temp
// may still exist afterwards.
func Put(temp, path string) error {
	err := os.Link(temp, path) // unlike a rename, it never replaces
	if err != nil && !errors.Is(err, fs.ErrExist) {
		err = claim(temp, path) // some file systems have no links, such as those of memory sticks
	}
	if err != nil {
		return cannotWrite(path, err)
	}
	return syncFolder(folderOf(path))
}

// claim makes an empty file at path, if there is none, and renames temp over it.
func claim(temp, path string) error {
	empty, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	err = errors.Join(empty.Close(), os.Rename(temp, path))
	if err != nil {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

// mayWrite returns an error if a file at path may not be written or replaced.
func mayWrite(path string, o Options) error {
	if name := filepath.Base(path); strings.HasSuffix(path, string(filepath.Separator)) || name == "." || name == ".." {
		return ward.Conflict(path + " is a folder; name a file in it")
	}
	there, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return cannotWrite(path, err)
	case there.IsDir():
		return ward.Conflict(path + " is a folder; name a file in it")
	case there.Mode()&fs.ModeSymlink != 0:
		return ward.Conflict(path + " is a link; name the file itself")
	case !there.Mode().IsRegular():
		return ward.Conflict(path + " is not a plain file; name another one")
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		// This does not open the log: closing it again would drop the locks of this
		// process on it.
		if log, err := os.Stat(o.Log + suffix); err == nil && os.SameFile(log, there) {
			return ward.Conflict(path + " belongs to the log itself; name another file")
		}
	}
	if !o.Force {
		return fmt.Errorf("%s: %w", path, fs.ErrExist)
	}
	return nil
}

// syncFolder syncs the names in a folder.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

func folderOf(path string) string {
	folder, _ := filepath.Split(path)
	return filepath.Clean(folder)
}

// cannotWrite names path, and not the temporary file, in an error.
func cannotWrite(path string, err error) error {
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s: %w", path, fs.ErrExist)
	}
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("cannot write %s: %w", path, e.Err)
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return fmt.Errorf("cannot write %s: %w", path, e.Err)
	}
	return err
}
