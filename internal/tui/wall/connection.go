package wall

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// connection is the last answer of the log. The wall asks by itself, because a log that
// hangs sends no news, and a wall that stands still looks like a quiet ward.
type connection struct {
	asking kit.Pending
	asked  time.Time // of the last question
	good   time.Time // of the last question that was answered
	failed bool      // the last answer was an error
	seq    int64     // the last record then
	said   string    // the line about the connection, if it is the wall's own
}

// alive is the value of a command that asked the log for its last record.
type alive struct{ seq int64 }

// The time between two questions, the time for which one waits for its answer, and the
// time of errors until the wall says so.
const (
	askEvery  = 5 * time.Second
	waitsFor  = 10 * time.Second
	staleFrom = 15 * time.Second
)

// lost reports whether the log does not answer.
func (c *connection) lost(now time.Time) bool {
	waits := c.asking.Waiting() && now.Sub(c.asked) >= waitsFor
	return waits || c.failed && now.Sub(c.good) >= staleFrom
}

// probe asks the log for its last record.
func (w *wall) probe(h kit.Host) tea.Cmd {
	if w.line.asking.Waiting() {
		return nil
	}
	w.line.asked = w.d.Now()
	if w.line.good.IsZero() {
		w.line.good = w.line.asked
	}
	return desk.Load(w.d, h, &w.line.asking, "", func(ctx context.Context, log *store.Store) (a alive, err error) {
		if err = log.StillThere(); err == nil {
			a.seq, _, err = log.Head(ctx)
		}
		return a, err
	})
}

// answered takes an answer. If the log has more records than the board that was read, the
// board is read again.
func (w *wall) answered(h kit.Host, msg kit.Result[alive]) tea.Cmd {
	if w.line.failed = msg.Err != nil; w.line.failed {
		return nil // watch says so
	}
	before := w.line.seq
	w.line.good, w.line.seq = w.line.asked, msg.Value.seq
	if before != msg.Value.seq || !w.d.Loaded() {
		return w.d.Reload(h)
	}
	return nil
}

// watch asks again, and says how old the wall is if no answer came.
func (w *wall) watch(h kit.Host) tea.Cmd {
	now := w.d.Now()
	line := ""
	if w.line.lost(now) {
		line = fmt.Sprintf("NO CONNECTION: as of %s (%s). Later checks are not known", w.d.Time(w.line.good), ward.Elapsed(now.Sub(w.line.good)))
	}
	if shown := w.d.Notice(desk.NoticeConnection); shown == "" || shown == w.line.said {
		w.d.SetNotice(desk.NoticeConnection, line)
		w.line.said = line
	}
	if now.Sub(w.line.asked) >= askEvery || now.Before(w.line.asked) {
		h.Say("") // no key follows that would take the answer to the last one away
		return w.probe(h)
	}
	return nil
}

// stale reports whether the log does not answer.
func (w *wall) stale() bool { return w.d.Notice(desk.NoticeConnection) != "" }
