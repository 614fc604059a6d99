package storetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"neurocheck/internal/faults"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// Processes are the matter of package faults; these are the goroutines of one. Each save reads
// all checks before it, so that the long form takes many times as long.
func testWritersOfOneProcess(t *testing.T, l *logs) {
	first := l.opened(t)
	p := Admit(t, first)
	second := l.again(t, first)
	saves, reads := faults.Times(5, 15), faults.Times(2, 5)
	var mu sync.Mutex
	var acknowledged []string
	var group sync.WaitGroup
	for i := range 8 {
		s := []*store.Store{first, second}[i%2]
		group.Go(func() {
			for n := range saves {
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
			for range reads {
				if _, err := s.Board(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	var there []string
	for _, c := range HistoryOf(t, first, p.ID).Checks {
		there = append(there, c.ID)
	}
	slices.Sort(acknowledged)
	slices.Sort(there)
	if len(acknowledged) != 8*saves || !slices.Equal(there, acknowledged) {
		t.Errorf("%d checks were acknowledged, and %d are in the log", len(acknowledged), len(there))
	}
	Whole(t, first)
}

// Two people set up the same new log at the same time: one of them is refused.
func testTheWardIsSetUpOnce(t *testing.T, l *logs) {
	s := l.fresh(t)
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
func testOneRequestOfTwoTerminals(t *testing.T, l *logs) {
	s := l.opened(t)
	p := Admit(t, s)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if _, err := s.SaveCheck(t.Context(), WithRequest(nurse(time.Hour), "one"), checkOf(p, "a", 8, 0)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if h := HistoryOf(t, s, p.ID); len(h.Checks) != 1 || len(h.FollowUps) != 1 || len(h.FollowUps[0].Joined) != 1 {
		t.Errorf("%+v", h)
	}
	Whole(t, s)
}
