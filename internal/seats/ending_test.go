package seats

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/tui/desk/desktest"
)

// holdLog has another program write to the log until release is called.
func (h *house) holdLog() (release func()) {
	h.t.Helper()
	db, err := sql.Open("sqlite3", h.log.Path())
	must(h.t, err)
	db.SetMaxOpenConns(1)
	h.t.Cleanup(func() { db.Close() })
	_, err = db.ExecContext(h.t.Context(), "BEGIN IMMEDIATE")
	must(h.t, err)
	return func() {
		_, err := db.ExecContext(context.Background(), "ROLLBACK")
		must(h.t, err)
	}
}

// The end of the server waits for a save that has begun: the log is busy at that time.
func TestTheEndWaitsForASave(t *testing.T) {
	t.Parallel()
	h := open(t, Limits{})
	p := h.admit()
	term := h.sit(h.seat("Desk 2", ""), 80, 24)
	term.signIn("maria").sees("OKAFOR").press("n").sees("What year is it?").press("1").sees("yes")
	term.press("\x13").sees("SAVE this check?")
	time.Sleep(time.Second) // so that the draft is in the log, and the question takes the key
	release := h.holdLog()
	term.press("1")
	time.Sleep(300 * time.Millisecond)
	begun, ended := time.Now(), make(chan struct{})
	go func() {
		defer close(ended)
		h.stop()
	}()
	time.Sleep(2 * time.Second)
	select {
	case <-ended:
		t.Error("the server has ended before the save")
	default:
	}
	release()
	<-ended
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("the server took %v to end", took)
	}
	term.ends()
	chart, err := h.log.Chart(context.Background(), p.ID)
	must(t, err)
	if len(chart.Checks) != 1 || chart.Checks[0].Recorded.By != desktest.Maria {
		t.Errorf("%d checks were saved", len(chart.Checks))
	}
	if _, ok, err := h.log.DraftOf(context.Background(), p.ID, desktest.Maria); ok || err != nil {
		t.Errorf("the draft of a check that was saved is there: %v", err)
	}
}

// The seats are read again until it succeeds: their change is announced once, and a server
// of the record that is away just then must not leave a disabled key its seat.
func TestSeatsAreReadUntilItSucceeds(t *testing.T) {
	t.Parallel()
	var said safeBuffer
	s := &Server{o: Options{Logger: slog.New(slog.NewTextHandler(&said, nil))}}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	tries := 0
	read := func(context.Context) error {
		if tries++; tries < 3 {
			return errors.New("the server does not answer")
		}
		return nil
	}
	if !s.untilDone(ctx, read) || tries != 3 || strings.Count(said.String(), "could not be read") != 1 {
		t.Errorf("%d tries, %s", tries, said.String())
	}
	cancel()
	tries = 0
	if s.untilDone(ctx, read) || tries > 1 {
		t.Errorf("%d tries after the end", tries)
	}
}

// If the log takes nothing as the server ends, the seat hears that the answers typed last may
// be lost, in place of the words that they are kept.
func TestTheEndSaysThatNothingWasKept(t *testing.T) {
	t.Parallel()
	h := open(t, Limits{})
	h.admit()
	term := h.sit(h.seat("Desk 2", ""), 80, 24)
	term.signIn("maria").sees("OKAFOR").press("n").sees("What year is it?")
	time.Sleep(time.Second)
	release := h.holdLog()
	h.log.SetPatience(100 * time.Millisecond)
	term.press("1").sees("yes")
	h.stop()
	if words := term.ends(); !strings.Contains(words, "The server stops now.") || !strings.Contains(words, "answers typed here last may not be kept") || strings.Contains(words, "is kept:") {
		t.Errorf("%q", words)
	}
	release()
}
