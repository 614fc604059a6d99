package service

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"neurocheck/internal/store"
)

// boards reads the board once for all sessions that want it at the same time. After a save
// each session of a server does: 200 of them would else keep the processors for as many
// reads of the same records.
type boards struct {
	log   *store.Store
	clock func() time.Time

	mu      sync.Mutex
	running bool
	next    *boardRead // begins when the running one has ended
}

// boardRead is one read and its outcome.
type boardRead struct {
	done chan struct{}
	roll store.Roll
	err  error
}

// Board returns the board by a read that has begun after the call. The caller may change
// it.
func (s *Service) Board(ctx context.Context) (store.Roll, error) {
	b := &s.boards
	b.mu.Lock()
	if b.next == nil {
		b.next = &boardRead{done: make(chan struct{})}
	}
	wanted := b.next
	if !b.running {
		b.running, b.next = true, nil
		go b.read(context.WithoutCancel(ctx), wanted) // the session that asked first may end before the others
	}
	b.mu.Unlock()
	select {
	case <-ctx.Done():
		return store.Roll{}, ctx.Err()
	case <-wanted.done:
		return ownCopy(wanted.roll), wanted.err
	}
}

// read reads the board until no session waits for it.
func (b *boards) read(ctx context.Context, r *boardRead) {
	for r != nil {
		r.roll, r.err = b.readOnce(ctx)
		close(r.done)
		b.mu.Lock()
		r, b.next = b.next, nil
		b.running = r != nil
		b.mu.Unlock()
	}
}

// readOnce reads the board. An error of the program is one of this read alone, because no
// session runs it.
func (b *boards) readOnce(ctx context.Context) (roll store.Roll, err error) {
	defer func() {
		if recover() != nil { // the value may hold a name, so it is not repeated
			err = errors.New("an error of the program, while the board was read")
		}
	}()
	return b.log.Roll(ctx, b.clock)
}

// ownCopy copies the lists of each history, so that a session that appends to one or sorts
// it changes nothing of the others. The records in them are never changed in place.
func ownCopy(r store.Roll) store.Roll {
	r.Histories = slices.Clone(r.Histories)
	for i := range r.Histories {
		h := &r.Histories[i]
		h.Stays, h.Checks, h.FollowUps, h.Orders = slices.Clone(h.Stays), slices.Clone(h.Checks), slices.Clone(h.FollowUps), slices.Clone(h.Orders)
		h.Reports, h.Doses, h.Attributions, h.Drafts = slices.Clone(h.Reports), slices.Clone(h.Doses), slices.Clone(h.Attributions), slices.Clone(h.Drafts)
	}
	return r
}
