package intake

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"neurocheck/internal/hl7"
	"neurocheck/internal/store"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/ward"
)

// listening is a listener that a test talks to.
type listening struct {
	*stored
	address string
	stop    func() error // asks it to end, and waits for that
	ended   func() error // waits until it ends by itself

	mu    sync.Mutex
	notes []string
}

// serve listens for the messages of a log.
func serve(t *testing.T, s *stored, change func(*Listener)) *listening {
	t.Helper()
	l := &listening{stored: s}
	l.taker.NewID = func() string { return "A1" }
	clock := onDay(l.taker.Settings.Zone)(28, 20, 0)
	server := &Listener{Taker: func(context.Context) *Taker { return l.taker }, Now: func() time.Time { return clock }, Note: func(r Receipt) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.notes = append(l.notes, strings.TrimSpace(string(r.Status)+" "+r.ControlID))
	}}
	if change != nil {
		change(server)
	}
	listener := fixture.Must(net.Listen("tcp", "127.0.0.1:0"))(t)
	l.address = listener.Addr().String()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- server.Serve(ctx, listener) }()
	var once sync.Once
	var stopped error
	l.ended = func() error {
		once.Do(func() { stopped = <-done })
		return stopped
	}
	l.stop = func() error {
		cancel()
		return l.ended()
	}
	t.Cleanup(func() { _ = l.stop() })
	return l
}

