package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"neurocheck/internal/ward"
)

// sidecar returns the path of a file that belongs to the log: it is in the folder of
// the log itself, also if path is a link to it.
func sidecar(path, suffix string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return path + suffix
}

// locate returns an error unless there is a file that may be a log.
func locate(path string) (string, os.FileInfo, error) {
	if err := checkSQLite(); err != nil {
		return "", nil, err
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", nil, err
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil, ward.NotFound("there is no log at " + path)
	case err != nil:
		return "", nil, ward.Unavailable(fmt.Sprintf("cannot look at the log: %v", err))
	case !info.Mode().IsRegular():
		return "", nil, ward.Unavailable(path + " is not a file")
	case info.Size() == 0:
		return "", nil, ward.Unavailable(path + " is empty, so it is no log; if nothing was kept there, remove it and start again, else " + RecoveryHint(path))
	}
	if err := refuseSides(path); err != nil {
		return "", nil, err
	}
	if err := refuseNames(path); err != nil {
		return "", nil, err
	}
	// Of the file itself: path may be a link into another folder.
	return path, info, refuseNetwork(path)
}
