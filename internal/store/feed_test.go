package store_test

import (
	"bytes"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

func TestTheInboxIsFull(t *testing.T) {
	s := opened(t)
	take := func(do func(*store.FeedAct) error) error { return s.TakeMessage(t.Context(), feed(0), do) }
	big := bytes.Repeat([]byte{'x'}, 1<<10)
	if program := store.LimitInbox(t, 256<<10); program != 256<<20 {
		t.Errorf("the inbox of the program holds %d bytes", program)
	}
	ok(t, take(func(a *store.FeedAct) error {
		for range 255 {
			ok(t, a.PutInbox(&ward.InboxMessage{State: ward.MessageHeld, ControlID: "1", Content: big}))
		}
		return nil
	}))
	one := func(a *store.FeedAct) error {
		return a.PutInbox(&ward.InboxMessage{State: ward.MessageRefused, Code: 101, ControlID: "2", Content: big})
	}
	ok(t, take(one))
	refused(t, take(one), ward.KindUnavailable, "the inbox of the feed is full")
	count := must(s.CountInbox(t.Context()))(t)
	if count.Held != 255 || count.Refused != 1 || !count.Oldest.Equal(after(0)) {
		t.Errorf("%+v", count)
	}
	ok(t, s.DropMessage(t.Context(), admin(time.Hour), 1, "a test"))
	refused(t, s.DropMessage(t.Context(), admin(time.Hour), 1, "a test"), ward.KindConflict, "is settled already: dropped")
	refused(t, s.DropMessage(t.Context(), admin(time.Hour), 999, "a test"), ward.KindNotFound, "there is no message 999")
	ok(t, take(one))
	if m := must(s.InboxMessage(t.Context(), 1))(t); m.State != ward.MessageDropped || m.Note != "a test" || m.Settled.By != "Kim Adler" {
		t.Errorf("%s %s", m.State, m.Note)
	}
	// Thirty days later the settled one is gone, and its number is not given again.
	ok(t, s.DropMessage(t.Context(), admin(31*24*time.Hour), 2, "a test"))
	if _, err := s.InboxMessage(t.Context(), 1); ward.KindOf(err) != ward.KindNotFound {
		t.Errorf("the settled message: %v", err)
	}
	if all := must(s.Inbox(t.Context(), true))(t); len(all) != 256 || all[len(all)-1].ID != 257 {
		t.Errorf("%d messages", len(all))
	}
	whole(t, s)
}
