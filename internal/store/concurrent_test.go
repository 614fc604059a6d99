package store

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"neurocheck/internal/ward"
)

// Processes are the matter of package faults; these are the goroutines of one.
func TestWritersOfOneProcess(t *testing.T) {
	first := opened(t)
	p := admit(t, first)
	second := reopened(t, first.path)
	var mu sync.Mutex
	var acknowledged []string
	var group sync.WaitGroup
	for i := range 8 {
		s := []*Store{first, second}[i%2]
		group.Go(func() {
			for n := range 15 {
				c := checkOf(p, fmt.Sprintf("goroutine-%d-%d", i, n), 10-n%3, time.Duration(n)*time.Second)
				if _, err := s.SaveCheck(t.Context(), nurse(1000*time.Hour), c); err != nil {
					t.Error(err)
					continue
				}
				mu.Lock()
				acknowledged = append(acknowledged, c.ID)
				mu.Unlock()
			}
		})
		group.Go(func() {
			for range 5 {
				if _, err := s.Board(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	var there []string
	for _, c := range historyOf(t, first, p.ID).Checks {
		there = append(there, c.ID)
	}
	slices.Sort(acknowledged)
	slices.Sort(there)
	if len(acknowledged) != 8*15 || !slices.Equal(there, acknowledged) {
		t.Errorf("%d checks were acknowledged, and %d are in the log", len(acknowledged), len(there))
	}
	whole(t, first)
}

func TestAFreshLogIsMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "log.db")
	var names []string
	var group sync.WaitGroup
	for i := range 8 {
		name := fmt.Sprintf("goroutine %d", i)
		names = append(names, name)
		group.Go(func() {
			s, err := Create(t.Context(), path)
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
	s := must(Open(t.Context(), path))(t)
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

// Two people set up the same new log at the same time: one of them is refused.
func TestTheWardIsSetUpOnce(t *testing.T) {
	s := fresh(t)
	answers := make(chan error)
	for i := range 2 {
		go func() {
			answers <- s.SetUp(t.Context(), nurse(0), ward.Ward{Name: fmt.Sprint("Ward ", i), Zone: "UTC"}, ward.Staff{Name: fmt.Sprint("Person ", i), Role: ward.Admin, Active: true})
		}()
	}
	a, b := <-answers, <-answers
	if a == nil {
		a, b = b, a
	}
	ok(t, b)
	refused(t, a, ward.KindConflict, "has a ward already")
	if n := len(must(s.Staff(t.Context()))(t)); n != 1 {
		t.Errorf("%d people on the staff, not 1", n)
	}
}

// Two nurses save the same check at the same time, with one request: it is there once.
func TestOneRequestOfTwoTerminals(t *testing.T) {
	s := opened(t)
	p := admit(t, s)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if _, err := s.SaveCheck(t.Context(), withRequest(nurse(time.Hour), "one"), checkOf(p, "a", 8, 0)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if h := historyOf(t, s, p.ID); len(h.Checks) != 1 || len(h.FollowUps) != 1 || len(h.FollowUps[0].Joined) != 1 {
		t.Errorf("%+v", h)
	}
	whole(t, s)
}
