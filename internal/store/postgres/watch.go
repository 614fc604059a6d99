package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"neurocheck/internal/store/engine"
)

// pollInterval is the time between two looks at the end of the record. A notification comes
// sooner, and may be lost: then a board has a save within two seconds, of which half a second
// is for the look and for the board itself.
const pollInterval = 1500 * time.Millisecond

// watching announces commits to the watchers of this process, and to other processes.
type watching struct {
	mu       sync.Mutex
	watchers map[chan struct{}]bool
	seq      int64 // of the last record that was announced
	owed     int64 // of the last record of which other processes were not notified yet; 0 if there is none
	stop     context.CancelFunc
	working  sync.WaitGroup
	ended    bool
}

// Watch returns a channel that gets a value after commits of this process, and of others.
// There is one listener and one poll a process, however many watch.
func (l *Log) Watch(ctx context.Context) <-chan struct{} {
	w := &l.watching
	news := make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.watchers == nil {
		w.watchers = make(map[chan struct{}]bool)
	}
	w.watchers[news] = true
	context.AfterFunc(ctx, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.watchers, news)
	})
	if w.stop == nil && !w.ended {
		background, stop := context.WithCancel(context.Background())
		w.stop = stop
		w.working.Go(func() { l.listen(background) })
		w.working.Go(func() { l.poll(background) })
	}
	return news
}

// announce tells the watchers that the record ends with that number, unless they know.
func (w *watching) announce(seq int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if seq <= w.seq {
		return
	}
	w.seq = seq
	w.wake()
}

func (w *watching) wake() {
	for news := range w.watchers {
		select {
		case news <- struct{}{}:
		default: // a value waits already
		}
	}
}

// poll looks at the end of the record from time to time.
func (l *Log) poll(ctx context.Context) {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		brief, cancel := context.WithTimeout(ctx, min(l.config.ConnConfig.ConnectTimeout, connectTimeout))
		list, err := engine.All(brief, l.Pool(), engine.Scan[int64], `SELECT seq FROM chain WHERE id = 1`)
		late := errors.Is(brief.Err(), context.DeadlineExceeded)
		cancel()
		switch {
		case err == nil && len(list) == 1:
			l.watching.announce(list[0])
		case err != nil && late:
			l.answers(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// listen waits for the notifications of other processes. If its connection is lost it makes
// another; meanwhile the poll finds the news.
func (l *Log) listen(ctx context.Context) {
	for ctx.Err() == nil {
		_ = l.hear(ctx)
		select {
		case <-ctx.Done():
		case <-time.After(pollInterval):
		}
	}
}

// hear announces notifications until its connection is lost.
func (l *Log) hear(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, l.config.ConnConfig)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	defer l.connections.closes(conn)
	if err := l.connected(ctx, conn); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, fmt.Sprintf(`LISTEN %q`, l.ward)); err != nil {
		return err
	}
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		if seq, err := strconv.ParseInt(n.Payload, 10, 64); err == nil {
			l.watching.announce(seq)
		}
	}
}

// committed announces a commit of this process. Other processes are notified afterwards: in
// the transaction itself, a notification would make the commits of all wards of the server
// wait for each other.
func (l *Log) committed(seq int64) {
	l.watching.mu.Lock()
	defer l.watching.mu.Unlock()
	w := &l.watching
	w.seq = max(w.seq, seq)
	w.wake()
	if w.ended {
		return
	}
	idle := w.owed == 0
	w.owed = seq
	if idle {
		w.working.Go(l.notify)
	}
}

// notify notifies other processes until none of the commits is owed to them.
func (l *Log) notify() {
	w := &l.watching
	ctx, cancel := context.WithTimeout(context.Background(), connectTimeout)
	defer cancel()
	conn, err := l.spare(ctx)
	if err == nil {
		defer conn.Release()
	}
	for sent := int64(0); ; {
		w.mu.Lock()
		seq := w.owed
		if seq == sent {
			w.owed = 0
			w.mu.Unlock()
			return
		}
		w.mu.Unlock()
		// If it fails, the polls of the others find the record.
		if err == nil {
			_, _ = conn.Exec(ctx, `SELECT pg_notify($1, $2)`, l.ward, strconv.FormatInt(seq, 10))
		}
		sent = seq
	}
}

// spare returns a connection that nothing uses. It makes one only if there is none: a command
// that saves once would otherwise make one for its notification alone. That of the writer is
// used last, because the next save waits for it.
func (l *Log) spare(ctx context.Context) (*pgxpool.Conn, error) {
	conn := idle(ctx, l.pool)
	if conn == nil && !l.queue.others() {
		conn = idle(ctx, l.writer)
	}
	if conn == nil {
		return l.pool.Acquire(ctx)
	}
	return conn, nil
}

// idle returns a connection of a pool that nothing uses, or nil.
func idle(ctx context.Context, pool *pgxpool.Pool) *pgxpool.Conn {
	conns := pool.AcquireAllIdle(ctx)
	if len(conns) == 0 {
		return nil
	}
	for _, conn := range conns[1:] {
		conn.Release()
	}
	return conns[0]
}

// end ends the listener, the poll and the notifications.
func (w *watching) end() {
	w.mu.Lock()
	w.ended = true
	if w.stop != nil {
		w.stop()
	}
	w.mu.Unlock()
	w.working.Wait()
}
