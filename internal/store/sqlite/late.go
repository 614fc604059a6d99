package sqlite

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
)

// Notes that could not be recorded wait in a sidecar file of the log, one a line. If it
// cannot be written they wait in memory, and are lost with the machine.

const (
	// mostLate is the greatest size of the file of the late notes, in bytes.
	mostLate = 256 << 10
	// lateLockPatience limits the wait for the lock of that file, which a process that was
	// stopped may hold.
	lateLockPatience = 200 * time.Millisecond
)

// LatePlaces returns the file of the late notes of a log, and the one that replaces it.
func LatePlaces(log string) []string {
	path := sidecar(log, "-late")
	if spare := wholefile.InMemory(path); spare != "" {
		return []string{path, spare}
	}
	return []string{path}
}

// AppendLate appends a line to the first of the files of late notes that takes it.
func AppendLate(places []string, line []byte) error {
	var err error = errNoLatePlace
	for _, path := range places {
		failed := appendLine(path, line)
		if failed == nil {
			return nil
		}
		err = errors.Join(err, failed)
	}
	return err
}

var errNoLatePlace = ward.Unavailable("the note of this act cannot wait on this machine")

// appendLine appends a line to a file of late notes, or nothing.
func appendLine(path string, line []byte) error {
	file, err := openLate(path, os.O_CREATE|os.O_RDWR|os.O_APPEND)
	if err != nil {
		return err
	}
	defer file.Close()
	lockBriefly(file, lateLockPatience) // without it a note may be lost, with a process that was stopped
	info, err := file.Stat()
	if err != nil {
		return err
	}
	here, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && !os.SameFile(here, info): // it was removed meanwhile
		return appendLine(path, line)
	case err != nil:
		return err
	case info.Size()+int64(len(line)) > mostLate:
		return ward.Unavailable(path + " is full")
	}
	if _, err = file.Write(line); err == nil {
		err = file.Sync()
	}
	if err != nil {
		err = errors.Join(err, file.Truncate(info.Size()))
	}
	return err
}

// openLate opens a file of late notes, which must be a plain one of this user.
func openLate(path string, flags int) (*os.File, error) {
	file, err := os.OpenFile(path, flags|carefully, 0o600)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && (!wholefile.Mine(info) || info.Size() > mostLate) {
		err = fmt.Errorf("%s was not made by this program", path)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// ReadLate returns the content of a file of late notes, nil if there is none.
func ReadLate(path string) ([]byte, error) {
	file, err := openLate(path, os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close() // it was only read
	return io.ReadAll(io.LimitReader(file, mostLate))
}

// PruneLate takes the lines away that keep does not keep.
func PruneLate(path string, keep func(line []byte) bool) {
	file, err := openLate(path, os.O_RDWR)
	if err != nil {
		return
	}
	defer file.Close()
	lockBriefly(file, lateLockPatience)
	content, err := io.ReadAll(io.LimitReader(file, mostLate))
	if err != nil {
		return
	}
	var rest []byte
	for line := range bytes.Lines(content) {
		if keep(line) {
			rest = append(rest, line...)
		}
	}
	if len(rest) == 0 {
		_ = os.Remove(path) // a note that stays is known by its ID
		return
	}
	if _, err := file.WriteAt(rest, 0); err == nil {
		_ = file.Truncate(int64(len(rest)))
	}
}
