// Package wholefile makes files that appear whole or not at all, for their owner
// alone, and that never take the place of another by mistake: exports, backups and
// new logs are written with it.
//
// [Write] does it all. [Put] gives a file that is finished already its name.
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
	Log   string // where the log is: it, and what belongs to it, is never replaced
}

// Temporary is the pattern of the names that files have while they are written.
const Temporary = ".neurocheck-*.tmp"

// Write makes the file at path of what write puts into temp, which lies beside
// it until then; temp is synced and closed afterwards. A file that is there is left
// as it is, and the error is [fs.ErrExist], unless o.Force is set; a link, a folder
// or another thing that is no plain file is never replaced, nor is the log.
func Write(path string, o Options, write func(temp *os.File) error) (err error) {
	if err := mayWrite(path, o); err != nil {
		return err
	}
	temp, err := os.CreateTemp(folderOf(path), Temporary) // 0600
	if err != nil {
		return cannotWrite(path, err)
	}
	defer func() {
		temp.Close() // does nothing where it was closed
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
	if err := mayWrite(path, o); err != nil { // somebody may have put something there meanwhile
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

// Put gives the finished file temp, which lies on the same disk, the name path,
// and makes that last. It replaces nothing: where anything is there, the error is
// [fs.ErrExist]. The name temp may be there afterwards or not.
func Put(temp, path string) error {
	err := os.Link(temp, path) // unlike a rename, it never replaces
	if err != nil && !errors.Is(err, fs.ErrExist) {
		err = claim(temp, path) // there are file systems without links, such as those of memory sticks
	}
	if err != nil {
		return cannotWrite(path, err)
	}
	return syncFolder(folderOf(path))
}

// claim takes the name path with an empty file, where nothing has it yet, and
// renames temp over that.
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

// mayWrite judges what stands at path.
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
		// The log is looked at and not opened: closing it again would drop the
		// locks that this program may hold on it.
		if log, err := os.Stat(o.Log + suffix); err == nil && os.SameFile(log, there) {
			return ward.Conflict(path + " belongs to the log itself; name another file")
		}
	}
	if !o.Force {
		return fmt.Errorf("%s: %w", path, fs.ErrExist)
	}
	return nil
}

// syncFolder makes the names in a folder last.
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

// cannotWrite says of which file a failure is, without the name of the temporary
// one.
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
