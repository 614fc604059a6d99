package pin

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"neurocheck/internal/uptime"
	"neurocheck/internal/ward"
)

// Guess returns the function that compares a PIN with the one in the log, for
// [store.Store.SignIn]. A log that is open for writing counts wrong PINs itself. For one
// that is open read-only the keeper counts them, in the file [Keeper.Tries].
func (k *Keeper) Guess(secret string, readOnly bool) func(ward.PIN) (bool, error) {
	return func(p ward.PIN) (bool, error) {
		if !readOnly || k.Tries == "" {
			return k.Matches(p.Digest, secret)
		}
		return k.counted(p.Digest, secret)
	}
}

// counted is [Keeper.Matches] for a log that cannot count. The file has one digest after
// the other, so that a new PIN begins with no wrong ones. It is locked while a PIN is
// compared, and counts a try before the comparison, so that neither many programs at
// once nor a killed one gains a guess.
func (k *Keeper) counted(digest, secret string) (bool, error) {
	file, err := openTries(k.Tries)
	if err != nil {
		return false, ward.Unavailable("wrong PINs cannot be counted in " + k.Tries + ", so that none is asked for; see to the permissions of its folder, or open the log without --read-only")
	}
	defer file.Close() // which releases the lock
	all, err := readTries(file)
	if err != nil {
		return false, err
	}
	sum := sha256.Sum256([]byte(digest))
	id := hex.EncodeToString(sum[:16])
	now := uptime.Now()
	if err := all[id].tries().Refusal(now); err != nil {
		return false, err
	}
	before := all[id]
	all[id] = triesOf(ward.Tries{Wrong: before.Wrong + 1, Last: now})
	if err := writeTries(file, all); err != nil {
		return false, err
	}
	right, err := k.Matches(digest, secret)
	switch {
	case err != nil:
		all[id] = before
	case right:
		delete(all, id)
	default:
		return false, nil
	}
	return right, errors.Join(err, writeTries(file, all))
}

// counts is the JSON of [ward.Tries].
type counts struct {
	Wrong int           `json:"wrong"`
	Boot  string        `json:"boot"`
	For   time.Duration `json:"for"`
}

func (c counts) tries() ward.Tries {
	return ward.Tries{Wrong: c.Wrong, Last: ward.Uptime{Boot: c.Boot, For: c.For}}
}

func triesOf(t ward.Tries) counts { return counts{t.Wrong, t.Last.Boot, t.Last.For} }

// openTries opens the file of the counts, and locks it.
func openTries(path string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a plain file", path)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|noFollow, 0o600)
	if err != nil {
		return nil, err
	}
	return file, lock(file)
}

// mostTries is far above the size of the counts of every name on several wards.
const mostTries = 1 << 20

func readTries(file *os.File) (map[string]counts, error) {
	text, err := io.ReadAll(io.LimitReader(file, mostTries))
	if err != nil {
		return nil, err
	}
	all := map[string]counts{}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &all); err != nil {
			return nil, ward.Unavailable(file.Name() + " holds something else than the counts of wrong PINs; an administrator removes it after asking why")
		}
	}
	return all, nil
}

func writeTries(file *os.File, all map[string]counts) error {
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	if err := file.Truncate(0); err != nil {
		return err
	}
	if _, err := file.WriteAt(text, 0); err != nil {
		return err
	}
	return file.Sync()
}
