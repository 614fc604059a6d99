package store

import (
	"os"
	"path/filepath"

	"neurocheck/internal/store/sqlite"
	"neurocheck/internal/ward"
)

// SetLocal sets the [Store.Local] path of a log on a server. There is no file at that path.
func (s *Store) SetLocal(path string) { s.local = path }

// Local returns the path next to which this machine has the files that belong to the log,
// such as the daily copies and notes of readings that wait: the path of the log itself, or
// that of [Store.SetLocal]. It is empty if there is none.
func (s *Store) Local() string {
	if s.file == nil {
		return s.local
	}
	return s.file.Path()
}

// LocalFile returns the [Store.Local] path for a file that is to be made next to it. It follows
// links, and makes the folder of a log on a server. It returns [ward.KindUnavailable] if the
// log was removed, or if this machine has no folder for it.
func (s *Store) LocalFile() (string, error) {
	if s.file != nil {
		path, err := filepath.EvalSymlinks(s.file.Path())
		if err != nil {
			return "", ward.Unavailable("the log at " + s.file.Path() + " was removed while it was open; leave, and open it again")
		}
		return path, nil
	}
	if s.local == "" {
		return "", ward.Unavailable("this machine has no folder for the files of a ward on a server: there is no home folder; name one with XDG_STATE_HOME")
	}
	if err := os.MkdirAll(filepath.Dir(s.local), 0o700); err != nil {
		return "", ward.Unavailable("cannot make the folder for the files of a ward on a server: " + err.Error())
	}
	return s.local, nil
}

// RecoveryHint returns the advice for a person whose log at path is damaged.
func RecoveryHint(path string) string {
	if path == "" || OnServer(path) {
		return "keep the server as it is, tell its administrator, and go on with a backup: neurocheck restore BACKUP --db FILE"
	}
	return sqlite.RecoveryHint(path)
}

// VerifyNames is more advice after damage: see [RecoveryHint].
const VerifyNames = sqlite.VerifyNames
