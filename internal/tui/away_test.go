//go:build linux

package tui

import (
	"strings"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/store/storetest/pgserver"
	"neurocheck/internal/tui/desk/desktest"
)

// sitAtServer returns a seat at a ward on a server of its own.
func sitAtServer(t *testing.T) (*desktest.Seat, *pgserver.Server) {
	t.Helper()
	server := pgserver.Start(t)
	if _, err := store.MakeWard(t.Context(), server.Address(pgserver.Owner, "w7b")); err != nil {
		t.Fatal(err)
	}
	log, err := store.Open(t.Context(), server.Address(pgserver.Program, "w7b"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	desktest.SetUp(t, log)
	return sitAtAll(t, log, desktest.NewClock()), server
}

// The server is killed before a check is saved, and while the save is on its way. The screen
// says so and keeps the answers, and the check is saved once when the server is back.
func TestTheServerIsAwayWhileACheckIsSaved(t *testing.T) {
	t.Parallel()
	s, server := sitAtServer(t)
	ada := s.Ada()
	enter(s, "maria")
	for _, underWay := range []bool{false, true} {
		s.Press(normalCheck...)
		if underWay {
			holdRecord(t, server) // a save would be over before the server is gone
		} else {
			kill(t, server)
		}
		s.Wait(time.Second)
		s.Background()
		s.Press("y")
		if underWay {
			kill(t, server)
		}
		s.Sees("saving… NOT SAVED YET", "OKAFOR, Ada")
		const line = "saving… the server has been away for 1 s. NOT SAVED YET. esc keeps it here;"
		for began := time.Now(); !strings.Contains(s.Screen(), line); time.Sleep(50 * time.Millisecond) {
			if time.Since(began) > 20*time.Second {
				t.Fatalf("the screen does not say that the server is away:\n%s", s.Screen())
			}
			s.Send(tick{})
		}
		s.Sees("is tried again", "OKAFOR, Ada", "born 14 Mar 1961")
		if err := server.Run(); err != nil {
			t.Fatal(err)
		}
		s.Finish()
		s.Tick().Sees("Saved "+s.Now().Format("15:04"), "OKAFOR, Ada").SeesNot("the server has been away", "NOT SAVED")
		s.Wait(time.Hour)
	}
	chart, err := s.Log.Chart(t.Context(), ada.ID)
	if err != nil || len(chart.Checks) != 2 {
		t.Errorf("%d checks, %v", len(chart.Checks), err)
	}
	if v, err := s.Log.Verify(t.Context()); err != nil || v.Misfit != "" {
		t.Errorf("%+v, %v", v, err)
	}
}

// holdRecord has another login of the server hold the lock of the record until the server is
// killed.
func holdRecord(t *testing.T, server *pgserver.Server) {
	t.Helper()
	held := make(chan struct{})
	go func() {
		defer close(held)
		_, _ = server.SQLIn("hospital", "BEGIN; SELECT seq FROM w7b.chain FOR UPDATE; SELECT pg_sleep(60);") // ends with the server
	}()
	t.Cleanup(func() { <-held })
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		said, err := server.Answer("hospital", "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
		if err == nil && said == "1" {
			return
		}
		if time.Since(began) > 20*time.Second {
			t.Fatalf("the lock of the record is not held: %s %v", said, err)
		}
	}
}

func kill(t *testing.T, server *pgserver.Server) {
	t.Helper()
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
}
