package sqlite

import (
	"os"
	"path/filepath"
	"time"

	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
)

// A log with two names has two write-ahead logs, one for each name, and programs that
// open it by different names write into each other's pages. So a log has one name.

// finishing is the time that a process may take from giving a new log its name to
// removing the name by which it was made.
const finishing = 300 * time.Millisecond

// refuseNames returns an error if the log at path has more than one name.
func refuseNames(path string) error {
	for waited := time.Duration(0); ; waited += finishing / 10 {
		info, err := os.Stat(path)
		if err != nil || names(info) < 2 {
			return nil // what is wrong with it is reported by its opening
		}
		if removeMade(path, info) {
			continue
		}
		if waited >= finishing {
			return ward.Unavailable(path + " has another name (a hard link): two programs that open it by different names damage it; find the other name with find -samefile, remove it, and try again")
		}
		time.Sleep(finishing / 10)
	}
}

// removeMade removes the name by which the log was made, if its maker was killed before
// it could.
func removeMade(path string, info os.FileInfo) (removed bool) {
	made, err := filepath.Glob(filepath.Join(filepath.Dir(sidecar(path, "")), wholefile.Temporary, "log"))
	if err != nil {
		return false
	}
	for _, name := range made {
		if other, err := os.Lstat(name); err == nil && os.SameFile(other, info) {
			removed = os.Remove(name) == nil || removed
		}
	}
	return removed
}
