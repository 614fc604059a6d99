package sqlite_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

func TestVerifyOfALogThatIsOnlyRead(t *testing.T) {
	s := must(store.OpenReadOnly(t.Context(), fullLog(t)))(t)
	defer s.Close()
	if v := whole(t, s); v.Records == 0 {
		t.Error("no record was read")
	}
}

// Whichever byte of the file is damaged, it is named and nothing panics. A byte that
// nothing uses may go unnoticed.
func TestADamagedFileIsNamed(t *testing.T) {
	t.Parallel()
	content := must(os.ReadFile(fullLog(t)))(t)
	var used []int
	for at, b := range content {
		if b != 0 {
			used = append(used, at)
		}
	}
	const tries = 150
	unnoticed := 0
	for n := range tries {
		at := used[n*len(used)/tries]
		damaged := slices.Clone(content)
		damaged[at] ^= 0xa5
		path := filepath.Join(t.TempDir(), "damaged.db")
		ok(t, os.WriteFile(path, damaged, 0o600))
		s, err := store.Open(t.Context(), path)
		if err != nil {
			continue
		}
		verdict, err := s.Verify(t.Context())
		if err != nil && ward.KindOf(err) != ward.KindConflict {
			t.Errorf("byte %d: %v", at, err)
		}
		if err == nil && verdict.Misfit == "" {
			unnoticed++
		}
		ok(t, s.Close())
	}
	if unnoticed > tries/4 {
		t.Errorf("%d of %d damages went unnoticed", unnoticed, tries)
	}
}
