package service

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"time"

	"neurocheck/internal/store"
)

// neighbours are the other servers of seats of the ward: a person may sit down at any of
// them. Each server writes its state into the log, and looks at those of the others. It asks
// for screens in its own state, too, and the other one answers in its own, so that no server
// writes the row of another.
type neighbours struct {
	self   string
	wake   chan struct{} // there is something to write
	every  time.Duration // the time from a look to the next one
	within time.Duration // the time in which a server answers

	mu      sync.Mutex
	known   map[string]*neighbour
	asks    map[string]*ask // by ID
	answers map[string]*Screens
}

// neighbour is another server.
type neighbour struct {
	revision int64
	heard    time.Time // of the last change of its state
	silent   bool      // it has not answered, or is new: until its state changes
	state    bulletin
}

// bulletin is the state of a server as the others read it.
type bulletin struct {
	Sessions []posted           `json:"sessions,omitempty"`
	Asks     map[string]request `json:"asks,omitempty"`
	Answers  map[string]Screens `json:"answers,omitempty"`
	Beat     int64              `json:"beat"`
}

// posted is a session of another server.
type posted struct {
	Seat string `json:"seat"`
	State
}

// request asks another server for a form, or without one for all screens of a person that
// are locked or were left there.
type request struct {
	To   string `json:"to"`
	By   string `json:"by"`
	Form Place  `json:"form"`
	Seat string `json:"seat"`
}

// ask is a request that waits for its answer.
type ask struct {
	request
	answered chan Screens
}

// The pace of the servers. A look reads a few short rows.
const (
	lookEvery       = 500 * time.Millisecond
	lookSoon        = 50 * time.Millisecond // if an answer is awaited
	beatEvery       = 4 * time.Second
	silentNeighbour = 3 * beatEvery
	goneNeighbour   = 10 * time.Minute
	neighbourWithin = 3 * time.Second // a session of it has answerWithin
)

func newNeighbours() *neighbours {
	return &neighbours{
		self: rand.Text(), wake: make(chan struct{}, 1), every: lookEvery, within: neighbourWithin,
		known: map[string]*neighbour{}, asks: map[string]*ask{}, answers: map[string]*Screens{},
	}
}

// Meet lets the sessions of the other servers of a log know those of this process, and the
// other way round, until the context ends. failed gets the first error of a row of them; the
// seats stay open after it.
func (s *Sessions) Meet(ctx context.Context, log *store.Store, failed func(error)) {
	n := s.near
	m := meeting{sessions: s, log: log}
	ill := false
	for {
		err := m.round(ctx)
		if err != nil && !ill && ctx.Err() == nil {
			failed(err)
		}
		ill = err != nil
		select {
		case <-ctx.Done():
			own := store.Presence{Server: n.self, Revision: m.revision}
			if err := log.DropPresence(context.WithoutCancel(ctx), own); err != nil && !ill {
				failed(err)
			}
			return
		case <-n.wake:
		case <-time.After(n.pause()):
		}
	}
}

// pause returns the time until the next look.
func (n *neighbours) pause() time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.asks) > 0 {
		return min(lookSoon, n.every)
	}
	return n.every
}

// meeting is the part of Meet that reads and writes the log.
type meeting struct {
	sessions *Sessions
	log      *store.Store
	revision int64
	written  string    // without the beat
	beat     time.Time // of the last write
	greets   bool      // a server is new: it shall hear of this one soon
}

// round writes the state of this process if it changed, and reads those of the others.
func (m *meeting) round(ctx context.Context) error {
	if err := m.write(ctx); err != nil {
		return err
	}
	list, err := m.log.Presences(ctx)
	if err != nil {
		return err
	}
	for _, gone := range m.sessions.hear(ctx, list, &m.greets) {
		if err := m.log.DropPresence(ctx, gone); err != nil {
			return err
		}
	}
	return nil
}

// write writes the state if another server is to read it: a server that is alone has written
// that it is there, and writes again when a new one is to hear of it.
func (m *meeting) write(ctx context.Context) error {
	if m.revision > 0 && !m.greets && m.sessions.near.alone() {
		return nil
	}
	state := m.sessions.bulletin()
	text, err := json.Marshal(state)
	if err != nil {
		return err
	}
	if string(text) == m.written && time.Since(m.beat) < beatEvery && !m.greets {
		return nil
	}
	written := string(text)
	m.revision++
	state.Beat = m.revision
	if text, err = json.Marshal(state); err != nil {
		return err
	}
	if err := m.log.KeepPresence(ctx, store.Presence{Server: m.sessions.near.self, Revision: m.revision, Content: string(text)}); err != nil {
		return err
	}
	m.written, m.beat, m.greets = written, time.Now(), false
	return nil
}

