package desk

import (
	"errors"
	"sync"
	"time"

	"neurocheck/internal/ward"
)

// health is the state of the log as the commands of this keyboard found it. Commands run
// at the same time as Update, so that it has a lock.
type health struct {
	mu      sync.Mutex
	writing map[int]onTheWay // the writes on their way
	next    int
	failed  ward.Trouble // of the last write
	damaged error        // of a read or a write, until an administrator has seen it
	record  bool         // the log has recorded the damage
}

// onTheWay is a write that is on its way.
type onTheWay struct {
	since time.Time
	save  bool // of a record, and not of a draft
}

// begin counts a write that is on its way. The caller ends it with the returned function.
func (s *health) begin(now time.Time, save bool) (end func(error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.writing == nil {
		s.writing = map[int]onTheWay{}
	}
	s.next++
	id := s.next
	s.writing[id] = onTheWay{now, save}
	return func(err error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.writing, id)
		switch t := ward.TroubleOf(err); {
		case t == ward.LogDamaged, t == ward.LogRolledBack:
			s.damaged = err
		case err == nil, t != ward.TroubleOther:
			s.failed = t
		}
	}
}

func (s *health) read(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch t := ward.TroubleOf(err); t {
	case ward.LogDamaged, ward.LogRolledBack:
		s.damaged = err
	}
}

// opened takes the trouble with which the log was opened.
func (s *health) opened(trouble error) {
	s.read(trouble)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch t := ward.TroubleOf(trouble); t {
	case ward.DiskFull, ward.LogLocked:
		s.failed = t
	}
}

// waits returns the time for which the oldest write has been on its way, and whether one of
// the writes is a save.
func (s *health) waits(now time.Time) (longest time.Duration, saves bool) {
	for _, w := range s.writing {
		longest, saves = max(longest, now.Sub(w.since)), saves || w.save
	}
	return longest, saves
}

// errUnfinished is the error of a write whose command failed in a way that nothing expected.
var errUnfinished = errors.New("the write did not finish")

// tracked runs a write and ends its count, also if it panics.
func tracked[T any](end func(error), do func() (T, error)) (value T, err error) {
	err = errUnfinished
	defer func() { end(err) }()
	value, err = do()
	return value, err
}
