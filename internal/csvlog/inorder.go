package csvlog

import (
	"iter"
	"sync"
)

// inOrder does n pieces of work, several at a time, and yields the result of each
// in their order. A worker, counted from 0, does one piece at a time. Only a few
// are on their way at a time, however slowly their results are taken; when the
// loop over it ends, no work goes on.
func inOrder[T any](n, workers int, do func(worker, i int) T) iter.Seq[T] {
	type piece struct {
		i    int
		done chan T
	}
	return func(yield func(T) bool) {
		stop := make(chan struct{})
		var working sync.WaitGroup
		defer func() {
			close(stop)
			working.Wait()
		}()
		// Each piece has its turn: a place in the order, taken before it is begun.
		turns := make(chan piece, workers)
		work := make(chan piece)
		working.Go(func() {
			defer close(turns)
			defer close(work)
			for i := range n {
				p := piece{i, make(chan T, 1)}
				select {
				case turns <- p:
				case <-stop:
					return
				}
				select {
				case work <- p:
				case <-stop:
					return
				}
			}
		})
		for worker := range workers {
			working.Go(func() {
				for p := range work {
					p.done <- do(worker, p.i)
				}
			})
		}
		for p := range turns {
			if !yield(<-p.done) {
				return
			}
		}
	}
}
