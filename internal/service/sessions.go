package service

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Sessions are the sessions of screens of one process: one at a terminal, many of a
// server. They know who is signed in where and which forms are open, so that a person
// who sits down at another seat goes on there.
type Sessions struct {
	*Turns

	near *neighbours // the other servers of the ward, if the process meets them

	mu   sync.Mutex
	open []*Session
	left map[string]Screens // of people whose connection was lost
}

// NewSessions returns the sessions of a process, none so far.
func NewSessions() *Sessions {
	return &Sessions{Turns: newTurns(halfOfProcessors()), near: newNeighbours(), left: map[string]Screens{}}
}

// Place is a screen as package kit names it.
type Place struct{ Screen, Subject, Detail string }

// Screens are the open screens of a person at a seat, from the lowest to the top.
type Screens struct {
	Seat   string
	Since  time.Time // when they were locked, or the connection was lost
	Places []Place
}

// Held is a form that a person has open.
type Held struct {
	By    string
	Form  Place // without detail
	Since time.Time
}

// State is a session as the others see it.
type State struct {
	User   string   // signed in; empty if none
	Locked []string // people whose screens wait behind the lock
	Forms  []Held
}

// holds returns a form of a person, if it is open.
func (s *State) holds(by string, form Place) (Held, bool) {
	i := slices.IndexFunc(s.Forms, func(f Held) bool { return f.By == by && f.Form == form })
	if i < 0 {
		return Held{}, false
	}
	return s.Forms[i], true
}

// Session is one session of screens, with its idle clock.
type Session struct {
	Seat string // label of the seat over SSH; empty at the machine itself

	all  *Sessions
	mail chan Request

	mu    sync.Mutex
	idle  Idle
	state State
}

// Request asks a session to give up screens of a person, who goes on at another seat.
type Request struct {
	By    string // the person
	Form  Place  // a form; the zero Place asks for all screens behind the lock
	Seat  string // at which the person goes on
	reply chan Screens
}

// Answer gives the screens up. The session calls it after their last draft is in the log.
func (r *Request) Answer(s Screens) { r.reply <- s }

// Join adds a session, which is idle from now on.
func (s *Sessions) Join(seat string, now time.Time) *Session {
	x := &Session{Seat: seat, all: s, mail: make(chan Request, 8), idle: Idle{touched: now}}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = append(s.open, x)
	return x
}

// Leave ends the session. screens are those of people who have not signed out.
func (x *Session) Leave(screens map[string]Screens) {
	s := x.all
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = slices.DeleteFunc(s.open, func(o *Session) bool { return o == x })
	for name, left := range screens {
		if len(left.Places) > 0 {
			s.left[name] = left
		}
	}
}

// Touch notes a key.
func (x *Session) Touch(now time.Time) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.idle.Touch(now)
}

// Over reports whether the last key was at least limit ago.
func (x *Session) Over(now time.Time, limit time.Duration) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.idle.Over(now, limit)
}

// Publish tells the other sessions the state of this one. A form that was open before
// keeps its time.
func (x *Session) Publish(now time.Time, state State) {
	if x.publish(now, state) {
		x.all.near.soon()
	}
}

// publish reports whether other servers should know.
func (x *Session) publish(now time.Time, state State) (news bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for i := range state.Forms {
		f := &state.Forms[i]
		f.Since = now
		for _, before := range x.state.Forms {
			if before.By == f.By && before.Form == f.Form {
				f.Since = before.Since
			}
		}
	}
	slices.Sort(state.Locked) // they come from a map, of which the order would be news
	news = !slices.Equal(x.state.Forms, state.Forms) || !slices.Equal(x.state.Locked, state.Locked)
	x.state = state
	return news
}

// except returns the sessions but x for which a condition holds.
func (s *Sessions) except(x *Session, holds func(*State) bool) (list []*Session) {
	s.mu.Lock()
	all := slices.Clone(s.open)
	s.mu.Unlock()
	for _, o := range all {
		if o == x {
			continue
		}
		o.mu.Lock()
		if holds(&o.state) {
			list = append(list, o)
		}
		o.mu.Unlock()
	}
	return list
}

