package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// pooler connects the commands of scripts with their server, as the poolers of hospitals do: it
// keeps connections for the next command, which begins with none of the settings,
// statements and locks of the one before. A new connection reads the catalogue for as long as
// most commands take on the server.
type pooler struct {
	folder string // of its socket
	server string // the socket of the server
	accept net.Listener
	mu     sync.Mutex
	idle   map[session][]*keptOpen
}

// session has the settings of a connection that cannot change later.
type session struct{ user, database string }

// keptOpen is a connection to the server.
type keptOpen struct {
	net.Conn
	hello []byte // with which the server greeted it
}

// The codes of the first message of a connection.
const (
	startCode  = 196608
	cancelCode = 80877102
)

// newPooler starts a pooler for the server with that socket.
func newPooler(server string) (_ *pooler, err error) {
	p := &pooler{server: server, idle: make(map[session][]*keptOpen)}
	if p.folder, err = os.MkdirTemp("", "neurocheck-pooler-"); err != nil {
		return nil, err
	}
	if p.accept, err = net.Listen("unix", filepath.Join(p.folder, filepath.Base(server))); err != nil {
		return nil, errors.Join(err, os.RemoveAll(p.folder))
	}
	go func() {
		for {
			client, err := p.accept.Accept()
			if err != nil {
				return
			}
			go p.serve(client)
		}
	}()
	return p, nil
}

func (p *pooler) close() error {
	err := p.accept.Close()
	p.forget("")
	return errors.Join(err, os.RemoveAll(p.folder))
}

// forget closes the connections to a database, or all of them.
func (p *pooler) forget(database string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for of, list := range p.idle {
		if database == "" || of.database == database {
			for _, k := range list {
				k.Close()
			}
			delete(p.idle, of)
		}
	}
}

// serve serves one connection of a command.
func (p *pooler) serve(client net.Conn) {
	defer client.Close()
	first, err := readPart(client)
	if err != nil || len(first) < 4 {
		return
	}
	if binary.BigEndian.Uint32(first) == cancelCode {
		if server, err := net.Dial("unix", p.server); err == nil {
			defer server.Close()
			_, _ = server.Write(part(first))
		}
		return
	}
	settings := strings.Split(strings.TrimRight(string(first[4:]), "\x00"), "\x00")
	var of session
	var set []string
	for pair := range slices.Chunk(settings, 2) {
		switch pair[0] {
		case "user":
			of.user = pair[1]
		case "database":
			of.database = pair[1]
		default:
			set = append(set, fmt.Sprintf("set_config('%s', '%s', false)", pair[0], strings.ReplaceAll(pair[1], "'", "''")))
		}
	}
	k, refusal := p.connect(of)
	if k == nil {
		_, _ = client.Write(refusal)
		return
	}
	if answer, err := k.ask("SELECT " + strings.Join(set, ", ")); err != nil {
		_, _ = client.Write(answer)
		k.Close()
		return
	}
	if _, err := client.Write(k.hello); err == nil && k.between(client) {
		if _, err := k.ask("DISCARD ALL"); err == nil {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.idle[of] = append(p.idle[of], k)
			return
		}
	}
	k.Close()
}

// take returns a connection that is idle, or nil.
func (p *pooler) take(of session) (k *keptOpen) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if list := p.idle[of]; len(list) > 0 {
		k, p.idle[of] = list[len(list)-1], list[:len(list)-1]
	}
	return k
}

// connect returns a connection to the server, or its refusal.
func (p *pooler) connect(of session) (_ *keptOpen, refusal []byte) {
	if k := p.take(of); k != nil {
		return k, nil
	}
	server, err := net.Dial("unix", p.server)
	if err != nil {
		return nil, nil
	}
	k := &keptOpen{Conn: server}
	start := binary.BigEndian.AppendUint32(nil, startCode)
	start = append(start, "user\x00"+of.user+"\x00database\x00"+of.database+"\x00\x00"...)
	if _, err = server.Write(part(start)); err == nil {
		k.hello, err = k.answer()
	}
	if err != nil {
		server.Close()
		return nil, k.hello
	}
	return k, nil
}

// between passes on all that the client and the server say, and reports whether the client
// said good-bye.
func (k *keptOpen) between(client net.Conn) (whole bool) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(client, k.Conn)
		client.Close() // if the server ended the connection
	}()
	whole = k.pass(client)
	_ = k.SetReadDeadline(time.Now())
	<-done
	return k.SetReadDeadline(time.Time{}) == nil && whole
}

// pass passes on what the client says, until it says good-bye.
func (k *keptOpen) pass(client net.Conn) bool {
	var text []byte // not passed on yet
	piece := make([]byte, 16<<10)
	for {
		n, err := client.Read(piece)
		if err != nil {
			return false
		}
		text = append(text, piece[:n]...)
		whole := 0
		for len(text) >= whole+5 && text[whole] != 'X' {
			next := whole + 1 + int(binary.BigEndian.Uint32(text[whole+1:]))
			if next > len(text) {
				break
			}
			whole = next
		}
		if _, err := k.Write(text[:whole]); err != nil {
			return false
		}
		if text = text[whole:]; len(text) > 0 && text[0] == 'X' {
			return true
		}
	}
}

// ask runs a statement, and returns an error unless it ends well and outside of a transaction.
func (k *keptOpen) ask(statement string) (answer []byte, err error) {
	if _, err := k.Write(slices.Concat([]byte("Q"), part([]byte(statement+"\x00")))); err != nil {
		return nil, err
	}
	return k.answer()
}

var errRefused = errors.New("the server refused it")

// answer reads an answer to its end.
func (k *keptOpen) answer() (answer []byte, err error) {
	_ = k.SetReadDeadline(time.Now().Add(10 * time.Second))
	defer k.SetReadDeadline(time.Time{})
	for {
		kind := make([]byte, 1)
		if _, readErr := io.ReadFull(k, kind); readErr != nil {
			return answer, errors.Join(err, readErr)
		}
		content, readErr := readPart(k)
		if readErr != nil {
			return answer, errors.Join(err, readErr)
		}
		answer = slices.Concat(answer, kind, part(content))
		switch kind[0] {
		case 'E':
			err = errRefused
		case 'Z':
			if !bytes.Equal(content, []byte("I")) {
				err = errRefused
			}
			return answer, err
		}
	}
}

// part returns a part of a message: its length, and the content.
func part(content []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(content)+4)), content...)
}

// readPart reads a part, and returns its content.
func readPart(from io.Reader) ([]byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(from, length[:]); err != nil {
		return nil, err
	}
	content := make([]byte, binary.BigEndian.Uint32(length[:])-4)
	_, err := io.ReadFull(from, content)
	return content, err
}
