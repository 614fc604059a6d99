package service

import (
	"runtime"
	"sync/atomic"
)

// Turns let half of the processors digest PINs at once, because each digest takes 64 MiB
// and a tenth of a second: a shift that signs in together would else take the memory and
// the processors from all other work. The rest wait for their turn.
type Turns struct {
	free    chan struct{}
	waiting atomic.Int64
}

func newTurns(n int) *Turns { return &Turns{free: make(chan struct{}, max(n, 1))} }

// halfOfProcessors is the number of PINs that are digested at once.
func halfOfProcessors() int { return runtime.GOMAXPROCS(0) / 2 }

// Take waits for a turn. The caller calls done at its end, when it holds no reference to
// the memory of the digest any more: done collects the garbage, so that the next digest
// gets the same memory. The collector alone would let several of them add up, because the
// memory of a digest in use raises the size at which it runs.
func (t *Turns) Take() (done func()) {
	t.waiting.Add(1)
	t.free <- struct{}{}
	t.waiting.Add(-1)
	return func() {
		runtime.GC()
		<-t.free
	}
}

// Waiting returns the number of callers that wait for a turn.
func (t *Turns) Waiting() int { return int(t.waiting.Load()) }
