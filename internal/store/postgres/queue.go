package postgres

import (
	"context"
	"slices"
	"sync"
)

// queue is the queue of the writers of this process. One at a time has the turn. It passes
// its transaction on to the next, and the last one commits for all: a commit takes longer
// than a write, and many writers would wait for as many commits.
type queue struct {
	mu      sync.Mutex
	busy    bool // a writer has the turn
	waiting []chan *group
}

// enter waits for the turn. It returns the transaction that the writer before has open, nil
// if there is none.
func (q *queue) enter(ctx context.Context, leave func(*group)) (*group, error) {
	q.mu.Lock()
	if !q.busy {
		q.busy = true
		q.mu.Unlock()
		return nil, nil
	}
	turn := make(chan *group, 1)
	q.waiting = append(q.waiting, turn)
	q.mu.Unlock()
	select {
	case g := <-turn:
		return g, nil
	case <-ctx.Done():
	}
	q.mu.Lock()
	at := slices.Index(q.waiting, turn)
	if at >= 0 {
		q.waiting = slices.Delete(q.waiting, at, at+1)
	}
	q.mu.Unlock()
	if at < 0 { // it has the turn meanwhile, and passes it on
		leave(<-turn)
	}
	return nil, ctx.Err()
}

// others reports whether other writers wait.
func (q *queue) others() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting) > 0
}

// pass passes the turn on, with the open transaction. It returns false if no writer waits
// and the transaction has to be committed first.
func (q *queue) pass(g *group) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		if g != nil {
			return false
		}
		q.busy = false
		return true
	}
	next := q.waiting[0]
	q.waiting = q.waiting[1:]
	next <- g
	return true
}

// leave passes the turn on. The transaction is committed if no writer waits, if it has
// enough writes, or if the last of them has yet to be sent and cannot be with the next.
func (q *queue) leave(g *group) {
	if g.full() || g.unsent() && (g.careful || !g.locked) {
		g.commit()
		g = nil
	}
	if !q.pass(g) {
		g.commit()
		q.pass(nil)
	}
}