// bulletin returns the state of this process.
func (s *Sessions) bulletin() (b bulletin) {
	s.mu.Lock()
	all := slices.Clone(s.open)
	s.mu.Unlock()
	for _, x := range all {
		x.mu.Lock()
		if len(x.state.Forms)+len(x.state.Locked) > 0 {
			b.Sessions = append(b.Sessions, posted{x.Seat, x.state})
		}
		x.mu.Unlock()
	}
	n := s.near
	n.mu.Lock()
	defer n.mu.Unlock()
	for id, a := range n.asks {
		if b.Asks == nil {
			b.Asks = map[string]request{}
		}
		b.Asks[id] = a.request
	}
	for id, screens := range n.answers {
		if screens != nil {
			if b.Answers == nil {
				b.Answers = map[string]Screens{}
			}
			b.Answers[id] = *screens
		}
	}
	return b
}

// hear takes the states of the other servers, answers their asks, and returns those that
// ended long ago. greets is set if one of them is new.
func (s *Sessions) hear(ctx context.Context, list []store.Presence, greets *bool) (gone []store.Presence) {
	n := s.near
	n.mu.Lock()
	defer n.mu.Unlock()
	here, asked := map[string]bool{n.self: true}, map[string]request{}
	for _, p := range list {
		if p.Server == n.self {
			continue
		}
		here[p.Server] = true
		if o := n.known[p.Server]; o != nil && time.Since(o.heard) > goneNeighbour {
			gone = append(gone, p)
			continue
		}
		if n.note(p) {
			*greets = true
		}
		for id, r := range n.known[p.Server].state.Asks {
			if r.To == n.self {
				asked[id] = r
			}
		}
	}
	maps.DeleteFunc(n.known, func(id string, _ *neighbour) bool { return !here[id] })
	maps.DeleteFunc(n.answers, func(id string, screens *Screens) bool { return asked[id].To == "" && screens != nil })
	for id, r := range asked {
		if _, begun := n.answers[id]; !begun {
			n.answers[id] = nil
			go s.answer(ctx, id, r)
		}
	}
	return gone
}

// note takes the state of one server, and hands its answers to those who wait for them. It
// reports whether the server is new. The state of a new one may be old: it counts when it
// changes, which it does soon, because the new one is greeted by this one, too.
func (n *neighbours) note(p store.Presence) (isNew bool) {
	o := n.known[p.Server]
	if o == nil {
		o, isNew = &neighbour{silent: true}, true
		n.known[p.Server] = o
	} else if o.revision != p.Revision {
		o.silent = false
	}
	if isNew || o.revision != p.Revision {
		o.revision, o.heard, o.state = p.Revision, time.Now(), bulletin{}
		if json.Unmarshal([]byte(p.Content), &o.state) != nil {
			o.state = bulletin{} // of another version
		}
	}
	if time.Since(o.heard) > silentNeighbour {
		o.silent = true
	}
	for id, screens := range o.state.Answers {
		if a := n.asks[id]; a != nil {
			select {
			case a.answered <- screens:
			default: // it has this answer
			}
		}
	}
	return isNew
}

// answer takes the screens from the sessions of this process for another server.
func (s *Sessions) answer(ctx context.Context, id string, r request) {
	var screens Screens
	if r.Form == (Place{}) {
		screens, _ = s.take(ctx, nil, Request{By: r.By, Seat: r.Seat})
	} else {
		s.takeOver(ctx, nil, Request{By: r.By, Form: r.Form, Seat: r.Seat})
	}
	s.near.mu.Lock()
	s.near.answers[id] = &screens
	s.near.mu.Unlock()
	s.near.soon()
}

// alone reports whether no other server of the ward is known.
func (n *neighbours) alone() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.known) == 0
}

// soon lets Meet write at once.
func (n *neighbours) soon() {
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// with returns the servers that are not silent and for whose state a condition holds.
func (n *neighbours) with(holds func(*bulletin) bool) (servers []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for id, o := range n.known {
		if !o.silent && holds(&o.state) {
			servers = append(servers, id)
		}
	}
	return servers
}

// ask asks a server, and reports false if it does not answer: then it is silent until its
// state changes.
func (n *neighbours) ask(ctx context.Context, to string, r Request) (Screens, bool) {
	ctx, cancel := context.WithTimeout(ctx, n.within)
	defer cancel()
	id := rand.Text()
	a := &ask{request: request{To: to, By: r.By, Form: r.Form, Seat: r.Seat}, answered: make(chan Screens, 1)}
	n.mu.Lock()
	n.asks[id] = a
	n.mu.Unlock()
	n.soon()
	defer func() {
		n.mu.Lock()
		delete(n.asks, id)
		n.mu.Unlock()
		n.soon()
	}()
	select {
	case screens := <-a.answered:
		return screens, true
	case <-ctx.Done():
		n.mu.Lock()
		defer n.mu.Unlock()
		if o := n.known[to]; o != nil {
			o.silent = true
		}
		return Screens{}, false
	}
}

// elsewhere is [Session.Elsewhere] for the other servers.
func (n *neighbours) elsewhere(by string, form Place) (seat string, since time.Time, ok bool) {
	n.with(func(b *bulletin) bool {
		for _, x := range b.Sessions {
			if f, open := x.holds(by, form); open {
				seat, since, ok = x.Seat, f.Since, true
			}
		}
		return false
	})
	return seat, since, ok
}
