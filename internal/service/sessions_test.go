package service

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestTurnsAreFew(t *testing.T) {
	turns := newTurns(2)
	var at, most atomic.Int64
	var all sync.WaitGroup
	hold := make(chan struct{})
	for range 8 {
		all.Go(func() {
			done := turns.Take()
			defer done()
			if n := at.Add(1); n > most.Load() {
				most.Store(n)
			}
			<-hold
			at.Add(-1)
		})
	}
	for turns.Waiting() != 6 {
		time.Sleep(time.Millisecond)
	}
	close(hold)
	all.Wait()
	if most.Load() > 2 || turns.Waiting() != 0 {
		t.Errorf("%d at once, %d wait at the end", most.Load(), turns.Waiting())
	}
	if newTurns(0).Take() == nil {
		t.Error("a machine with one processor has no turn")
	}
}

// serveRequests answers as the screens do.
func serveRequests(t *testing.T, x *Session, screens Screens) {
	go func() {
		for {
			r, ok := x.Next(t.Context())
			if !ok {
				return
			}
			r.Answer(screens)
		}
	}()
}

func TestAPersonGoesOnAtAnotherSeat(t *testing.T) {
	all := NewSessions()
	a, b := all.Join("Desk 1", now), all.Join("Desk 2", now)
	form := Place{Screen: "form", Subject: "7"}
	a.Publish(now, State{User: "Maria", Forms: []Held{{By: "Maria", Form: form}}})
	a.Publish(now.Add(time.Minute), State{User: "Maria", Forms: []Held{{By: "Maria", Form: form}}})
	if seat, since, ok := b.Elsewhere("Maria", form); !ok || seat != "Desk 1" || !since.Equal(now) {
		t.Errorf("%q since %v, %v", seat, since, ok)
	}
	for name, f := range map[string]Place{"Tomasz": form, "Maria": {Screen: "form", Subject: "8"}} {
		if _, _, ok := b.Elsewhere(name, f); ok {
			t.Errorf("%s has %v open", name, f)
		}
	}
	if _, _, ok := a.Elsewhere("Maria", form); ok {
		t.Error("a session counts as another one")
	}
	if _, ok := b.Continue(t.Context(), "Maria"); ok {
		t.Error("screens that are not locked were taken over")
	}
	a.Publish(now, State{Locked: []string{"Maria"}})
	serveRequests(t, a, Screens{Seat: "Desk 1", Places: []Place{{Screen: "board"}, form}})
	if got, ok := b.Continue(t.Context(), "Maria"); !ok || len(got.Places) != 2 {
		t.Errorf("%+v, %v", got, ok)
	}
	b.Leave(map[string]Screens{"Tomasz": {Seat: "Desk 2", Places: []Place{form}}, "Maria": {}})
	c := all.Join("Desk 3", now)
	if got, ok := c.Continue(t.Context(), "Tomasz"); !ok || got.Seat != "Desk 2" {
		t.Errorf("after a lost connection: %+v, %v", got, ok)
	}
	if _, ok := c.Continue(t.Context(), "Tomasz"); ok {
		t.Error("they were taken over twice")
	}
	if s := all.Status(now); s.Seats != 2 {
		t.Errorf("%+v", s)
	}
}

// A terminal that does not read holds its session up, and no other one.
func TestASessionThatDoesNotAnswer(t *testing.T) {
	all := NewSessions()
	a, b := all.Join("Desk 1", now), all.Join("Desk 2", now)
	a.Publish(now, State{Locked: []string{"Maria"}})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, ok := b.Continue(ctx, "Maria"); ok {
		t.Error("nothing answered, and yet screens came")
	}
}

func TestStatusCountsIdleSeats(t *testing.T) {
	all := NewSessions()
	a, b := all.Join("Desk 1", now), all.Join("Desk 2", now)
	a.Touch(now.Add(-time.Hour))
	b.Touch(now)
	b.Publish(now, State{User: "Maria"})
	if s := all.Status(now); s != (Status{Seats: 2, SignedIn: 1, Oldest: time.Hour}) {
		t.Errorf("%+v", s)
	}
}