// Elsewhere reports at which other seat a person has a form open, and since when.
func (x *Session) Elsewhere(by string, form Place) (seat string, since time.Time, ok bool) {
	for _, o := range x.all.except(x, func(s *State) bool {
		f, open := s.holds(by, form)
		if open {
			since = f.Since
		}
		return open
	}) {
		return o.Seat, since, true
	}
	return x.all.near.elsewhere(by, form)
}

// answerWithin is the longest time to wait for another session. One that does not answer
// draws on a terminal that does not read; its drafts are in the log up to the last key.
const answerWithin = 2 * time.Second

// TakeOver takes a form of a person over from the other sessions that have it open, also
// from those of other servers.
func (x *Session) TakeOver(ctx context.Context, by string, form Place) {
	r := Request{By: by, Form: form, Seat: x.Seat}
	x.all.takeOver(ctx, x, r)
	for _, server := range x.all.near.with(func(b *bulletin) bool {
		return slices.ContainsFunc(b.Sessions, func(p posted) bool {
			_, open := p.holds(by, form)
			return open
		})
	}) {
		x.all.near.ask(ctx, server, r)
	}
}

// takeOver takes a form from the sessions of this process but x.
func (s *Sessions) takeOver(ctx context.Context, x *Session, r Request) {
	for _, o := range s.except(x, func(s *State) bool {
		_, open := s.holds(r.By, r.Form)
		return open
	}) {
		o.ask(ctx, r)
	}
}

// Continue takes over the screens that a person locked at another seat, or had open as the
// connection was lost. The other servers are all asked: what they have written may be a
// moment old, and one that was killed is known to be silent afterwards.
func (x *Session) Continue(ctx context.Context, by string) (found Screens, ok bool) {
	r := Request{By: by, Seat: x.Seat}
	found, ok = x.all.take(ctx, x, r)
	for _, server := range x.all.near.with(func(*bulletin) bool { return true }) {
		if screens, answered := x.all.near.ask(ctx, server, r); answered && len(screens.Places) > 0 {
			found, ok = screens, true
		}
	}
	return found, ok
}

// take takes the screens of a person from the sessions of this process but x, and those
// that were left.
func (s *Sessions) take(ctx context.Context, x *Session, r Request) (found Screens, ok bool) {
	s.mu.Lock()
	found, ok = s.left[r.By]
	delete(s.left, r.By)
	s.mu.Unlock()
	for _, o := range s.except(x, func(s *State) bool { return slices.Contains(s.Locked, r.By) }) {
		if screens, answered := o.ask(ctx, r); answered && len(screens.Places) > 0 {
			found, ok = screens, true
		}
	}
	return found, ok
}

func (x *Session) ask(ctx context.Context, r Request) (Screens, bool) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	r.reply = make(chan Screens, 1)
	select {
	case x.mail <- r:
	case <-ctx.Done():
		return Screens{}, false
	}
	select {
	case screens := <-r.reply:
		return screens, true
	case <-ctx.Done():
		return Screens{}, false
	}
}

// Next waits for a request of another session. It reports false if the context ended.
func (x *Session) Next(ctx context.Context) (Request, bool) {
	select {
	case <-ctx.Done():
		return Request{}, false
	case r := <-x.mail:
		return r, true
	}
}

// Status counts the sessions of a process.
type Status struct {
	Seats    int           // sessions
	SignedIn int           // those with a person
	Waiting  int           // sign-ins that wait for their turn
	Oldest   time.Duration // since the last key at the seat that was idle longest
}

// Status returns the counts now, by the clock of the keys.
func (s *Sessions) Status(now time.Time) Status {
	s.mu.Lock()
	all := slices.Clone(s.open)
	s.mu.Unlock()
	status := Status{Seats: len(all), Waiting: s.Waiting()}
	for _, x := range all {
		x.mu.Lock()
		if x.state.User != "" {
			status.SignedIn++
		}
		status.Oldest = max(status.Oldest, now.Sub(x.idle.touched))
		x.mu.Unlock()
	}
	return status
}
