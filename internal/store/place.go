package store

import (
	"os"
	"path/filepath"
	"strings"

	"neurocheck/internal/store/sqlite"
	"neurocheck/internal/ward"
)

// OnServer reports whether a log is named as a ward on a PostgreSQL server, such as
// postgres://db.example/hospital?ward=w7b, and not as a file.
func OnServer(log string) bool {
	return strings.HasPrefix(log, "postgres://") || strings.HasPrefix(log, "postgresql://")
}

// Path returns the path of the log, empty if it is in no file.
func (s *Store) Path() string {
	if s.file == nil {
		return ""
	}
	return s.file.Path()
}

// SetPlace sets the [Store.Place] of a log on a server. There is no file at that path.
func (s *Store) SetPlace(path string) { s.place = path }

// Place returns the path beside which this machine has the files that belong to the log,
// such as the daily copies and notes of readings that wait: the path of the log itself, or
// that of [Store.SetPlace]. It is empty if there is none.
func (s *Store) Place() string {
	if s.file == nil {
		return s.place
	}
	return s.file.Path()
}

// Beside returns the place of the log for a file that is to be made beside it. It follows
// links, and makes the folder of a log on a server. It returns [ward.KindUnavailable] if the
// log was removed, or if this machine has no folder for it.
func (s *Store) Beside() (string, error) {
	if s.file != nil {
		path, err := filepath.EvalSymlinks(s.file.Path())
		if err != nil {
			return "", ward.Unavailable("the log at " + s.file.Path() + " was removed while it was open; leave, and open it again")
		}
		return path, nil
	}
	if s.place == "" {
		return "", ward.Unavailable("this machine has no folder for the files of a ward on a server: there is no home folder; name one with XDG_STATE_HOME")
	}
	if err := os.MkdirAll(filepath.Dir(s.place), 0o700); err != nil {
		return "", ward.Unavailable("cannot make the folder for the files of a ward on a server: " + err.Error())
	}
	return s.place, nil
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
