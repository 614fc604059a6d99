package service

import (
	"context"
	"fmt"
	"sync"
	"testing"

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
				if err != nil || len(board) != round+1 {
					t.Errorf("%d patients in round %d, %v", len(board), round, err)
					return
				}
				board[0].Patient.Name = "another"
				board[0].Stays[0].Bed = "another"
				board[0].Drafts = append(board[0].Drafts, ward.Draft{})
			})
		}
		all.Wait()
	}
	board, err := service.Board(t.Context())
	if err != nil || board[0].Patient.Name != "OKAFOR, Ada" || board[0].Stays[0].Bed != "1A" || len(board[0].Drafts) != 0 {
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
			if board, err := service.Board(t.Context()); err != nil || len(board) != 1 {
				t.Errorf("%d patients, %v", len(board), err)
			}
		})
	}
	all.Wait()
	check(t, s.Close())
	if _, err := service.Board(t.Context()); err == nil {
		t.Error("a board of a log that is closed")
	}
}
