package service

import (
	"context"
	"slices"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// meets lets sessions meet others on a log, until end is called.
func meets(t *testing.T, log *store.Store) (all *Sessions, end func()) {
	t.Helper()
	all = NewSessions()
	all.near.every = 5 * time.Millisecond // so that a test does not wait for a look
	ctx, stop := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() {
		defer close(over)
		all.Meet(ctx, log, func(err error) { t.Error(err) })
	}()
	end = func() {
		stop()
		<-over
	}
	t.Cleanup(end)
	return all, end
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it does not happen that %s", what)
		}
	}
}

// know waits until each of two servers has heard of the other one.
func know(t *testing.T, a, b *Sessions) {
	t.Helper()
	everyone := func(*bulletin) bool { return true }
	eventually(t, "the servers know each other", func() bool {
		return slices.Contains(a.near.with(everyone), b.near.self) && slices.Contains(b.near.with(everyone), a.near.self)
	})
}

// Two servers of a ward: a form that is open at one is seen and taken over at the other, and
// screens that are locked at one go on at the other.
func TestAPersonGoesOnAtAnotherServer(t *testing.T) {
	t.Parallel()
	log, _ := open(t, ward.DefaultSite())
	first, _ := meets(t, log)
	second, _ := meets(t, log)
	know(t, first, second)
	a, b := first.Join("Desk 1", now), second.Join("Desk 2", now)
	form, other := Place{Screen: "form", Subject: "7"}, Place{Screen: "form", Subject: "8"}
	a.Publish(now, State{User: "Maria", Forms: []Held{{By: "Maria", Form: form}}})
	eventually(t, "the form is seen", func() bool {
		_, _, ok := b.Elsewhere("Maria", form)
		return ok
	})
	if seat, since, ok := b.Elsewhere("Maria", form); !ok || seat != "Desk 1" || !since.Equal(now) {
		t.Errorf("%q since %v, %v", seat, since, ok)
	}
	for by, f := range map[string]Place{"Maria": other, "Tomasz": form} {
		if _, _, ok := b.Elsewhere(by, f); ok {
			t.Errorf("%s has %v open", by, f)
		}
	}
	requests := make(chan Request, 4)
	go func() {
		for {
			r, ok := a.Next(t.Context())
			if !ok {
				return
			}
			a.Publish(now, State{})
			requests <- r
			r.Answer(Screens{Seat: "Desk 1", Since: now, Places: []Place{other}})
		}
	}()
	if _, ok := b.Continue(t.Context(), "Maria"); ok || len(requests) > 0 {
		t.Error("screens that are not locked were taken over")
	}
	b.TakeOver(t.Context(), "Maria", form)
	if r := <-requests; r.By != "Maria" || r.Form != form || r.Seat != "Desk 2" {
		t.Errorf("%+v", r)
	}
	eventually(t, "the form is closed there", func() bool {
		_, _, ok := b.Elsewhere("Maria", form)
		return !ok
	})

	a.Publish(now, State{Locked: []string{"Tomasz", "Maria"}})
	if got, ok := b.Continue(t.Context(), "Maria"); !ok || got.Seat != "Desk 1" || !got.Since.Equal(now) || !slices.Equal(got.Places, []Place{other}) {
		t.Errorf("%+v, %v", got, ok)
	}
	if r := <-requests; r.By != "Maria" || r.Form != (Place{}) || r.Seat != "Desk 2" {
		t.Errorf("%+v", r)
	}

	// After a lost connection.
	b.Leave(map[string]Screens{"Tomasz": {Seat: "Desk 2", Places: []Place{form}}})
	c := first.Join("Desk 3", now)
	if got, ok := c.Continue(t.Context(), "Tomasz"); !ok || got.Seat != "Desk 2" || !slices.Equal(got.Places, []Place{form}) {
		t.Errorf("after a lost connection: %+v, %v", got, ok)
	}
	if list, err := log.Presences(t.Context()); err != nil || len(list) != 2 {
		t.Errorf("%+v, %v", list, err)
	}
}

