package sqlite_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"neurocheck/internal/store"
	"neurocheck/internal/store/sqlite"
	"neurocheck/internal/ward"
)

// A log appears with all its records, with a write-ahead log, and for its owner alone.
func TestCreateWith(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "log.db")
	ok(t, store.CreateWith(t.Context(), path, func(s *store.Store) error {
		setUp(t, s)
		p := admit(t, s)
		if saved := save(t, s, checkOf(p, "a", 8, 0)); saved.FollowUp == nil {
			t.Error("no follow-up is open while the log is filled")
		}
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the log is there before it is full: %v", err)
		}
		return nil
	}))
	entries := must(os.ReadDir(filepath.Dir(path)))(t)
	if info := must(os.Stat(path))(t); len(entries) != 2 || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, the log with mode %v", entries, info.Mode())
	}
	log := must(sqlite.Open(t.Context(), path, ready))(t)
	s := store.New(log)
	defer s.Close()
	if verdict := must(s.Verify(t.Context()))(t); verdict.Misfit != "" || verdict.Records == 0 {
		t.Errorf("%+v", verdict)
	}
	for name, want := range map[string]string{"journal_mode": "wal", "synchronous": "2"} {
		var got string
		if ok(t, log.Writer().QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&got)); got != want {
			t.Errorf("%s is %s", name, got)
		}
	}
}

func TestCreateWithLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "log.db")
	failed := errors.New("no more paper")
	ctx, cancel := context.WithCancel(t.Context())
	for name, fill := range map[string]func(*store.Store) error{
		"a failure": func(s *store.Store) error { setUp(t, s); return failed },
		"ctrl+c": func(s *store.Store) error {
			setUp(t, s)
			cancel()
			_, _, err := s.Admit(ctx, nurse(0), ada(), ward.Stay{AdmittedAt: after(0)})
			return err
		},
	} {
		if err := store.CreateWith(ctx, path, fill); !errors.Is(err, failed) && !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
		if left := inFolder(t, dir); left != "" {
			t.Errorf("%s leaves %s", name, left)
		}
	}
}

// Another process makes the log meanwhile: that one stays.
func TestCreateWithReplacesNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "log.db")
	var theirs string
	err := store.CreateWith(t.Context(), path, func(s *store.Store) error {
		setUp(t, reopened(t, path))
		theirs = string(must(os.ReadFile(path))(t))
		return nil
	})
	if !errors.Is(err, fs.ErrExist) {
		t.Errorf("%v", err)
	}
	if got := string(must(os.ReadFile(path))(t)); got != theirs {
		t.Error("the log that was there is another now")
	}
}
