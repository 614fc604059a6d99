package service

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// Sessions share reads, but each sees the records from before its call, and changes its own
// lists alone.
func TestTheBoardIsReadForAll(t *testing.T) {
	s, service := open(t, ward.DefaultSite())
	for round := range 5 {
		admit(t, s, fmt.Sprintf("00%d", round))
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				board, err := service.Board(t.Context())
				if err != nil || len(board.Histories) != round+1 {
					t.Errorf("%d patients in round %d, %v", len(board.Histories), round, err)
					return
				}
				board.Histories[0].Patient.Name = "another"
				board.Histories[0].Stays[0].Bed = "another"
				board.Histories[0].Drafts = append(board.Histories[0].Drafts, ward.Draft{})
			})
		}
		all.Wait()
	}
	board, err := service.Board(t.Context())
	if err != nil || board.Histories[0].Patient.Name != "OKAFOR, Ada" || board.Histories[0].Stays[0].Bed != "1A" || len(board.Histories[0].Drafts) != 0 {
		t.Errorf("%+v, %v", board, err)
	}
}

// A session that ends takes no read from the others.
func TestABoardThatOneSessionGivesUp(t *testing.T) {
	s, service := open(t, ward.DefaultSite())
	admit(t, s, "0042317")
	ended, end := context.WithCancel(t.Context())
	end()
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			_, _ = service.Board(ended) // it may be as quick as the end
			if board, err := service.Board(t.Context()); err != nil || len(board.Histories) != 1 {
				t.Errorf("%d patients, %v", len(board.Histories), err)
			}
		})
	}
	all.Wait()
	check(t, s.Close())
	if _, err := service.Board(t.Context()); err == nil {
		t.Error("a board of a log that is closed")
	}
}

// After a change the board is read once, and each feed gets its own lists of it.
func TestTheBoardComesWithTheNews(t *testing.T) {
	s, service := open(t, ward.DefaultSite())
	first, second, slow := service.Subscribe(), service.Subscribe(), service.Subscribe()
	next := func(f *Feed) store.Roll {
		t.Helper()
		e, ok := f.Next(t.Context())
		if !ok || e.Board == nil {
			t.Fatalf("%+v, %v", e, ok)
		}
		return *e.Board
	}
	p := admit(t, s, "0042317")
	service.Look(t.Context())
	a, b := next(first), next(second)
	if len(a.Histories) != 1 || a.Histories[0].Patient.ID != p.ID || !a.Began.Equal(b.Began) || !a.At.Equal(now) {
		t.Errorf("%+v, and %v after it", a, b.Began.Sub(a.Began))
	}
	a.Histories[0].Patient.Name, a.Histories[0].Stays[0].Bed = "another", "another"
	if h := b.Histories[0]; h.Patient.Name != "OKAFOR, Ada" || h.Stays[0].Bed != "1A" {
		t.Errorf("a session changed the board of another one: %+v", h)
	}
	admit(t, s, "0042318")
	service.Look(t.Context())
	if late := next(slow); len(late.Histories) != 2 || !late.Began.After(a.Began) {
		t.Errorf("a slow session got an old board: %+v", late)
	}
	if later, err := service.Board(t.Context()); err != nil || later.Began.Before(next(first).Began) {
		t.Errorf("a later read is older: %v", err)
	}
}

// A board that cannot be read takes an older one away that waits with the same news.
func TestNoOldBoardComesWithTheNews(t *testing.T) {
	_, service := open(t, ward.DefaultSite())
	feed := service.Subscribe()
	service.announce(Event{Patients: []int64{1}, Board: &store.Roll{}})
	service.announce(Event{Patients: []int64{2}})
	if e, _ := feed.Next(t.Context()); len(e.Patients) != 2 || e.Board != nil {
		t.Errorf("%+v", e)
	}
	service.announce(Event{Patients: []int64{1}, Board: &store.Roll{}})
	service.announce(Event{House: true})
	if e, _ := feed.Next(t.Context()); !e.House || e.Board == nil {
		t.Errorf("%+v", e)
	}
}
