package pin

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"neurocheck/internal/store"
	"neurocheck/internal/uptime"
	"neurocheck/internal/ward"
)

// keepers returns a PIN of a log, and a function that makes the keeper of another program
// on the same machine.
func keepers(t *testing.T) (ward.PIN, func() *Keeper) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tries")
	k := with(1)
	digest, err := k.Digest("246810", true)
	if err != nil {
		t.Fatal(err)
	}
	return ward.PIN{Digest: digest}, func() *Keeper {
		k := with(1)
		k.Tries = path
		return k
	}
}

// compare makes one try for a log that counts nothing, as the store does.
func compare(k *Keeper, secret string, p ward.PIN) (right bool, err error) {
	g := k.Guess(secret, false)
	if right, err = g.Matches(p); err != nil {
		return false, err
	}
	err = g.Counter.Change(p, uptime.Now, func(t ward.Tries) (ward.Tries, error) {
		now := uptime.Now()
		if err := t.Refusal(now); err != nil || right {
			return ward.Tries{}, err
		}
		return ward.Tries{Wrong: t.Wrong + 1, Last: now}, nil
	})
	return right && err == nil, err
}

// A log that is open read-only cannot count wrong PINs, so that the keeper does: over all
// programs, and whatever they are called (cases.md C5).
func TestWrongPINsForAReadOnlyLogAreCounted(t *testing.T) {
	p, start := keepers(t)
	for range 2 {
		if ok, err := compare(start(), "wrong", p); ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	if ok, err := compare(start(), "246810", p); !ok || err != nil {
		t.Fatal(ok, err)
	}
	compared := 0
	for range 20 {
		if _, err := compare(start(), "wrong", p); err == nil {
			compared++
		} else if ward.KindOf(err) != ward.KindConflict {
			t.Fatal(err)
		}
	}
	if compared != 3 {
		t.Errorf("%d of 20 wrong PINs were compared at once, not 3", compared)
	}
	if ok, err := compare(start(), "246810", p); ok || ward.KindOf(err) != ward.KindConflict {
		t.Errorf("the right PIN need not wait: %v, %v", ok, err)
	}
	k := with(1)
	another, _ := k.Digest("135799", false)
	if ok, err := compare(start(), "135799", ward.PIN{Digest: another}); !ok || err != nil {
		t.Errorf("another PIN waits too: %v, %v", ok, err)
	}
}

func TestManyProgramsGainNoGuess(t *testing.T) {
	p, start := keepers(t)
	var compared int
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if _, err := compare(start(), "wrong", p); err == nil {
				mu.Lock()
				compared++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if compared != 3 {
		t.Errorf("%d of 16 wrong PINs at once were compared, not 3", compared)
	}
}

func TestNoPINIsAskedIfItCannotBeCounted(t *testing.T) {
	p, start := keepers(t)
	k := start()
	if err := os.MkdirAll(k.Tries, 0o700); err != nil {
		t.Fatal(err)
	}
	if ok, err := compare(k, "246810", p); ok || ward.KindOf(err) != ward.KindUnavailable || !strings.Contains(err.Error(), "so that none is asked for") {
		t.Errorf("%v, %v", ok, err)
	}
	if err := os.Remove(k.Tries); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(k.Tries, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if ok, err := compare(k, "246810", p); ok || ward.KindOf(err) != ward.KindUnavailable {
		t.Errorf("a broken file: %v, %v", ok, err)
	}
}

// A program that was stopped while it counts does not stop the others for ever, and a file
// that is a link, or of many names, is refused. A full count is written in its own room.
func TestTheCountOfWrongPINsIsSafe(t *testing.T) {
	p, start := keepers(t)
	k := start()
	if _, err := compare(k, "wrong", p); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(k.Tries)
	if err != nil || info.Size() != leastTries || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	if _, err := compare(k, "wrong", p); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(k.Tries); err != nil || info.Size() != leastTries {
		t.Errorf("the file needs more room: %v, %v", info, err)
	}
	if err := os.Link(k.Tries, k.Tries+"-2"); err != nil {
		t.Fatal(err)
	}
	if ok, err := compare(k, "246810", p); ok || ward.KindOf(err) != ward.KindUnavailable {
		t.Errorf("a file with two names: %v, %v", ok, err)
	}
}

// heldLog runs do while another program holds the log.
func heldLog(t *testing.T, path string, do func()) {
	t.Helper()
	db, err := sql.Open("sqlite3", path+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	do()
}

// An adversary who stops a writer, lets it go on, and opens the log read-only in between
// gains no guess: the counts of all states add up. The right PIN signs in in every state
// (cases.md C5, C13).
func TestWrongPINsOfAllStatesAddUp(t *testing.T) {
	p, start := keepers(t)
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "ward.db")
	s, err := store.Create(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	up := ward.Uptime{Boot: "one", For: time.Hour}
	at := time.Date(2026, 6, 10, 8, 0, 0, 0, time.UTC)
	kim := ward.Staff{Name: "Kim Adler", Role: ward.Admin, Active: true, PIN: p}
	if err := s.SetUp(ctx, ward.Sign("Kim Adler", at), ward.Ward{Name: "Haematology 4", Zone: "UTC"}, kim); err != nil {
		t.Fatal(err)
	}
	readOnly, err := store.OpenReadOnly(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer readOnly.Close()
	for _, log := range []*store.Store{s, readOnly} {
		log.SetUptime(func() ward.Uptime { return up })
	}
	try := func(state, secret string) (err error) {
		log := s
		if state == "read-only" {
			log = readOnly
		}
		do := func() {
			_, err = log.SignIn(ctx, ward.Sign("Kim Adler", at), ward.SignedIn, start().Guess(secret, state == "passing"))
		}
		if state == "held" {
			log.SetPatience(50 * time.Millisecond)
			heldLog(t, path, do)
			log.SetPatience(0)
		} else {
			do()
		}
		return err
	}
	states := []string{"held", "read-only", "free", "passing"}
	for _, state := range states {
		if err := try(state, "246810"); err != nil {
			t.Fatalf("%s: the right PIN: %v", state, err)
		}
	}
	compared := 0
	for i := range 6 {
		for _, state := range states[i%4:] {
			if err := try(state, "wrong"); ward.KindOf(err) == ward.KindInvalid {
				compared++
			} else if ward.KindOf(err) != ward.KindConflict {
				t.Fatalf("%s: %v", state, err)
			}
		}
	}
	if compared != 3 {
		t.Errorf("%d wrong PINs were compared at once, not 3", compared)
	}
	for compared < ward.LockAfter {
		up.For += 10 * time.Minute
		if err := try(states[compared%4], "wrong"); ward.KindOf(err) != ward.KindInvalid {
			t.Fatal(err)
		}
		compared++
	}
	for _, state := range states {
		if err := try(state, "246810"); ward.KindOf(err) != ward.KindConflict {
			t.Errorf("%s: the right PIN of a locked name: %v", state, err)
		}
	}
	up.For += ward.LockFor
	if err := try("held", "246810"); err != nil {
		t.Error(err)
	}
	if err := try("free", "246810"); err != nil {
		t.Error(err)
	}
	for _, state := range states[:2] { // a sign-in ends the count in every state
		if err := try(state, "wrong"); ward.KindOf(err) != ward.KindInvalid {
			t.Errorf("%s: %v", state, err)
		}
	}
}
