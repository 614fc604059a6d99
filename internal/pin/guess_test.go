package pin

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

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

// A log that is open read-only cannot count wrong PINs, so that the keeper does: over all
// programs, and whatever they are called (cases.md C5).
func TestWrongPINsForAReadOnlyLogAreCounted(t *testing.T) {
	p, start := keepers(t)
	for range 2 {
		if ok, err := start().Guess("wrong", true)(p); ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	if ok, err := start().Guess("246810", true)(p); !ok || err != nil {
		t.Fatal(ok, err)
	}
	judged := 0
	for range 20 {
		if _, err := start().Guess("wrong", true)(p); err == nil {
			judged++
		} else if ward.KindOf(err) != ward.KindConflict {
			t.Fatal(err)
		}
	}
	if judged != 3 {
		t.Errorf("%d of 20 wrong PINs were judged at once, not 3", judged)
	}
	if ok, err := start().Guess("246810", true)(p); ok || ward.KindOf(err) != ward.KindConflict {
		t.Errorf("the right PIN need not wait: %v, %v", ok, err)
	}
	k := with(1)
	another, _ := k.Digest("135799", false)
	if ok, err := start().Guess("135799", true)(ward.PIN{Digest: another}); !ok || err != nil {
		t.Errorf("another PIN waits too: %v, %v", ok, err)
	}
	if ok, err := start().Guess("246810", false)(p); !ok || err != nil {
		t.Errorf("a log that counts itself: %v, %v", ok, err)
	}
}

func TestManyProgramsGainNoGuess(t *testing.T) {
	p, start := keepers(t)
	var judged int
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if _, err := start().Guess("wrong", true)(p); err == nil {
				mu.Lock()
				judged++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if judged != 3 {
		t.Errorf("%d of 16 wrong PINs at once were judged, not 3", judged)
	}
}

func TestNoPINIsAskedIfItCannotBeCounted(t *testing.T) {
	p, start := keepers(t)
	k := start()
	if err := os.MkdirAll(k.Tries, 0o700); err != nil {
		t.Fatal(err)
	}
	if ok, err := k.Guess("246810", true)(p); ok || ward.KindOf(err) != ward.KindUnavailable || !strings.Contains(err.Error(), "cannot be counted") {
		t.Errorf("%v, %v", ok, err)
	}
	if err := os.Remove(k.Tries); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(k.Tries, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if ok, err := k.Guess("246810", true)(p); ok || ward.KindOf(err) != ward.KindUnavailable {
		t.Errorf("a broken file: %v, %v", ok, err)
	}
}
