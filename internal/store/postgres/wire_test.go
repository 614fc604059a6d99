package postgres_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"

	"neurocheck/internal/store/storetest/pgserver"
)

// wire is a proxy before a server that counts round trips: what a connection sends until the
// server has answered is one.
type wire struct {
	folder string
	mu     sync.Mutex
	trips  []trip // in the order in which they began
	lost   int    // the number of the round trip of which the answer is lost, counted from 1; 0 if none is
}

// trip is a round trip of a connection.
type trip struct {
	on         *line
	statements []string
}

// newWire starts a proxy before a server.
func newWire(t testing.TB, s *pgserver.Server) *wire {
	t.Helper()
	w := &wire{folder: must(os.MkdirTemp("", "neurocheck-wire-"))(t)}
	t.Cleanup(func() { ok(t, os.RemoveAll(w.folder)) })
	const socket = ".s.PGSQL.5432"
	listener := must(net.Listen("unix", filepath.Join(w.folder, socket)))(t)
	var running sync.WaitGroup
	t.Cleanup(running.Wait)
	t.Cleanup(func() { ok(t, listener.Close()) })
	running.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("unix", filepath.Join(s.Socket(), socket))
			if err != nil {
				t.Error(err)
				client.Close()
				return
			}
			running.Go(func() { w.pass(t, client, server) })
		}
	})
	return w
}

// address returns the address of a ward through the proxy.
func (w *wire) address(login, ward string) string {
	return "postgres://" + login + "@/hospital?host=" + w.folder + "&port=5432&ward=" + ward
}

// pass passes the messages of one connection on in both directions.
func (w *wire) pass(t testing.TB, client, server net.Conn) {
	l := &line{of: w, texts: make(map[string]string)}
	var both sync.WaitGroup
	both.Go(func() {
		defer server.Close()
		if err := l.send(client, server); err != nil && !closed(err) {
			t.Error(err)
		}
	})
	both.Go(func() {
		defer client.Close()
		answer := make([]byte, 32<<10)
		var end []byte
		for {
			n, err := server.Read(answer)
			if l.loses() {
				return
			}
			if n > 0 {
				// The server sends the first rows before it has the last statement, and says
				// that it is ready once it has answered all.
				end = append(end, answer[:n]...)
				end = end[max(0, len(end)-len(ready)-1):]
				if bytes.HasPrefix(end, ready) {
					l.answered()
				}
				_, _ = client.Write(answer[:n])
			}
			if err != nil {
				return
			}
		}
	})
	both.Wait()
}

// ready begins the message ReadyForQuery, which ends with one byte more.
var ready = []byte{'Z', 0, 0, 0, 5}

func closed(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}

// line is one connection through the proxy.
type line struct {
	of    *wire
	texts map[string]string // of prepared statements, by name
	trip  int               // the number of the open round trip, counted from 1; 0 if the server has answered
}

// send passes the messages of the client on, and notes their statements.
func (l *line) send(client io.Reader, server io.Writer) error {
	messages := pgproto3.NewBackend(client, server)
	forward := pgproto3.NewFrontend(client, server)
	first, err := messages.ReceiveStartupMessage()
	if err != nil {
		return err
	}
	l.sent("connect")
	forward.Send(first)
	for err = forward.Flush(); err == nil; err = forward.Flush() {
		message, err := messages.Receive()
		if err != nil {
			return err
		}
		switch m := message.(type) {
		case *pgproto3.Parse:
			l.texts[m.Name] = strings.Join(strings.Fields(m.Query), " ")
			l.sent("prepare")
		case *pgproto3.Bind:
			l.sent(l.texts[m.PreparedStatement])
		case *pgproto3.Query:
			l.sent(strings.Join(strings.Fields(m.String), " "))
		}
		forward.Send(message)
	}
	return err
}

func (l *line) sent(statement string) {
	l.of.mu.Lock()
	defer l.of.mu.Unlock()
	if l.trip == 0 {
		l.of.trips = append(l.of.trips, trip{on: l})
		l.trip = len(l.of.trips)
	}
	of := &l.of.trips[l.trip-1]
	of.statements = append(of.statements, statement)
}

// loses reports whether the answer of the open round trip is lost, and the connection with it.
func (l *line) loses() bool {
	l.of.mu.Lock()
	defer l.of.mu.Unlock()
	return l.trip > 0 && l.trip == l.of.lost
}

func (l *line) answered() {
	l.of.mu.Lock()
	defer l.of.mu.Unlock()
	l.trip = 0
}

// loseNext loses the answer of a round trip from now, counted from 1. The function that it
// returns reports whether there was one, and loses no more.
func (w *wire) loseNext(n int) (happened func() bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lost = len(w.trips) + n
	return func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		defer func() { w.lost = 0 }()
		return len(w.trips) >= w.lost
	}
}

// all returns the round trips of an act.
func (w *wire) all(act func()) (list [][]string) {
	for _, of := range w.of(act) {
		list = append(list, of.statements)
	}
	return list
}

// of runs an act, and returns its round trips with their connections.
func (w *wire) of(act func()) (list []trip) {
	w.mu.Lock()
	before := len(w.trips)
	w.mu.Unlock()
	act()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, of := range w.trips[before:] {
		list = append(list, trip{of.on, slices.Clone(of.statements)})
	}
	return list
}

// during returns the round trips of an act on the connections that commit meanwhile. Other
// processes are notified afterwards, on another one.
func (w *wire) during(act func()) (list [][]string) {
	trips := w.of(act)
	commit := make(map[*line]bool)
	for _, of := range trips {
		commit[of.on] = commit[of.on] || slices.Contains(of.statements, "COMMIT")
	}
	for _, of := range trips {
		if commit[of.on] {
			list = append(list, of.statements)
		}
	}
	return list
}
