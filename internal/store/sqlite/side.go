package sqlite

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"neurocheck/internal/ward"
)

// The sidecar files of a log are in its folder, where another program may have put
// anything: a pipe, of which the first read never ends, a link to a device, or a file
// that fills the memory. So none is opened before it is known to be a plain file.

// sideSuffixes are the sidecar files. SQLite itself opens the last three.
var sideSuffixes = []string{"-queue", "-late", "-intake", "-wal", "-shm", "-journal"}

// mostSide is the greatest size of a sidecar file of this program.
const mostSide = 4096

// refuseSides returns an error if a sidecar file of the log at path is no plain file.
func refuseSides(path string) error {
	for _, suffix := range sideSuffixes {
		side := sidecar(path, suffix)
		info, err := os.Lstat(side)
		if err != nil {
			continue // none, or one that its opening reports
		}
		if err := plainSide(side, info); err != nil {
			return err
		}
	}
	return nil
}

// plainSide returns an error unless info is that of a plain file with one name.
func plainSide(side string, info fs.FileInfo) error {
	switch {
	case !info.Mode().IsRegular():
		return ward.Unavailable(side + " is no plain file but a " + sortOf(info.Mode()) + ", so the log was not opened; see who made it, and remove it")
	case names(info) > 1:
		return ward.Unavailable(side + " has another name as well, so the log was not opened; see who made it, and remove it")
	}
	return nil
}

func sortOf(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeSymlink != 0:
		return "link"
	case mode.IsDir():
		return "folder"
	case mode&fs.ModeNamedPipe != 0:
		return "pipe"
	}
	return "device"
}

// openSide opens a sidecar file of this program without following a link or waiting for
// a pipe. An error of [ward.KindUnavailable] refuses the file, another one says that
// there is none.
func openSide(side string, flags int) (*os.File, error) {
	file, err := os.OpenFile(side, flags|carefully, 0o600)
	if err != nil {
		if info, seen := os.Lstat(side); seen == nil {
			if refused := plainSide(side, info); refused != nil {
				return nil, refused
			}
		}
		return nil, err
	}
	info, err := file.Stat()
	if err == nil {
		err = plainSide(side, info)
	}
	if err == nil && info.Size() > mostSide {
		err = ward.Unavailable(fmt.Sprintf("%s has %d bytes, and the program writes at most %d; see who made it, and remove it", side, info.Size(), mostSide))
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// readSide returns the content of a sidecar file, nil if there is none.
func readSide(side string) ([]byte, error) {
	file, err := openSide(side, os.O_RDONLY)
	if err != nil {
		if ward.KindOf(err) == ward.KindInternal {
			err = nil // there is none, or it cannot be read
		}
		return nil, err
	}
	defer file.Close() // it was only read
	return io.ReadAll(io.LimitReader(file, mostSide))
}
