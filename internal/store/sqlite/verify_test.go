package sqlite_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"neurocheck/internal/faults"
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
// nothing uses may go unnoticed. The long form damages a thousand.
func TestADamagedFileIsNamed(t *testing.T) {
	t.Parallel()
	content := must(os.ReadFile(fullLog(t)))(t)
	var used []int
	for at, b := range content {
		if b != 0 {
			used = append(used, at)
		}
	}
	tries := faults.Times(40, 1000)
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

// If the list of the tables is damaged no record can be named. The error says so, and names
// the newest daily copy of the log.
func TestADamagedListOfTablesIsNamed(t *testing.T) {
	t.Parallel()
	content := must(os.ReadFile(fullLog(t)))(t)
	content = bytes.ReplaceAll(content, []byte("CREATE INDEX"), []byte("CREATE KNDEX"))
	folder := t.TempDir()
	path := filepath.Join(folder, "ward.db")
	ok(t, os.WriteFile(path, content, 0o600))
	says := func(words string) {
		t.Helper()
		for _, open := range []func(context.Context, string) (*store.Store, error){store.Open, store.OpenReadOnly} {
			_, err := open(t.Context(), path)
			if ward.TroubleOf(err) != ward.LogDamaged || !strings.Contains(err.Error(), "the list of its tables cannot be read") || !strings.HasSuffix(err.Error(), words) {
				t.Errorf("%v; it should end with %q", err, words)
			}
		}
	}
	copies := filepath.Join(folder, "backups")
	says(" in " + copies + ": neurocheck restore BACKUP")
	ok(t, os.Mkdir(copies, 0o700))
	for _, name := range []string{"ward-2026-11-27.db", "ward-2026-11-28.db", "ward-28 Nov 2026.db", "ward-2026-11-31.db", "ward-2026-11-29.db.age", "wards-2026-11-30.db", "notes"} {
		ok(t, os.WriteFile(filepath.Join(copies, name), nil, 0o600))
	}
	says(": neurocheck restore " + filepath.Join(copies, "ward-2026-11-28.db"))
}
