package intake

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"neurocheck/internal/hl7"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// Taker takes the messages of one feed into a log. It is safe for use by several
// goroutines.
type Taker struct {
	Log      *store.Store
	Settings Settings
	Feed     string // the author that the feed signs as
	NewID    func() string
}

// Status is the result of a message in one word, for the log of the program.
type Status string

// The statuses.
const (
	StatusApplied   Status = "applied"
	StatusIgnored   Status = "ignored"
	StatusHeld      Status = "held"
	StatusRefused   Status = "refused"   // AE, and in the inbox
	StatusCounted   Status = "counted"   // AE, and meant for another receiver
	StatusDuplicate Status = "duplicate" // answered as the first time
	StatusNotNow    Status = "not_now"   // AR: not kept
	StatusUnread    Status = "unread"    // no answer is possible
)

// Receipt says what became of a message.
type Receipt struct {
	Status    Status
	Answer    []byte // empty for StatusUnread
	Ack       hl7.Ack
	Event     string
	ControlID string
	Reason    string // a code of [Reason], or the place and the code of a fault
	Warnings  []hl7.Warning
	Err       error // of StatusNotNow
}

// Take takes a message that arrived at a time. Applying and noting it is one transaction,
// so that a message is either answered or can be sent again.
func (t *Taker) Take(ctx context.Context, raw []byte, at time.Time) Receipt {
	m, err := hl7.Parse(raw, t.Settings.Profile())
	if m == nil {
		return Receipt{Status: StatusUnread}
	}
	w := &work{taker: t, message: m, raw: raw, at: at}
	if err == nil {
		w.adt, err = m.ADT()
	}
	return t.answer(ctx, w, err)
}

// Refuse answers a message that was framed wrongly, or is too long, with AE.
func (t *Taker) Refuse(ctx context.Context, raw []byte, fault *hl7.Error, at time.Time) Receipt {
	m, _ := hl7.Parse(raw, t.Settings.Profile())
	if m == nil {
		return Receipt{Status: StatusUnread}
	}
	return t.answer(ctx, &work{taker: t, message: m, raw: raw, at: at}, fault)
}

// answer runs the transaction of a message, and makes the answer.
func (t *Taker) answer(ctx context.Context, w *work, read error) Receipt {
	w.receipt.Event, w.receipt.ControlID = w.message.Event(), w.message.ControlID()
	w.key = w.message.Key()
	w.receipt.Warnings = slices.Clone(w.message.Warnings)
	fault, isFault := errors.AsType[*hl7.Error](read)
	var err error
	switch {
	case isFault && fault.Counted():
		w.refused(fault)
		w.receipt.Status = StatusCounted
	case isFault:
		w.fault = fault
		err = t.run(ctx, w)
	case read != nil:
		err = read
	default:
		err = t.run(ctx, w)
	}
	if err != nil {
		w.receipt = Receipt{Status: StatusNotNow, Ack: hl7.NotNow, Event: w.receipt.Event, ControlID: w.receipt.ControlID, Err: err}
	}
	reply := hl7.Reply{Code: w.receipt.Ack, ID: t.NewID(), At: w.at, Fault: w.fault}
	if err != nil {
		reply.Fault, reply.Text = nil, notNowWords(err)
	}
	w.receipt.Answer = w.message.Answer(reply)
	return w.receipt
}

// notNowWords returns the reason of an AR: no error of the log holds patient data, but
// only these are for other machines.
func notNowWords(err error) string {
	if e, ok := errors.AsType[*ward.Error](err); ok && e.Code == store.InboxFull {
		return "the inbox is full, send again later"
	}
	return "the log cannot be written now, send again later"
}

// run takes a message in one transaction. If the record refuses what the messages say, the
// message is held: an AR would stop the feed, because it would be sent for ever.
func (t *Taker) run(ctx context.Context, w *work) error {
	sig := ward.Sign(t.Feed, w.at)
	receipt := w.receipt
	err := t.Log.TakeMessage(ctx, sig, w.take)
	if refusedByRecord(err) {
		w.receipt = receipt
		return t.Log.TakeMessage(ctx, sig, func(a *store.FeedAct) error { return w.hold(a, ReasonRecord, 0) })
	}
	return err
}

// refusedByRecord reports whether the error is a refusal by the rules of the record.
func refusedByRecord(err error) bool {
	switch ward.KindOf(err) {
	case ward.KindInvalid, ward.KindConflict, ward.KindNotFound, ward.KindQuestion:
		return true
	}
	return false
}

// Retry takes a message of the inbox once more, by the settings of today and at its own
// place in the order. One that the record still refuses goes on waiting. sig is that of an
// administrator.
func (t *Taker) Retry(ctx context.Context, sig ward.Signature, id int64) (Receipt, error) {
	var w *work
	err := t.Log.RetryMessage(ctx, sig, id, func(a *store.FeedAct, m *ward.InboxMessage) (err error) {
		taker := *t
		taker.Feed = m.Feed
		if w, err = taker.again(a, m, sig.At); err != nil {
			return err
		}
		if w.fault != nil {
			w.refused(w.fault)
			m.State, m.Reason, m.Code, m.Place = ward.MessageRefused, w.fault.Reason, int(w.fault.Code), w.fault.At.String()
			return a.ChangeInbox(m)
		}
		return w.apply(a)
	})
	if w != nil && refusedByRecord(err) { // and no number of a message that does not wait
		err = t.Log.RetryMessage(ctx, sig, id, func(a *store.FeedAct, m *ward.InboxMessage) error {
			w.waiting = m
			return w.hold(a, ReasonRecord, m.MessageID)
		})
	}
	if err != nil {
		return Receipt{}, err
	}
	return w.receipt, nil
}

// again reads a message of the inbox by the settings of today. One that was applied at
// first and held later has no text: it is read from its record.
func (t *Taker) again(a *store.FeedAct, m *ward.InboxMessage, at time.Time) (*work, error) {
	w := &work{taker: t, raw: m.Content, at: at, waiting: m}
	w.receipt.Event, w.receipt.ControlID = m.Event, m.ControlID
	w.key = hl7.Key{Application: m.Application, Facility: m.Facility, ControlID: m.ControlID}
	if digest, err := hex.DecodeString(m.Digest); err == nil {
		copy(w.key.Digest[:], digest)
	}
	parsed, err := hl7.Parse(m.Content, t.Settings.Profile())
	if parsed == nil && m.MessageID != 0 {
		recorded, err := a.Message(m.MessageID)
		if err != nil {
			return nil, err
		}
		w.at = recorded.Received
		return w, json.Unmarshal([]byte(recorded.Content), &w.adt)
	}
	if err == nil {
		w.adt, err = parsed.ADT()
	}
	if fault, ok := errors.AsType[*hl7.Error](err); ok {
		w.fault = fault
		return w, nil
	}
	return w, err
}
