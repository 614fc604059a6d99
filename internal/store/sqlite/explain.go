package sqlite

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
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

// RecoveryHint returns the advice for a person whose log at path is damaged.
func RecoveryHint(path string) string {
	return "keep the file as it is, and go on with the newest daily copy in " + filepath.Join(filepath.Dir(path), "backups") + ": neurocheck restore BACKUP"
}

// VerifyNames is more advice after damage: see [RecoveryHint].
const VerifyNames = "; neurocheck verify names the first record that is lost, if that can still be read"

func cannotWrite(path string) error {
	return ward.Unavailable("cannot write to " + path + " or its folder; see to their permissions, or look at it with --read-only")
}
