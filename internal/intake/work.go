package intake

import (
	"encoding/hex"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"time"

	"neurocheck/internal/hl7"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// work is one message in its transaction.
type work struct {
	taker   *Taker
	message *hl7.Message
	raw     []byte
	at      time.Time
	key     hl7.Key
	adt     hl7.ADT
	fault   *hl7.Error         // it cannot be taken
	waiting *ward.InboxMessage // of a message that is tried again
	receipt Receipt
}

// newest is the number of a message that the log has not recorded.
const newest = math.MaxInt64

// take answers a message that came before as the first time, and takes any other one.
func (w *work) take(a *store.FeedAct) error {
	seen, err := a.Seen(w.key.Application, w.key.Facility, w.key.ControlID, w.digest())
	switch {
	case err != nil:
		return err
	case seen.Duplicate:
		w.duplicate(seen.Inbox)
		return nil
	case seen.Reused:
		w.receipt.Warnings = append(w.receipt.Warnings, hl7.WarnControlReused)
	}
	if w.fault != nil {
		return w.refuse(a, w.fault)
	}
	return w.apply(a)
}

func (w *work) digest() string { return hex.EncodeToString(w.key.Digest[:]) }

// duplicate answers as the first time.
func (w *work) duplicate(m *ward.InboxMessage) {
	if m != nil && m.Code != 0 {
		if w.fault == nil {
			w.fault = &hl7.Error{Code: hl7.Code(m.Code), Reason: m.Reason}
		}
		w.refused(w.fault)
	} else {
		w.fault = nil
		w.receipt.Ack = hl7.Accepted
	}
	w.receipt.Status = StatusDuplicate
}

// refused sets the receipt of a message with a fault.
func (w *work) refused(fault *hl7.Error) {
	w.fault = fault
	w.receipt.Status, w.receipt.Ack, w.receipt.Reason = StatusRefused, hl7.Failed, fault.At.String()+" "+fault.Words()
}

func (w *work) refuse(a *store.FeedAct, fault *hl7.Error) error {
	w.refused(fault)
	m := w.inbox(ward.MessageRefused, fault.Reason, 0)
	m.Code, m.Place = int(fault.Code), fault.At.String()
	return w.put(a, m)
}

// hold puts the message into the inbox; message is the number of its record, 0 if it has
// none.
func (w *work) hold(a *store.FeedAct, reason Reason, message int64) error {
	w.receipt.Status, w.receipt.Ack, w.receipt.Reason = StatusHeld, hl7.Accepted, string(reason)
	return w.put(a, w.inbox(ward.MessageHeld, string(reason), message))
}

func (w *work) inbox(state ward.InboxState, reason string, message int64) *ward.InboxMessage {
	return &ward.InboxMessage{
		State: state, Reason: reason, MessageID: message, Content: w.raw, Event: w.receipt.Event,
		Application: w.key.Application, Facility: w.key.Facility, ControlID: w.key.ControlID, Digest: w.digest(),
	}
}

// put puts a message into the inbox, or changes the one that is tried again.
func (w *work) put(a *store.FeedAct, m *ward.InboxMessage) error {
	if w.waiting == nil {
		return a.PutInbox(m)
	}
	m.ID = w.waiting.ID
	return a.ChangeInbox(m)
}

// apply applies the message and notes it.
func (w *work) apply(a *store.FeedAct) error {
	m := Message{ADT: w.adt, Number: newest, Feed: w.taker.Feed, Received: w.at, Digest: w.key.Digest}
	if w.waiting != nil && w.waiting.MessageID != 0 {
		m.Number = w.waiting.MessageID
	}
	log := newLog(a)
	journal, err := log.journal(&m)
	if err != nil {
		return err
	}
	res := Take(&w.taker.Settings, log, journal, m)
	if log.err != nil {
		return log.err
	}
	if res.Fault != nil {
		return w.refuse(a, res.Fault)
	}
	if m.Merges() && res.Did == Applied {
		return w.merge(a, &m)
	}
	for _, key := range slices.Sorted(maps.Keys(res.Changes)) {
		if err := applyChanges(a, key, res.Changes[key]); err != nil {
			return err
		}
	}
	if err := earlier(a, res.Earlier); err != nil {
		return err
	}
	return w.note(a, &m, res.Outcome, res.Keep)
}

// note records the message if it belongs in the journal, and puts it into the inbox if it
// is held.
func (w *work) note(a *store.FeedAct, m *Message, o Outcome, keep bool) error {
	number := m.Number
	if number == newest {
		number = 0
		if keep {
			content, err := json.Marshal(m.ADT)
			if err != nil {
				return err
			}
			recorded := store.FeedMessage{
				Event: m.Event, Application: w.key.Application, Facility: w.key.Facility, ControlID: w.key.ControlID,
				Digest: w.digest(), MRN: m.Persons[0].MRN, OtherMRN: m.second(), Content: string(content),
			}
			if number, err = a.PutMessage(&recorded); err != nil {
				return err
			}
		}
	}
	if o.Did == Held {
		return w.hold(a, o.Reason, number)
	}
	w.receipt.Status, w.receipt.Ack, w.receipt.Reason = StatusApplied, hl7.Accepted, string(o.Reason)
	if o.Did == Ignored {
		w.receipt.Status = StatusIgnored
	}
	if w.waiting == nil {
		return nil
	}
	w.waiting.State, w.waiting.Reason, w.waiting.MessageID = ward.MessageApplied, string(o.Reason), number
	return a.ChangeInbox(w.waiting)
}

// second returns the other MRN that a message is about: that of the second patient of an
// exchange of beds, or the first prior one of a merge.
func (m *Message) second() string {
	switch {
	case m.Event == "A17" && len(m.Persons) > 1:
		return m.Persons[1].MRN
	case len(m.Persons[0].Prior) > 0:
		return m.Persons[0].Prior[0]
	}
	return ""
}

// earlier changes the inbox for messages whose result is another one since the new
// message came.
func earlier(a *store.FeedAct, outcomes map[int64]Outcome) error {
	for _, number := range slices.Sorted(maps.Keys(outcomes)) {
		o := outcomes[number]
		waiting, err := a.WaitingFor(number)
		if err != nil {
			return err
		}
		switch {
		case waiting != nil:
			waiting.Reason = string(o.Reason)
			if o.Did != Held {
				waiting.State = ward.MessageApplied
			}
			err = a.ChangeInbox(waiting)
		case o.Did == Held:
			err = holdEarlier(a, number, o.Reason)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// holdEarlier puts a message into the inbox that was applied at first. Its text was not
// kept: the inbox has the fields that were read.
func holdEarlier(a *store.FeedAct, number int64, reason Reason) error {
	m, err := a.Message(number)
	if err != nil {
		return err
	}
	return a.PutInbox(&ward.InboxMessage{
		State: ward.MessageHeld, Reason: string(reason), MessageID: number, Content: []byte(m.Content), Event: m.Event,
		Application: m.Application, Facility: m.Facility, ControlID: m.ControlID, Digest: m.Digest,
	})
}
