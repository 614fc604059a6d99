//go:build linux && cgo

package disk

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"neurocheck/internal/faults"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// On a full disk the patients are shown, from a log that was closed and from one whose
// newest records are in its write-ahead log alone; and it is said that nothing is saved.
func TestReadingOnAFullDisk(t *testing.T) {
	folder := faults.OnSmallDisk(t, "24")
	if folder == "" {
		return
	}
	t.Setenv("TMPDIR", t.TempDir())
	ctx := t.Context()
	source := filepath.Join(t.TempDir(), "ward.db")
	s := must(store.Create(ctx, source))(t)
	by := ward.Sign("Kim Adler", time.Date(2026, 6, 10, 8, 0, 0, 0, time.UTC))
	ok(t, s.SetUp(ctx, by, ward.Ward{Name: "Haematology 4", Zone: "Europe/Lisbon"}, ward.Staff{Name: "Kim Adler", Role: ward.Admin, Active: true}))
	admitted := func(mrn string) {
		t.Helper()
		_, _, err := s.Admit(ctx, by, ward.Patient{MRN: mrn, Name: "Patient " + mrn, BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14}, Tool: 1}, ward.Stay{AdmittedAt: by.At.Add(-time.Hour)})
		ok(t, err)
	}
	admitted("1")
	ok(t, s.Close())
	closed := must(os.ReadFile(source))(t)
	s = must(store.Open(ctx, source))(t)
	defer s.Close()
	admitted("2") // in the write-ahead log
	crashed := map[string][]byte{"": must(os.ReadFile(source))(t), "-wal": must(os.ReadFile(source + "-wal"))(t)}

	for name, c := range map[string]struct {
		files    map[string][]byte
		patients int
	}{
		"a closed log":       {map[string][]byte{"": closed}, 1},
		"a log of a crash":   {crashed, 2},
		"a log in read-only": {map[string][]byte{"": closed}, 1},
	} {
		dir := subfolder(t, folder)
		path := filepath.Join(dir, "ward.db")
		for suffix, content := range c.files {
			ok(t, os.WriteFile(path+suffix, content, 0o600))
		}
		full := filled(t, folder, 0, "")
		full.begin()
		open := store.Open
		if name == "a log in read-only" {
			open = store.OpenReadOnly
		}
		read, err := open(ctx, path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else {
			if got := len(must(read.Board(ctx))(t)); got != c.patients {
				t.Errorf("%s: %d patients, not %d", name, got, c.patients)
			}
			if ward.TroubleOf(read.Trouble()) != ward.DiskFull {
				t.Errorf("%s: the trouble is %v", name, read.Trouble())
			}
			if err := read.Note(ctx, by, ward.AuditEvent{Event: ward.ReadPatient}); ward.TroubleOf(err) != ward.DiskFull {
				t.Errorf("%s: a save says %v", name, err)
			}
			ok(t, read.StillThere())
			ok(t, read.Close())
		}
		full.end()
		again := must(store.Open(ctx, path))(t) // there is room again
		if again.Trouble() != nil || len(must(again.Board(ctx))(t)) != c.patients {
			t.Errorf("%s: afterwards %v", name, again.Trouble())
		}
		ok(t, again.Close())
		ok(t, os.RemoveAll(dir))
	}
	if left := must(filepath.Glob(filepath.Join(os.TempDir(), "neurocheck-read-*")))(t); len(left) > 0 {
		t.Errorf("copies are left: %v", left)
	}
}
