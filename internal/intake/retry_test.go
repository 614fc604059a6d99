package intake

import (
	"testing"
	"time"

	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/ward"
)

// A message that was held is taken at its own place in the order when it is tried again; a
// dropped one is not, and one that a later message releases leaves the inbox by itself.
func TestHeldMessagesAreSettled(t *testing.T) { onEngines(t, heldMessagesAreSettled) }

func heldMessagesAreSettled(t *testing.T, s *stored) {
	at := onDay(s.taker.Settings.Zone)
	move := messages(t, "03-transfer")[0] // of 21 November, 10:00
	if got := s.receive(messages(t, "01-admission")[0], at(20, 8, 6)); got != "AA applied" {
		t.Fatal(got)
	}
	if got := s.receive(move, at(20, 9, 0)); got != "AA held ahead" {
		t.Fatal(got)
	}
	if got := s.receive(move, at(20, 9, 1)); got != "AA duplicate" {
		t.Errorf("sent again: %s", got)
	}
	admin := func(day int) ward.Signature { return ward.Sign(kim, at(day, 12, 0)) }
	if _, err := s.taker.Retry(t.Context(), ward.Sign(sam, at(21, 12, 0)), 1); ward.KindOf(err) != ward.KindNotAllowed {
		t.Errorf("a nurse tries again: %v", err)
	}
	if r := fixture.Must(s.taker.Retry(t.Context(), admin(20), 1))(t); r.Status != StatusHeld {
		t.Errorf("on the same day: %+v", r)
	}
	if r := fixture.Must(s.taker.Retry(t.Context(), admin(21), 1))(t); r.Status != StatusApplied {
		t.Errorf("on its day: %+v", r)
	}
	chart, _ := s.patient(ada)
	if stay := chart.Stay(); stay.Bed != "14B" || stay.Recorded.By != theFeed {
		t.Errorf("after the retry: %+v", stay)
	}
	if m := fixture.Must(s.log.InboxMessage(t.Context(), 1))(t); m.State != ward.MessageApplied || m.MessageID == 0 {
		t.Errorf("in the inbox: %+v", m)
	}
	if _, err := s.taker.Retry(t.Context(), admin(21), 1); ward.KindOf(err) != ward.KindConflict {
		t.Errorf("a settled one: %v", err)
	}
	s.whole()
}

// A message that the record refuses is held and answered with AA: an AR would be sent for
// ever.
func TestTheRecordRefusesAMessage(t *testing.T) { onEngines(t, theRecordRefusesAMessage) }

func theRecordRefusesAMessage(t *testing.T, s *stored) {
	at := onDay(s.taker.Settings.Zone)
	s.receive(messages(t, "01-admission")[0], at(20, 8, 6))
	s.check(ada, "early", 10, at(20, 8, 30))
	later := []byte("MSH|^~\\&|ADT|CITY|NEUROCHECK|H4|20261120100000||ADT^A08|2001|P|2.5.1\rEVN|A08|20261120100000\rPID|||0042317^^^CITY^MR||OKAFOR^Ada||19610314\r" +
		"PV1||I|H4^12^A||||2201^NAIR^Priya||||||||||||V1001|||||||||||||||||||||||||20261120093000\r")
	if got := s.receive(later, at(20, 10, 1)); got != "AA held record" {
		t.Errorf("an admission after a check: %s", got)
	}
	// Tried again it waits on, and does not stop those after it.
	r, err := s.taker.Retry(t.Context(), ward.Sign(kim, at(20, 12, 0)), 1)
	if m := fixture.Must(s.log.InboxMessage(t.Context(), 1))(t); err != nil || r.Status != StatusHeld || m.State != ward.MessageHeld || m.Reason != string(ReasonRecord) {
		t.Errorf("tried again: %+v, %v; in the inbox %+v", r, err, m)
	}
	chart, _ := s.patient(ada)
	if !chart.Stay().AdmittedAt.Equal(time.Date(2026, 11, 20, 8, 0, 0, 0, s.taker.Settings.Zone)) {
		t.Errorf("admitted %v", chart.Stay().AdmittedAt)
	}
	s.whole()
}
