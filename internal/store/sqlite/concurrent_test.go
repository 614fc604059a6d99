package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

func TestAFreshLogIsMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "log.db")
	var names []string
	var group sync.WaitGroup
	for i := range 8 {
		name := fmt.Sprintf("goroutine %d", i)
		names = append(names, name)
		group.Go(func() {
			s, err := store.Create(t.Context(), path)
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			if err := s.AddStaff(t.Context(), login(0), ward.Staff{Name: name, Role: ward.Feed, Active: true}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	s := must(store.Open(t.Context(), path))(t)
	defer s.Close()
	var there []string
	for _, m := range must(s.Staff(t.Context()))(t) {
		there = append(there, m.Name)
	}
	slices.Sort(names)
	if !slices.Equal(there, names) {
		t.Errorf("on the staff: %q, not %q", there, names)
	}
	whole(t, s)
	if entries := must(os.ReadDir(filepath.Dir(path)))(t); len(entries) > 4 { // the log, -wal, -shm and -queue
		t.Errorf("too many files: %v", entries)
	}
}

// A read that is cancelled loses its connection, and not the write-ahead log: the log can be
// read and written afterwards.
func TestACancelledReadLeavesTheLogOpen(t *testing.T) {
	s := must(store.Open(t.Context(), fullLog(t)))(t)
	defer s.Close()
	ctx, stop := context.WithCancel(t.Context())
	err := s.Snapshot(ctx, func(v *store.Snapshot) (err error) {
		stop()
		for err == nil { // database/sql ends the transaction meanwhile
			_, _, err = v.Head(t.Context())
		}
		return ctx.Err()
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	for range 50 { // and closes its connection a moment later
		ok(t, s.StillThere())
		time.Sleep(time.Millisecond)
	}
	ok(t, s.Note(t.Context(), login(0), ward.AuditEvent{Event: ward.ReadHandover}))
	whole(t, s)
}
