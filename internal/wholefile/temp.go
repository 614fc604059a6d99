package wholefile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Temporary is the pattern of the names of unfinished files, and of folders for them.
const Temporary = ".neurocheck-*.tmp"

// Memory is the folder of Linux for files in memory, which has room if the disk is full.
const Memory = "/dev/shm"

// abandonedAfter is the age at which an unfinished file counts as abandoned on a system
// without locks.
const abandonedAfter = 24 * time.Hour

// newTemp makes an unfinished file for its owner alone, and locks it, so that no sweep of
// another program removes it.
func newTemp(folder string) (*os.File, error) {
	for {
		file, err := os.CreateTemp(folder, Temporary) // 0600
		if err != nil {
			return nil, err
		}
		if claimed(file) {
			return file, nil
		}
		file.Close() // it was swept before it was locked
	}
}

// Folder makes a folder for unfinished files, for its owner alone, and sweeps the parent.
// The caller must call remove.
func Folder(parent string) (folder string, remove func() error, err error) {
	Sweep(parent)
	for {
		folder, err = os.MkdirTemp(parent, Temporary) // 0700
		if err != nil {
			return "", nil, err
		}
		hold, err := os.Open(folder)
		if errors.Is(err, fs.ErrNotExist) {
			continue // it was swept before it was locked
		}
		if err != nil {
			return "", nil, errors.Join(err, os.Remove(folder))
		}
		if claimed(hold) {
			return folder, func() error { return errors.Join(os.RemoveAll(folder), hold.Close()) }, nil
		}
		hold.Close()
	}
}

// claimed locks a new file or folder, and reports whether it is still there. It waits for a
// sweep that has the lock, because that removes it.
func claimed(file *os.File) bool {
	_ = waitLock(file) // a system without locks sweeps by age
	return isAt(file, file.Name())
}

// isAt reports whether an open file is the one at path.
func isAt(file *os.File, path string) bool {
	mine, err := file.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(path)
	return err == nil && os.SameFile(mine, there)
}

// Sweep removes the unfinished files and folders that killed programs have left in a folder.
// It ignores errors, because no work may fail because of them.
func Sweep(folder string) {
	_ = sweep(folder)
}

// sweep reports whether no unfinished file is left.
func sweep(folder string) (clean bool) {
	matches, _ := filepath.Glob(filepath.Join(escaped(folder), Temporary))
	clean = true
	for _, path := range matches {
		if !removedIfAbandoned(path) {
			clean = false
		}
	}
	sidecars, _ := filepath.Glob(filepath.Join(escaped(folder), Temporary+"-*")) // journals of SQLite
	for _, path := range sidecars {
		if _, err := os.Lstat(path[:strings.LastIndex(path, "-")]); errors.Is(err, fs.ErrNotExist) && os.Remove(path) != nil {
			clean = false
		}
	}
	return clean
}

// escaped returns a folder as a pattern that matches it alone.
func escaped(folder string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(folder)
}

// removedIfAbandoned removes an unfinished file if no running program holds its lock, and
// reports whether it did. It follows no links, and opens nothing that may block. It has the
// lock until the file is gone: a program that has made the file and not locked it yet would
// go on with a file that is removed.
func removedIfAbandoned(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || !info.IsDir() && !info.Mode().IsRegular() {
		return false
	}
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close() // releases the lock
	switch err := tryLock(file); {
	case errors.Is(err, errors.ErrUnsupported):
		file.Close() // Windows removes no open file
		return time.Since(info.ModTime()) > abandonedAfter && os.RemoveAll(path) == nil
	case err != nil:
		return false
	}
	return os.RemoveAll(path) == nil
}

// remember adds a folder to the list next to the log, so that the next start sweeps it too.
func remember(log, folder string) {
	folder, err := filepath.Abs(folder)
	if err != nil || strings.ContainsAny(folder, "\n\x00") || folder == filepath.Dir(log) {
		return
	}
	file, known, err := openFolders(log)
	if err != nil {
		return
	}
	defer file.Close()
	if !slices.Contains(known, folder) {
		_, _ = file.WriteAt([]byte(strings.Join(append(known, folder, ""), "\n")), 0)
	}
}

// SweepFor sweeps every folder in which a program may have left unfinished files of a
// log: the log's own, its daily copies, those of exports and backups, and the one for
// temporary files.
func SweepFor(log string) {
	if real, err := filepath.EvalSymlinks(log); err == nil {
		log = real
	}
	log, err := filepath.Abs(log)
	if err != nil {
		return
	}
	Sweep(filepath.Dir(log))
	Sweep(filepath.Join(filepath.Dir(log), "backups"))
	Sweep(os.TempDir())
	Sweep(Memory)
	sweepKnown(log)
}

// sweepKnown sweeps the folders of the list, and removes those that are clean from it.
func sweepKnown(log string) {
	if _, err := os.Lstat(log + folders); err != nil {
		return
	}
	file, known, err := openFolders(log)
	if err != nil {
		return
	}
	defer file.Close()
	left := slices.DeleteFunc(known, sweep)
	if len(left) == 0 {
		_ = os.Remove(file.Name())
		return
	}
	if file.Truncate(0) == nil {
		_, _ = file.WriteAt([]byte(strings.Join(append(left, ""), "\n")), 0)
	}
}

// folders is the suffix of the file that names folders for [SweepFor], one a line.
const (
	folders     = "-temp"
	mostFolders = 64 << 10
)

// openFolders opens, locks and reads the file that names folders. It refuses anything but a
// plain file.
func openFolders(log string) (file *os.File, known []string, err error) {
	path := log + folders
	for {
		if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
			return nil, nil, fs.ErrInvalid
		}
		file, err = os.OpenFile(path, os.O_CREATE|os.O_RDWR|noFollow, 0o600)
		if err != nil {
			return nil, nil, err
		}
		_ = waitLock(file) // without it two programs at once may lose a line
		if isAt(file, path) {
			break
		}
		file.Close() // it was removed before it was locked
	}
	text, err := io.ReadAll(io.LimitReader(file, mostFolders))
	if err != nil {
		return nil, nil, errors.Join(err, file.Close())
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSuffix(line, "\n"); filepath.IsAbs(line) {
			known = append(known, line)
		}
	}
	return file, known, nil
}
