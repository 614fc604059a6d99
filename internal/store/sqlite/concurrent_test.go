package sqlite_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

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