// A server that was killed delays no session for long, and one that ends in order leaves
// nothing in the log.
func TestAServerThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	log, _ := open(t, ward.DefaultSite())
	first, endFirst := meets(t, log)
	second, endSecond := meets(t, log)
	know(t, first, second)
	second.near.within = 600 * time.Millisecond
	form := Place{Screen: "form", Subject: "7"}
	a, b := first.Join("Desk 1", now), second.Join("Desk 2", now)
	a.Publish(now, State{User: "Maria", Forms: []Held{{By: "Maria", Form: form}}})
	elsewhere := func() bool {
		_, _, ok := b.Elsewhere("Maria", form)
		return ok
	}
	eventually(t, "the form is seen", elsewhere)
	killed, err := log.Presences(t.Context())
	check(t, err)
	endFirst()
	killed = slices.DeleteFunc(killed, func(p store.Presence) bool { return p.Server != first.near.self })
	killed[0].Revision = 1000
	eventually(t, "its last words are heard", func() bool {
		killed[0].Revision++
		check(t, log.KeepPresence(t.Context(), killed[0]))
		time.Sleep(lookSoon)
		return elsewhere()
	})
	begun := time.Now()
	if _, ok := b.Continue(t.Context(), "Maria"); ok {
		t.Error("screens came from a server that was killed")
	}
	if took := time.Since(begun); elsewhere() {
		t.Errorf("after %v without an answer its forms are still in the way", took)
	}
	begun = time.Now()
	if _, ok := b.Continue(t.Context(), "Maria"); ok || time.Since(begun) > second.near.within/2 {
		t.Errorf("it is asked again: %v", time.Since(begun))
	}
	// One that starts later does not take an old state for news.
	third, endThird := meets(t, log)
	know(t, second, third)
	if _, _, ok := third.Join("Desk 3", now).Elsewhere("Maria", form); ok {
		t.Error("a new server believes one that was killed")
	}
	endThird()
	second.near.mu.Lock()
	second.near.known[first.near.self].heard = time.Now().Add(-goneNeighbour - time.Second)
	second.near.mu.Unlock()
	eventually(t, "the state of the killed server is deleted", func() bool {
		list, err := log.Presences(t.Context())
		return err == nil && len(list) == 1
	})
	endSecond()
	if list, err := log.Presences(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("left: %+v, %v", list, err)
	}
}

// A state of another version, or one that is no state at all, is no trouble.
func TestAStateOfAnotherVersion(t *testing.T) {
	t.Parallel()
	log, _ := open(t, ward.DefaultSite())
	for i, text := range []string{"not JSON", `{"sessions":"many"}`, `{"asks":{"x":{"to":"y"}},"more":[1]}`} {
		check(t, log.KeepPresence(t.Context(), store.Presence{Server: string(rune('a' + i)), Revision: 1, Content: text}))
	}
	first, _ := meets(t, log)
	second, _ := meets(t, log)
	know(t, first, second)
}

// A server that is alone writes once that it is there, and again when another one comes.
func TestAServerThatIsAloneDoesNotWrite(t *testing.T) {
	t.Parallel()
	log, _ := open(t, ward.DefaultSite())
	alone, other := meeting{sessions: NewSessions(), log: log}, meeting{sessions: NewSessions(), log: log}
	rounds := func(of ...*meeting) {
		for range 3 {
			for _, m := range of {
				m.beat = time.Time{}
				if err := m.round(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	rounds(&alone)
	alone.sessions.Join("Desk 1", now).Publish(now, State{User: "Maria", Locked: []string{"Maria"}})
	rounds(&alone)
	if alone.revision != 1 {
		t.Errorf("it wrote %d times", alone.revision)
	}
	rounds(&other, &alone)
	if n := other.sessions.near.with(func(b *bulletin) bool { return len(b.Sessions) == 1 }); len(n) != 1 {
		t.Errorf("the other one knows %v", n)
	}
}