func (l *listening) dial() (net.Conn, *bufio.Reader) {
	l.t.Helper()
	conn, err := net.Dial("tcp", l.address)
	if err != nil {
		l.t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	return conn, bufio.NewReader(conn)
}

// answer reads one answer in words, such as "AA 1001".
func answer(t testing.TB, in *bufio.Reader) string {
	t.Helper()
	framed, err := in.ReadBytes(0x1c)
	if err != nil {
		return err.Error()
	}
	if _, err := in.ReadByte(); err != nil {
		return err.Error()
	}
	a, err := hl7.ParseAnswer(bytes.Trim(framed, "\x0b\x1c"))
	if err != nil {
		t.Fatal(err)
	}
	return string(a.Code) + " " + a.ControlID
}

// admission returns a message that admits a patient of its own.
func admission(n int) []byte {
	return fmt.Appendf(nil, "MSH|^~\\&|ADT|CITY|NEUROCHECK|H4|20261128080500||ADT^A01|M%d|P|2.5.1\rEVN|A01|20261128080500\rPID|||9%06d^^^CITY^MR||LIND^Ola||19550102\rPV1||I|H4^1^A||||||||||||||||V%d\r", n, n, n)
}

// Packets that are cut at any byte give the same messages.
func TestPacketsAreCutAtEveryByte(t *testing.T) { onEngines(t, packetsCutAtEveryByte) }

func packetsCutAtEveryByte(t *testing.T, s *stored) {
	l := serve(t, s, nil)
	one, two := hl7.Frame(admission(1)), hl7.Frame(admission(2))
	stream := append(append([]byte("\n"), one...), two...)
	conn, in := l.dial()
	defer conn.Close()
	step := 1
	if store.OnServer(s.path) {
		step = 20 // the frames are read before the engine is asked
	}
	for cut := 1; cut < len(stream); cut += step {
		for _, part := range [][]byte{stream[:cut], stream[cut:]} {
			if _, err := conn.Write(part); err != nil {
				t.Fatal(err)
			}
			if cut%7 == 0 { // otherwise both parts may come as one packet
				time.Sleep(time.Millisecond)
			}
		}
		if first, second := answer(t, in), answer(t, in); first != "AA M1" || second != "AA M2" {
			t.Fatalf("cut after %d bytes: %s, %s", cut, first, second)
		}
	}
	for _, b := range stream { // byte by byte
		if _, err := conn.Write([]byte{b}); err != nil {
			t.Fatal(err)
		}
	}
	if first, second := answer(t, in), answer(t, in); first != "AA M1" || second != "AA M2" {
		t.Errorf("byte by byte: %s, %s", first, second)
	}
	fixture.OK(t, l.stop())
	if board := fixture.Must(l.log.Board(t.Context()))(t); len(board) != 2 {
		t.Errorf("%d patients are on the ward", len(board))
	}
	applied := 0
	for _, n := range l.notes {
		if strings.HasPrefix(n, "applied") {
			applied++
		} else if !strings.HasPrefix(n, "duplicate") {
			t.Errorf("a message was %s", n)
		}
	}
	if applied != 2 {
		t.Errorf("%d messages were applied", applied)
	}
}

// What is framed wrongly is answered if it can be, and the connection ends.
func TestWrongFrames(t *testing.T) { onEngines(t, wrongFrames) }

func wrongFrames(t *testing.T, s *stored) {
	hasty := serve(t, s, func(l *Listener) { l.Limits = Limits{Message: time.Second, Idle: time.Second} })
	patient := serve(t, s, nil) // for a message that a busy machine reads for a while
	var all sync.WaitGroup      // at the same time, because some end after a second
	for _, c := range []struct {
		name, sent, answers string
	}{
		{"without CR", "\x0b" + string(admission(1)) + "\x1cX", "AE M1"},
		{"cut short", "\x0b" + string(admission(2))[:40], "EOF"},
		{"a second start within", "\x0b" + string(admission(3)) + "\x0b", "EOF"},
		{"no header", "\x0bhello\x1c\r", "EOF"},
		{"too long", "\x0b" + string(admission(4)) + "ZZZ|" + strings.Repeat("x", hl7.MaxMessage) + "\x1c\r", "AE M4"},
		{"ten MiB", "\x0b" + string(admission(5)) + "ZZZ|" + strings.Repeat("x", 10<<20) + "\x1c\r", "AE M5"},
		{"nothing at all", "", "EOF"},
	} {
		l := hasty
		if len(c.sent) > hl7.MaxMessage {
			l = patient
		}
		conn, in := l.dial()
		all.Go(func() { _, _ = io.WriteString(conn, c.sent) }) // the listener may end first
		all.Go(func() {
			defer conn.Close()
			got := answer(t, in)
			if strings.Contains(got, "reset") {
				got = "EOF"
			}
			if got != c.answers {
				t.Errorf("%s: %s, want %s", c.name, got, c.answers)
			}
			if got := answer(t, in); got != "EOF" && !strings.Contains(got, "reset") {
				t.Errorf("%s: then %s", c.name, got)
			}
		})
	}
	all.Wait()
	for _, l := range []*listening{hasty, patient} {
		fixture.OK(t, l.stop())
		if board := fixture.Must(l.log.Board(t.Context()))(t); len(board) != 0 {
			t.Errorf("%d patients were admitted", len(board))
		}
	}
}

// Line feeds after a message begin none: the connection stays open as long as without them.
func TestLineFeedsBetweenMessages(t *testing.T) { onEngines(t, lineFeedsBetween) }

func lineFeedsBetween(t *testing.T, s *stored) {
	const short = 200 * time.Millisecond
	l := serve(t, s, func(l *Listener) { l.Limits = Limits{Message: short, Idle: time.Minute} })
	conn, in := l.dial()
	defer conn.Close()
	for _, sent := range []string{string(hl7.Frame(admission(1))) + "\n", "\n" + string(hl7.Frame(admission(2)))} {
		if _, err := io.WriteString(conn, sent); err != nil {
			t.Fatal(err)
		}
		if got := answer(t, in); !strings.HasPrefix(got, "AA") {
			t.Fatalf("after a pause with a line feed: %s", got)
		}
		time.Sleep(2 * short)
	}
	if _, err := io.WriteString(conn, "\x0bMSH|"); err != nil {
		t.Fatal(err)
	}
	if got := answer(t, in); got != "EOF" {
		t.Errorf("a message that does not end: %s", got)
	}
}

// Sixteen connections at most; and a feed that was disabled ends the listener after AR.
func TestConnectionsAndADisabledFeed(t *testing.T) { onEngines(t, connectionsAndADisabledFeed) }

func connectionsAndADisabledFeed(t *testing.T, s *stored) {
	l := serve(t, s, func(l *Listener) { l.Limits.Connections = 2 })
	var open []net.Conn
	for range 2 {
		conn, in := l.dial()
		defer conn.Close()
		if _, err := conn.Write(hl7.Frame(admission(len(open)))); err != nil {
			t.Fatal(err)
		}
		if got := answer(t, in); !strings.HasPrefix(got, "AA") {
			t.Fatal(got)
		}
		open = append(open, conn)
	}
	third, in := l.dial()
	defer third.Close()
	if got := answer(t, in); got != "EOF" && !strings.Contains(got, "reset") {
		t.Errorf("a connection too many: %s", got)
	}
	fixture.OK(t, l.log.ChangeStaff(t.Context(), ward.Sign(kim, time.Date(2026, 11, 28, 20, 0, 0, 0, time.UTC)), "ADT", ward.Feed, false))
	if _, err := open[0].Write(hl7.Frame(admission(9))); err != nil {
		t.Fatal(err)
	}
	if got := answer(t, bufio.NewReader(open[0])); got != "AR M9" {
		t.Errorf("a disabled feed: %s", got)
	}
	if err := l.ended(); ward.KindOf(err) != ward.KindNotAllowed {
		t.Errorf("the listener ended with %v", err)
	}
}

// A message that is in work when the listener is asked to end is answered first.
func TestTheMessageInWorkIsAnsweredAtTheEnd(t *testing.T) { onEngines(t, theMessageInWorkIsAnswered) }

func theMessageInWorkIsAnswered(t *testing.T, s *stored) {
	working, release := make(chan struct{}), make(chan struct{})
	l := serve(t, s, nil)
	var once sync.Once
	l.taker.NewID = func() string { // after the transaction, before the answer
		once.Do(func() { close(working); <-release })
		return "A1"
	}
	conn, in := l.dial()
	defer conn.Close()
	if _, err := conn.Write(hl7.Frame(admission(1))); err != nil {
		t.Fatal(err)
	}
	<-working
	ended := make(chan error, 1)
	go func() { ended <- l.stop() }()
	select {
	case err := <-ended:
		t.Fatalf("the listener ended before the answer: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	close(release)
	if got := answer(t, in); got != "AA M1" {
		t.Errorf("answer %s", got)
	}
	fixture.OK(t, <-ended)
}
