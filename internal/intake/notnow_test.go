package intake

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/hl7"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// statement runs a statement that neither the program nor the record knows of.
func (s *stored) statement(statement string) {
	s.t.Helper()
	if store.OnServer(s.path) {
		address, err := url.Parse(s.path)
		if err != nil {
			s.t.Fatal(err)
		}
		if err := server.Execute(strings.TrimPrefix(address.Path, "/"), "SET search_path = "+address.Query().Get("ward")+"; "+statement+";"); err != nil {
			s.t.Fatal(err)
		}
		return
	}
	db, err := sql.Open("sqlite3", s.path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(s.t.Context(), statement); err != nil {
		s.t.Fatal(err)
	}
}

// refusal is a message without a number of ours, which goes to the inbox.
func refusal(id string) []byte {
	return []byte(strings.ReplaceAll(string(admission(1)), "CITY^MR", "GP^MR") + "ZZZ|" + id + "\r")
}

// copies puts the first message of the inbox there again, until there are that many.
func (s *stored) copies(number int) {
	s.t.Helper()
	s.statement(fmt.Sprintf(`WITH RECURSIVE more(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM more WHERE n < %d)
		INSERT INTO intake_inbox (id, feed, state, reason, code, place, event, application, facility, control_id, digest, received_at, content)
		SELECT n, feed, state, reason, code, place, event, application, facility, control_id, digest || n, received_at, content FROM intake_inbox, more`, number))
}

// An inbox of 256 MiB is as full as one of 10,000 messages. That of a file is tried in package
// store. On a server it takes ten seconds, so this is a long form:
//
//	NEUROCHECK_FAULTS=long go test -run TestAnInboxOf256MiBOnAServer -v ./internal/intake
func TestAnInboxOf256MiBOnAServer(t *testing.T) {
	if os.Getenv("NEUROCHECK_FAULTS") != "long" {
		t.Skip("the long form is not asked for: NEUROCHECK_FAULTS=long")
	}
	s := newStoredOnServer(t)
	at := onDay(s.taker.Settings.Zone)(28, 9, 0)
	big := refusal(strings.Repeat("x", hl7.MaxMessage/2))
	if got := s.receive(big, at); got != "AE 101 PID^1^3" {
		t.Fatal(got)
	}
	fit := (256 << 20) / len(big)
	s.copies(fit - 1)
	for i, want := range []Status{StatusRefused, StatusNotNow} {
		if r := s.taker.Take(t.Context(), append(slices.Clone(big), fmt.Sprintf("ZZZ|%d\r", i)...), at); r.Status != want {
			t.Errorf("message %d of %d that there is room for: %s, want %s", fit+i, fit, r.Status, want)
		}
	}
	if got := s.receive(admission(2), at); got != "AA applied" {
		t.Errorf("an admission: %s", got)
	}
}

// A full inbox is AR: nothing is dropped. What needs no place there is taken.
func TestAFullInbox(t *testing.T) {
	onEngines(t, func(t *testing.T, s *stored) {
		at := onDay(s.taker.Settings.Zone)(28, 9, 0)
		if got := s.receive(refusal("1"), at); got != "AE 101 PID^1^3" {
			t.Fatal(got)
		}
		s.copies(10_000)
		r := s.taker.Take(t.Context(), refusal("2"), at)
		answer, err := hl7.ParseAnswer(r.Answer)
		if err != nil || r.Status != StatusNotNow || answer.Code != hl7.NotNow || len(answer.Errors) != 1 || answer.Errors[0].Reason != "the inbox is full, send again later" {
			t.Errorf("%s: %q, %v", r.Status, r.Answer, err)
		}
		if got := s.receive(refusal("1"), at); got != "AE 101 PID^1^3" {
			t.Errorf("one that is in the inbox, sent again: %s", got)
		}
		if got := s.receive(admission(2), at); got != "AA applied" {
			t.Errorf("an admission: %s", got)
		}
		if err := s.log.DropMessage(t.Context(), ward.Sign(kim, at), 7, "a test"); err != nil {
			t.Fatal(err)
		}
		if got := s.receive(refusal("2"), at); got != "AE 101 PID^1^3 control_id_reused" {
			t.Errorf("sent again, once there is a place: %s", got)
		}
		s.whole()
	})
}

// A message that finds the log locked for too long is answered with AR, or its connection
// ends if the site's sender never sends again after one. It is not kept: sent again, it is
// taken.
func TestALockedLog(t *testing.T) {
	for name, closes := range map[string]bool{"AR": false, "close": true} {
		onEngines(t, func(t *testing.T, s *stored) {
			s.taker.Settings.CloseNotNow = closes
			l := serve(t, s, func(l *Listener) { l.Limits.Work = 300 * time.Millisecond })
			held, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
			go func() {
				done <- s.log.TakeMessage(context.WithoutCancel(t.Context()), ward.Sign(theFeed, onDay(time.UTC)(28, 9, 0)), func(*store.FeedAct) error {
					close(held)
					<-release
					return nil
				})
			}()
			<-held
			conn, in := l.dial()
			send(t, conn, admission(1))
			if got := answer(t, in); !closes && got != "AR M1" || closes && got != "EOF" {
				t.Errorf("%s: a locked log is answered with %s", name, got)
			}
			conn.Close()
			if err := l.stop(); err != nil {
				t.Error(err)
			}
			close(release)
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			later := serve(t, s, nil) // which waits as long as a busy machine needs
			conn, in = later.dial()
			defer conn.Close()
			send(t, conn, admission(1))
			if got := answer(t, in); got != "AA M1" {
				t.Errorf("%s: sent again: %s", name, got)
			}
			if err := later.stop(); err != nil {
				t.Error(err)
			}
			if notes := strings.Join(append(l.notes, later.notes...), ", "); notes != "not_now M1, applied M1" {
				t.Errorf("%s: noted %s", name, notes)
			}
		})
	}
}

func send(t *testing.T, conn net.Conn, message []byte) {
	t.Helper()
	if _, err := conn.Write(hl7.Frame(message)); err != nil {
		t.Fatal(err)
	}
}

// Once the listener is asked to end, a message whose beginning has come is not taken, and no
// connection stays.
func TestGoingDown(t *testing.T) { onEngines(t, goingDown) }

func goingDown(t *testing.T, s *stored) {
	l := serve(t, s, nil)
	conn, in := l.dial()
	defer conn.Close()
	send(t, conn, admission(1))
	if got := answer(t, in); got != "AA M1" {
		t.Fatal(got)
	}
	if _, err := conn.Write(hl7.Frame(admission(2))[:50]); err != nil {
		t.Fatal(err)
	}
	time.Sleep(20 * time.Millisecond) // so that the beginning has come
	if err := l.stop(); err != nil {
		t.Fatal(err)
	}
	if got := answer(t, in); got != "EOF" && !strings.Contains(got, "reset") {
		t.Errorf("a message that came in part: %s", got)
	}
	if _, err := net.Dial("tcp", l.address); err == nil {
		t.Error("it listens still")
	}
	if board, err := l.log.Board(t.Context()); err != nil || len(board) != 1 {
		t.Errorf("%d patients, %v", len(board), err)
	}
}

// Seventeen senders at a time: the one too many is closed, and comes in once one has left.
func TestSixteenConnections(t *testing.T) { onEngines(t, sixteenConnections) }

func sixteenConnections(t *testing.T, s *stored) {
	l := serve(t, s, nil)
	var open []net.Conn
	for n := range 16 {
		conn, in := l.dial()
		defer conn.Close()
		send(t, conn, admission(n))
		if got := answer(t, in); !strings.HasPrefix(got, "AA") {
			t.Fatalf("connection %d: %s", n+1, got)
		}
		open = append(open, conn)
	}
	one, in := l.dial()
	defer one.Close()
	if got := answer(t, in); got != "EOF" && !strings.Contains(got, "reset") {
		t.Errorf("the seventeenth: %s", got)
	}
	open[3].Close()
	for began := time.Now(); ; time.Sleep(5 * time.Millisecond) { // until the listener has noticed
		conn, err := net.Dial("tcp", l.address)
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		_, _ = conn.Write(hl7.Frame(admission(20))) // the listener may have closed it
		got := answer(t, bufio.NewReader(conn))
		conn.Close()
		if got == "AA M20" {
			break
		}
		if time.Since(began) > 20*time.Second {
			t.Fatalf("no place became free: %s", got)
		}
	}
}
