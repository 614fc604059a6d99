package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// explain turns an error of SQLite into one that says how a person can go on. Other
// errors pass through.
func explain(path string, err error) error {
	if err == nil {
		return nil
	}
	if damage, ok := errors.AsType[engine.Damage](err); ok {
		return ward.UnavailableFor(ward.LogDamaged, fmt.Sprintf("%s is damaged: %s; %s", path, damage.Words, RecoveryHint(path)))
	}
	if ward.KindOf(err) != ward.KindInternal {
		return err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return Locked(path)
	}
	if neverFinished(err) {
		return ward.Unavailable(path + " is a log that was never finished, or is damaged; if nothing was kept there, remove it and start again, else " + RecoveryHint(path))
	}
	switch cause(err) {
	case engine.CauseBusy:
		return Locked(path)
	case engine.CauseDamaged, engine.CauseMissing, engine.CauseContradiction:
		if strings.Contains(err.Error(), "malformed database schema") { // nor can a verification read it
			return ward.UnavailableFor(ward.LogDamaged, path+" is damaged: the list of its tables cannot be read, and so none of its records; nothing was changed: "+RecoveryHint(path))
		}
		return ward.UnavailableFor(ward.LogDamaged, path+" is damaged or is no database; nothing was changed: "+RecoveryHint(path)+VerifyNames)
	case engine.CauseFull:
		return ward.UnavailableFor(ward.DiskFull, "the disk is full; nothing was saved: make room, and try again")
	case engine.CauseDisk:
		return ward.Unavailable("the disk failed under " + path + "; do not count on what was being saved: have the disk seen to, look again, and repeat what is missing")
	case engine.CauseReadOnly:
		return cannotWrite(path)
	case engine.CauseCannotOpen:
		return ward.Unavailable("cannot open " + path + "; see to its permissions and those of its folder")
	}
	return err
}

// Locked returns the error of a log that another program holds.
func Locked(path string) error {
	return ward.UnavailableFor(ward.LogLocked, "another program holds "+path+" locked; close it, and try again")
}

func neverFinished(err error) bool {
	return strings.Contains(err.Error(), "no such table: goose_db_version")
}

// RecoveryHint returns the advice for a person whose log at path is damaged. It names the
// newest daily copy if there is one.
func RecoveryHint(path string) string {
	const keep = "keep the file as it is, and go on with the newest daily copy"
	folder := filepath.Join(filepath.Dir(path), "backups")
	if newest := newestCopy(folder, filepath.Base(path)); newest != "" {
		return keep + ": neurocheck restore " + newest
	}
	return keep + " in " + folder + ": neurocheck restore BACKUP"
}

// newestCopy returns the path of the newest daily copy of a log, empty if there is none, or
// if a shell would not take the path as it is.
func newestCopy(folder, log string) string {
	ext := filepath.Ext(log)
	entries, _ := os.ReadDir(folder) // in the order of their days
	for _, e := range slices.Backward(entries) {
		day, ok := strings.CutPrefix(strings.TrimSuffix(e.Name(), ext), strings.TrimSuffix(log, ext)+"-")
		if date, err := ward.ParseDate(day); !ok || err != nil || date.String() != day || filepath.Ext(e.Name()) != ext {
			continue
		}
		if path := filepath.Join(folder, e.Name()); !strings.ContainsAny(path, " \t\n\"'`$&|;<>()*?[]#~!\\") {
			return path
		}
	}
	return ""
}

// VerifyNames is more advice after damage: see [RecoveryHint].
const VerifyNames = "; neurocheck verify names the first record that is lost, if that can still be read"

func cannotWrite(path string) error {
	return ward.Unavailable("cannot write to " + path + " or its folder; see to their permissions, or look at it with --read-only")
}
