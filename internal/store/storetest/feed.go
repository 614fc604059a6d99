package storetest

import (
	"slices"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/ward"
)

// testFeed runs every query about messages of a feed.
func testFeed(t *testing.T, l *logs) {
	s := l.opened(t)
	p := Admit(t, s)
	FillFeed(t, s, p.ID)
	fixture.OK(t, s.TakeMessage(t.Context(), fixture.Feed(12*time.Hour), func(a *store.FeedAct) error {
		journal := fixture.Must(a.Journal(p.MRN))(t)
		if len(journal.Messages) != 1 || len(journal.Patients) != 1 || len(journal.Patients[0].Stays) != 1 {
			t.Errorf("the journal: %+v", journal)
		}
		m := MessageOf("1001", p.MRN)
		seen := fixture.Must(a.Seen(m.Application, m.Facility, m.ControlID, m.Digest))(t)
		if !seen.Duplicate {
			t.Errorf("seen: %+v", seen)
		}
		if waiting := fixture.Must(a.WaitingFor(journal.Messages[0].ID))(t); waiting == nil || waiting.ID != 1 {
			t.Errorf("waiting: %+v", waiting)
		}
		if c := fixture.Must(a.Candidate(p.MRN))(t); c == nil || c.Patient.ID != p.ID || c.Recorded {
			t.Errorf("candidate: %+v", c)
		}
		if busy := fixture.Must(a.Busy(p.ID, &ward.Stay{ID: journal.Patients[0].Stays[0].ID}))(t); busy {
			t.Error("an empty stay is busy")
		}
		return nil
	}))
	if c := fixture.Must(s.CountInbox(t.Context()))(t); c.Held != 1 || c.Refused != 0 {
		t.Errorf("the inbox has %+v", c)
	}
	fixture.OK(t, s.RetryMessage(t.Context(), fixture.Admin(12*time.Hour), 1, func(a *store.FeedAct, m *ward.InboxMessage) error { return a.ChangeInbox(m) }))
	fixture.OK(t, s.DropMessage(t.Context(), fixture.Admin(13*time.Hour), 1, "a test"))
	if all := fixture.Must(s.Inbox(t.Context(), true))(t); len(all) != 1 || all[0].State != ward.MessageDropped {
		t.Errorf("the inbox has %+v", all)
	}
	if known := fixture.Must(s.KnownPatients(t.Context()))(t); len(known) != 2 {
		t.Errorf("%d patients are known", len(known))
	}
	fixture.Must(s.Board(t.Context()))(t)
	Whole(t, s)
}

// testSettledMessagesGo drops messages of the inbox: they go 30 days later, with the next one that
// comes in, but for the last, so that no number is given twice.
func testSettledMessagesGo(t *testing.T, l *logs) {
	s := l.opened(t)
	put := func(at time.Duration, control string) {
		t.Helper()
		fixture.OK(t, s.TakeMessage(t.Context(), fixture.Feed(at), func(a *store.FeedAct) error {
			return a.PutInbox(&ward.InboxMessage{State: ward.MessageHeld, Reason: "swap", ControlID: control, Content: []byte("MSH")})
		}))
	}
	there := func() (ids []int64) {
		for _, m := range fixture.Must(s.Inbox(t.Context(), true))(t) {
			ids = append(ids, m.ID)
		}
		return ids
	}
	put(0, "1")
	put(0, "2")
	const month = 30 * 24 * time.Hour
	for id := range int64(2) {
		fixture.OK(t, s.DropMessage(t.Context(), fixture.Admin(time.Hour), id+1, "a test"))
	}
	put(month, "3") // 30 days, but for the hour
	if ids := there(); !slices.Equal(ids, []int64{1, 2, 3}) {
		t.Errorf("before 30 days: %d", ids)
	}
	put(month+2*time.Hour, "4")
	if ids := there(); !slices.Equal(ids, []int64{3, 4}) {
		t.Errorf("after 30 days: %d", ids)
	}
	Whole(t, s)
}

// testABedOfTheFeedIsSeen changes a bed that a person typed: the chart and the board say so until
// the patient is opened.
func testABedOfTheFeedIsSeen(t *testing.T, l *logs) {
	s := l.opened(t)
	p := Admit(t, s)
	fixture.OK(t, s.TakeMessage(t.Context(), fixture.Feed(time.Hour), func(a *store.FeedAct) error {
		was := HistoryOf(t, s, p.ID).Stays[0]
		after := was
		after.Bed = "14B"
		return a.EditStay(p.ID, &was, &after)
	}))
	for _, c := range []*ward.BedChange{HistoryOf(t, s, p.ID).BedChange, fixture.Must(s.Board(t.Context()))(t)[0].BedChange} {
		if c == nil || c.Was != "12A" || c.By != "Sam Lee" || !c.At.Equal(fixture.After(time.Hour)) {
			t.Errorf("before the patient is opened: %+v", c)
		}
	}
	fixture.OK(t, s.NoteReading(t.Context(), fixture.Nurse(2*time.Hour), ward.AuditEvent{Event: ward.ReadPatient, PatientID: p.ID}))
	for _, c := range []*ward.BedChange{HistoryOf(t, s, p.ID).BedChange, fixture.Must(s.Board(t.Context()))(t)[0].BedChange} {
		if c != nil {
			t.Errorf("once the patient was opened: %+v", c)
		}
	}
	Whole(t, s)
}

// testListening finds out who listens, and when the last message came: by the note of the
// listener, and without one by the log.
func testListening(t *testing.T, l *logs) {
	s := l.opened(t)
	state := fixture.Must(s.Listening(t.Context()))(t)
	if !state.Known {
		t.Skip("this system cannot tell who listens")
	}
	if state.Listens || !state.Heard.IsZero() {
		t.Errorf("before the first listener: %+v", state)
	}
	turn := fixture.Must(s.ListenAlone())(t)
	if state := fixture.Must(s.Listening(t.Context()))(t); !state.Listens || !state.Heard.IsZero() {
		t.Errorf("before the first message: %+v", state)
	}
	for _, at := range []time.Time{fixture.After(time.Hour), fixture.After(2 * time.Hour)} {
		turn.Heard(at)
		if state := fixture.Must(s.Listening(t.Context()))(t); !state.Listens || !state.Heard.Equal(at) {
			t.Errorf("a message came at %s: %+v", at, state)
		}
	}
	p := Admit(t, s)
	FillFeed(t, s, p.ID)
	if heard := fixture.Must(s.Listening(t.Context()))(t).Heard; !heard.Equal(fixture.After(10 * time.Hour)) {
		t.Errorf("the log has a message that came later than %s", heard)
	}
	turn.End()
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) { // a server notices the end a little later
		state = fixture.Must(s.Listening(t.Context()))(t)
		if !state.Listens {
			break
		}
		if time.Since(began) > 20*time.Second {
			t.Fatal("the turn has no end")
		}
	}
	if state.Heard.IsZero() {
		t.Error("no message is known of any more")
	}
}
