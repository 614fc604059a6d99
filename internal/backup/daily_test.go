package backup

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"neurocheck/internal/store"
	"neurocheck/internal/store/storetest/pgserver"
	"neurocheck/internal/ward"
)

func day(t *testing.T, text string) ward.Date {
	t.Helper()
	d, err := ward.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func daily(t *testing.T, s *store.Store, on string, keep int) string {
	t.Helper()
	made, err := Daily(t.Context(), s, day(t, on), keep)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestDaily(t *testing.T) {
	t.Parallel()
	s, folder, _ := tempLog(t)
	copies := filepath.Join(folder, Folder)
	path := daily(t, s, "2026-11-23", 3)
	if path != filepath.Join(copies, "ward-2026-11-23.db") {
		t.Errorf("it is at %s", path)
	}
	for name, mode := range map[string]fs.FileMode{path: 0o600, copies: 0o700 | fs.ModeDir} {
		if info, err := os.Stat(name); err != nil || info.Mode() != mode {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	if c, err := restore(t, path, filepath.Join(t.TempDir(), "log.db")); err != nil || c != contents(t, s) {
		t.Errorf("%+v, %v", c, err)
	}
	first := read(t, path)
	if again := daily(t, s, "2026-11-23", 3); again != "" || string(read(t, path)) != string(first) {
		t.Errorf("it was made again: %q", again)
	}
	for _, on := range []string{"2026-11-24", "2026-11-25"} {
		daily(t, s, on, 3)
	}
	alone(t, copies, "ward-2026-11-23.db", "ward-2026-11-24.db", "ward-2026-11-25.db")
	daily(t, s, "2026-11-26", 3)
	alone(t, copies, "ward-2026-11-24.db", "ward-2026-11-25.db", "ward-2026-11-26.db")
	daily(t, s, "2027-01-01", 1) // after a holiday, and fewer of them
	alone(t, copies, "ward-2027-01-01.db")
	if made := daily(t, s, "2027-01-02", 0); made != "" {
		t.Errorf("it is off and made %s", made)
	}
	daily(t, s, "2027-01-02", 5)
	alone(t, copies, "ward-2027-01-01.db", "ward-2027-01-02.db")
	alone(t, folder, Folder)
}

func TestDailyLeavesOtherFilesAlone(t *testing.T) {
	t.Parallel()
	s, folder, _ := tempLog(t)
	copies := filepath.Join(folder, Folder)
	if err := os.Mkdir(copies, 0o700); err != nil {
		t.Fatal(err)
	}
	theirs := []string{
		"Ward-2020-01-01.db", "ward-2020-01-01.db.age", "ward-2020-01-01.db-wal", "ward-2020-01-01", "ward-2020-1-1.db", "ward-2020-02-30.db",
		"ward-2020-01-01-2020-01-01.db", "ward-1 Jan 2020.db", "ward-00002020-01-01.db", "ward2-2020-01-01.db", "ward-.db", "notes.txt",
	}
	for _, name := range theirs {
		if err := os.WriteFile(filepath.Join(copies, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(copies, "ward-2020-01-02.db"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("notes.txt", filepath.Join(copies, "ward-2020-01-03.db")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(copies, "ward-2020-01-04.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(copies, ".neurocheck-2.tmp") // of a program that was killed
	if err := os.WriteFile(left, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	daily(t, s, "2026-11-23", 1)
	want := append([]string{"ward-2020-01-02.db", "ward-2020-01-03.db", "ward-2026-11-23.db"}, theirs...)
	slices.Sort(want)
	alone(t, copies, want...)
}

// If a clock was wrong for a while, no copy within keep is lost.
func TestDailyWithAWrongClock(t *testing.T) {
	t.Parallel()
	s, folder, _ := tempLog(t)
	copies := filepath.Join(folder, Folder)
	for _, on := range []string{"2026-11-20", "2026-11-21", "2062-01-01", "1970-01-01"} {
		daily(t, s, on, 3)
	}
	daily(t, s, "2026-11-22", 3)
	alone(t, copies, "ward-2026-11-20.db", "ward-2026-11-21.db", "ward-2026-11-22.db", "ward-2062-01-01.db")
}

// The days when the clocks change have 23 and 25 hours, and one copy each, as
// every other one; so has each night in a ward far from UTC.
func TestDailyHourByHour(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zone, from string
		want       []string
	}{
		{"Europe/Lisbon", "2026-03-28T00:30:00Z", []string{"ward-2026-03-28.db", "ward-2026-03-29.db", "ward-2026-03-30.db"}},
		{"Europe/Lisbon", "2026-10-24T00:30:00+01:00", []string{"ward-2026-10-24.db", "ward-2026-10-25.db", "ward-2026-10-26.db"}},
		{"America/Santiago", "2026-09-05T00:30:00-04:00", []string{"ward-2026-09-05.db", "ward-2026-09-06.db", "ward-2026-09-07.db"}},
	} {
		t.Run(c.zone+" "+c.from, func(t *testing.T) {
			s, folder, _ := tempLog(t)
			zone, err := time.LoadLocation(c.zone)
			if err != nil {
				t.Fatal(err)
			}
			start, err := time.Parse(time.RFC3339, c.from)
			if err != nil {
				t.Fatal(err)
			}
			made := 0
			for at := start; at.Before(start.Add(70 * time.Hour)); at = at.Add(time.Hour) {
				if daily(t, s, ward.DateOf(at.In(zone)).String(), 7) != "" {
					made++
				}
			}
			if made != len(c.want) {
				t.Errorf("%d copies were made of %d days", made, len(c.want))
			}
			alone(t, filepath.Join(folder, Folder), c.want...)
		})
	}
}

func TestDailyThatFailsRemovesNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind  ward.Kind
		spoil func(t *testing.T, folder string) error
	}{
		"a folder has the name": {ward.KindConflict, func(t *testing.T, folder string) error {
			return os.Mkdir(filepath.Join(folder, Folder, "ward-2026-11-23.db"), 0o700)
		}},
		"a link has the name": {ward.KindConflict, func(t *testing.T, folder string) error {
			return os.Symlink("nowhere", filepath.Join(folder, Folder, "ward-2026-11-23.db"))
		}},
		"the log was replaced": {ward.KindUnavailable, func(t *testing.T, folder string) error {
			return os.Rename(filepath.Join(folder, Folder, "ward-2026-11-20.db"), filepath.Join(folder, "ward.db"))
		}},
		"the log was removed": {ward.KindUnavailable, func(t *testing.T, folder string) error { return os.Remove(filepath.Join(folder, "ward.db")) }},
	} {
		t.Run(name, func(t *testing.T) {
			s, folder, _ := tempLog(t)
			for _, on := range []string{"2026-11-20", "2026-11-21", "2026-11-22"} {
				daily(t, s, on, 3)
			}
			if err := c.spoil(t, folder); err != nil {
				t.Fatal(err)
			}
			before, err := os.ReadDir(filepath.Join(folder, Folder))
			if err != nil {
				t.Fatal(err)
			}
			made, err := Daily(t.Context(), s, day(t, "2026-11-23"), 1)
			if ward.KindOf(err) != c.kind || made != "" {
				t.Errorf("made %q, %v", made, err)
			}
			var names []string
			for _, e := range before {
				names = append(names, e.Name())
			}
			alone(t, filepath.Join(folder, Folder), names...)
		})
	}
}

// Several programs start at midnight: one of them makes the copy.
func TestDailyIsMadeOnce(t *testing.T) {
	t.Parallel()
	s, folder, _ := tempLog(t)
	var group sync.WaitGroup
	made := make(chan string, 6)
	for range cap(made) {
		other, err := store.Open(t.Context(), s.Path())
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		group.Go(func() {
			path, err := Daily(t.Context(), other, ward.Date{Year: 2026, Month: 11, Day: 23}, 7)
			if err != nil {
				t.Error(err)
			}
			made <- path
		})
	}
	group.Wait()
	close(made)
	n := 0
	for path := range made {
		if path != "" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d programs made it", n)
	}
	alone(t, filepath.Join(folder, Folder), "ward-2026-11-23.db")
}

// The copies are in the folder of the log itself, not of a link to it.
func TestDailyOfALogBehindALink(t *testing.T) {
	t.Parallel()
	_, folder, elsewhere := tempLog(t)
	link := filepath.Join(elsewhere, "link.db")
	if err := os.Symlink(filepath.Join(folder, "ward.db"), link); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), link)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	daily(t, s, "2026-11-23", 7)
	alone(t, filepath.Join(folder, Folder), "ward-2026-11-23.db")
	alone(t, elsewhere, "link.db")
}

func TestDailyOfAReadOnlyLog(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ward.db")
	newLog(t, path)
	s, err := store.OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if made := daily(t, s, "2026-11-23", 7); made != "" {
		t.Errorf("it made %s", made)
	}
	if _, err := os.Lstat(filepath.Join(filepath.Dir(path), Folder)); !errors.Is(err, fs.ErrNotExist) {
		t.Error("it made a folder")
	}
}

// Of a ward on a server a machine makes daily copies if it has the folder for them.
func TestDailyOfAWardOnAServer(t *testing.T) {
	t.Parallel()
	server := pgserver.Start(t)
	if _, err := store.MakeWard(t.Context(), server.Address(pgserver.Owner, "w7b")); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), server.Address(pgserver.Program, "w7b"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	from, _, _ := tempLog(t)
	if _, err := from.CopyTo(t.Context(), ward.Sign("Sam Lee", morning), s, nil); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "server_hospital_w7b")
	s.SetLocal(filepath.Join(folder, "ward.db"))
	if made := daily(t, s, "2026-11-23", 3); made != "" {
		t.Errorf("without a folder for it there is %s", made)
	}
	copies := filepath.Join(folder, Folder)
	if err := os.MkdirAll(copies, 0o700); err != nil {
		t.Fatal(err)
	}
	path := daily(t, s, "2026-11-23", 3)
	if path != filepath.Join(copies, "ward-2026-11-23.db") {
		t.Errorf("it is at %q", path)
	}
	if c, err := restore(t, path, filepath.Join(t.TempDir(), "log.db")); err != nil || c != contents(t, s) {
		t.Errorf("%+v, %v", c, err)
	}
	key := x25519(t)
	sealed := filepath.Join(t.TempDir(), "ward.age")
	if _, err := Write(t.Context(), s, sealed, Options{Recipients: []age.Recipient{key.Recipient()}}); err != nil {
		t.Fatal(err)
	}
	if c, err := restore(t, sealed, filepath.Join(t.TempDir(), "log.db"), key); err != nil || c != contents(t, s) {
		t.Errorf("%+v, %v", c, err)
	}
	alone(t, folder, Folder)
}
