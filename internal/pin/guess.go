package pin

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
)

// Guess returns one try of a PIN for a sign-in. A log that can be written counts wrong
// PINs itself; otherwise the file [Keeper.Tries] counts them. passing is set for a temporary
// log, whose own count is removed with it.
func (k *Keeper) Guess(secret string, passing bool) ward.Guess {
	g := ward.Guess{
		Matches: func(p ward.PIN) (bool, error) { return k.Matches(p.Digest, secret) },
		Passing: passing,
	}
	if k.Tries != "" {
		g.Counter = counter{k.Tries}
	}
	return g
}

// counter counts wrong PINs outside of the log: in a file, and in memory if the disk of the file
// is full. The file counts by digest, so that a new PIN starts at zero.
type counter struct{ path string }

// places returns the path of the file, and of the one that replaces it while its disk is
// full or a stopped program holds its lock.
func (b counter) places() []string {
	if spare := wholefile.InMemory(b.path); spare != "" {
		return []string{b.path, spare}
	}
	return []string{b.path}
}

// Tries returns the wrong PINs in all files. It takes no lock, because a stopped program
// may hold it.
func (b counter) Tries(p ward.PIN, now func() ward.Uptime) (sum ward.Tries, err error) {
	for _, path := range b.places() {
		all, err := lookAt(path)
		if err != nil {
			return sum, err
		}
		sum = sum.Plus(all[idOf(p)].tries(), now())
	}
	return sum, nil
}

// Change replaces the count of a PIN with the result of change, which gets the sum over
// all files. When Change returns nil the count is on disk, or in memory if the disk is full.
// It writes an unchanged count too, so that a right PIN fails if a wrong one would. If
// change fails, nothing is written, and Change returns its error.
func (b counter) Change(p ward.PIN, now func() ward.Uptime, change func(ward.Tries) (ward.Tries, error)) error {
	var refused error
	places := b.places()
	for i, path := range places {
		err := b.changeIn(path, p, func(here ward.Tries) (ward.Tries, error) {
			others := ward.Tries{}
			for j, other := range places {
				if j == i {
					continue
				}
				all, err := lookAt(other)
				if err != nil {
					return here, err
				}
				others = others.Plus(all[idOf(p)].tries(), now())
			}
			after, err := change(here.Plus(others, now()))
			refused = err
			after.Wrong = max(0, after.Wrong-others.Wrong)
			return after, err
		})
		if refused != nil || err == nil {
			return refused
		}
		if ward.KindOf(err) != ward.KindInternal {
			return err
		}
		if !passes(err) {
			break
		}
	}
	return ward.Unavailable("wrong PINs cannot be counted in " + b.path + ", so that none is asked for; see to the permissions of its folder and to the room on its disk")
}

// Forget removes the count of a PIN, because the log has recorded a sign-in.
func (b counter) Forget(p ward.PIN) error {
	var errs []error
	for _, path := range b.places() {
		if all, err := lookAt(path); err != nil || all[idOf(p)].Wrong == 0 {
			continue
		}
		errs = append(errs, b.changeIn(path, p, func(ward.Tries) (ward.Tries, error) { return ward.Tries{}, nil }))
	}
	return errors.Join(errs...)
}

func (b counter) changeIn(path string, p ward.PIN, change func(ward.Tries) (ward.Tries, error)) error {
	file, err := openTries(path)
	if err != nil {
		return err
	}
	defer file.Close() // releases the lock
	all, err := readTries(file)
	if err != nil {
		return err
	}
	after, err := change(all[idOf(p)].tries())
	if err != nil {
		return err
	}
	if all[idOf(p)] = triesOf(after); after.Wrong == 0 {
		delete(all, idOf(p))
	}
	if err := writeTries(file, all); err != nil {
		return err
	}
	if len(all) == 0 && path != b.path {
		return os.Remove(path)
	}
	return nil
}

func idOf(p ward.PIN) string {
	sum := sha256.Sum256([]byte(p.Digest))
	return hex.EncodeToString(sum[:16])
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

// openTries opens the file of the counts and locks it. It gives up after a while, so that a
// program that was stopped with the lock does not block the others for ever.
func openTries(path string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	for {
		file, err := opened(path, os.O_CREATE|os.O_RDWR)
		if err != nil {
			return nil, err
		}
		if err := lockWithin(file, lockPatience); err != nil {
			return nil, errors.Join(err, file.Close())
		}
		here, err := os.Lstat(path)
		if info, failed := file.Stat(); err == nil && failed == nil && os.SameFile(here, info) {
			return file, nil
		}
		file.Close() // another program has removed it meanwhile
	}
}

const lockPatience = 2 * time.Second

// opened opens a file of the counts, which must be a plain one of this user.
func opened(path string, flags int) (*os.File, error) {
	file, err := os.OpenFile(path, flags|noFollow, 0o600)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !wholefile.Mine(info) {
		err = fmt.Errorf("%s is not a plain file of this user alone", path)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// lookAt reads the counts without a lock; there are none if the file does not exist. It reads
// a text that does not parse again, because another program may be writing it.
func lookAt(path string) (all map[string]counts, err error) {
	for range 5 {
		file, failed := opened(path, os.O_RDONLY)
		if errors.Is(failed, fs.ErrNotExist) || failed != nil && filepath.Dir(path) == wholefile.Memory { // of another user
			return nil, nil
		}
		if failed != nil {
			return nil, ward.Unavailable(fmt.Sprintf("the wrong PINs cannot be read in %s, so that none is asked for: %v", path, failed))
		}
		all, err = readTries(file)
		file.Close()
		if err == nil {
			return all, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return nil, err
}

// mostTries is far above the size of the counts of all names on several wards. The file has
// leastTries bytes from the beginning, so that a count can be written on a full disk.
const (
	mostTries  = 1 << 20
	leastTries = 4096
)

func readTries(file *os.File) (map[string]counts, error) {
	text, err := io.ReadAll(io.LimitReader(file, mostTries))
	if err != nil {
		return nil, err
	}
	all := map[string]counts{}
	if text = bytes.TrimSpace(text); len(text) > 0 {
		if err := json.Unmarshal(text, &all); err != nil {
			return nil, ward.Unavailable(file.Name() + " holds something else than the counts of wrong PINs; an administrator removes it after asking why")
		}
	}
	return all, nil
}

// writeTries overwrites the counts in place, because a full disk has no room for a new file.
func writeTries(file *os.File, all map[string]counts) error {
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	room := max(leastTries, int(info.Size()))
	if len(text) < room {
		text = append(text, bytes.Repeat([]byte(" "), room-len(text))...)
	}
	if _, err := file.WriteAt(text, 0); err != nil {
		if info.Size() == 0 {
			_ = file.Truncate(0) // a first count that was cut off
		}
		return err
	}
	return file.Sync()
}
