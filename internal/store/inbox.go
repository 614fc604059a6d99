package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// The inbox has the messages of feeds that were held or refused, whole. It is not part of
// the record: the acts of administrators on it are audit events.

// Limits of the inbox: of the messages that wait.
const (
	mostWaiting = 10_000
	settledFor  = 30 * 24 * time.Hour
)

var mostWaitingBytes int64 = 256 << 20 // a test fills a smaller one

// InboxFull is the code of the error of a full inbox.
const InboxFull = "inbox_full"

const waiting = `state IN ('held', 'refused')`

// PutInbox puts a message into the inbox. It returns [ward.KindUnavailable] with the code
// [InboxFull] if the inbox is full: the feed sends the message again.
func (a *FeedAct) PutInbox(m *ward.InboxMessage) error {
	if err := a.tx.may(a.ctx, ward.MayMovePatient); err != nil {
		return err
	}
	if err := a.tx.cleanInbox(a.ctx); err != nil {
		return err
	}
	type size struct{ messages, bytes int64 }
	now, err := engine.One(a.ctx, a.tx.sql, "", func(rows engine.Results) (s size, err error) {
		err = rows.Scan(&s.messages, &s.bytes)
		return s, err
	}, `SELECT count(*), coalesce(sum(length(content)), 0) FROM intake_inbox WHERE `+waiting)
	if err != nil {
		return err
	}
	if now.messages >= mostWaiting || now.bytes+int64(len(m.Content)) > mostWaitingBytes {
		return &ward.Error{Kind: ward.KindUnavailable, Code: InboxFull, Reason: "the inbox of the feed is full: an administrator settles messages with neurocheck intake inbox"}
	}
	m.ID, err = engine.One(a.ctx, a.tx.sql, "", engine.Scan[int64], `SELECT coalesce(max(id), 0) + 1 FROM intake_inbox`)
	if err != nil {
		return err
	}
	var message any
	if m.MessageID != 0 {
		message = m.MessageID
	}
	m.Feed, m.Received = a.tx.sig.By, a.tx.sig.At
	if m.Content == nil {
		m.Content = []byte{}
	}
	return a.tx.inserts.runOne(a.ctx, `
		INSERT INTO intake_inbox (id, feed, state, reason, code, place, event, application, facility, control_id, digest, message_id, received_at, content)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		m.ID, m.Feed, string(m.State), m.Reason, int64(m.Code), m.Place, m.Event, m.Application, m.Facility, m.ControlID, m.Digest, message, m.Received.UnixMilli(), m.Content)
}

// cleanInbox deletes the messages that were settled 30 days ago. The last one stays, so
// that no number is given twice.
func (w *tx) cleanInbox(ctx context.Context) error {
	return w.exec(ctx, `DELETE FROM intake_inbox WHERE settled_at < $1 AND id < (SELECT max(id) FROM intake_inbox)`, w.sig.At.Add(-settledFor).UnixMilli())
}

// WaitingFor returns the message of the inbox that waits for a recorded one, nil if none
// does.
func (a *FeedAct) WaitingFor(message int64) (*ward.InboxMessage, error) {
	list, err := engine.All(a.ctx, a.tx.sql, scanInbox, inboxQuery+`WHERE message_id = $1 AND `+waiting, message)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// ChangeInbox changes the state and the reason of a message in the inbox.
func (a *FeedAct) ChangeInbox(m *ward.InboxMessage) error {
	if err := a.tx.may(a.ctx, ward.MayMovePatient); err != nil {
		return err
	}
	return a.tx.changeInbox(a.ctx, m, a.tx.sig)
}

func (w *tx) changeInbox(ctx context.Context, m *ward.InboxMessage, by ward.Signature) error {
	var at, who, message any
	if !m.Open() {
		at, who = by.At.UnixMilli(), by.By
	}
	if m.MessageID != 0 {
		message = m.MessageID
	}
	return w.inserts.runOne(ctx, `
		UPDATE intake_inbox
		SET state = $2, reason = $3, code = $4, place = $5, message_id = $6, settled_at = $7, settled_by = $8, note = $9
		WHERE id = $1`, m.ID, string(m.State), m.Reason, int64(m.Code), m.Place, message, at, who, text(m.Note))
}

// Inbox returns the messages that wait for an administrator, or all, the oldest first and
// without their text.
func (s *Store) Inbox(ctx context.Context, all bool) ([]ward.InboxMessage, error) {
	query := inboxQuery
	if !all {
		query += `WHERE ` + waiting
	}
	list, err := engine.All(ctx, s.db.Pool(), scanInbox, query+` ORDER BY id`)
	return list, s.explain(err)
}

// InboxMessage returns a message of the inbox with its text.
func (s *Store) InboxMessage(ctx context.Context, id int64) (ward.InboxMessage, error) {
	m, err := inboxMessage(ctx, s.db.Pool(), id)
	return m, s.explain(err)
}

func inboxMessage(ctx context.Context, q engine.Querier, id int64) (ward.InboxMessage, error) {
	m, err := engine.One(ctx, q, noInbox(id), scanInbox, inboxQuery+`WHERE id = $1`, id)
	if err != nil {
		return m, err
	}
	m.Content, err = engine.One(ctx, q, noInbox(id), engine.Scan[[]byte], `SELECT content FROM intake_inbox WHERE id = $1`, id)
	return m, err
}

func noInbox(id int64) string { return fmt.Sprintf("there is no message %d in the inbox", id) }

// waitingInbox returns a message of the inbox that waits.
func (w *tx) waitingInbox(ctx context.Context, id int64) (ward.InboxMessage, error) {
	m, err := inboxMessage(ctx, w.sql, id)
	if err == nil && !m.Open() {
		err = ward.Conflict(fmt.Sprintf("message %d of the inbox is settled already: %s", id, ward.WordsFor(ward.InboxStates, string(m.State))))
	}
	return m, err
}

// DropMessage takes a message out of the inbox: it will never be applied. A message that
// is replayed is withdrawn.
func (s *Store) DropMessage(ctx context.Context, sig ward.Signature, id int64, reason string) error {
	reason = ward.CleanLine(reason)
	return s.do(ctx, sig, ward.MayAdminister, "drop_message", []any{id, reason}, func(w *tx) error {
		if reason == "" {
			return ward.Invalid("reason", "missing")
		}
		if len([]rune(reason)) > 200 {
			return ward.Invalid("reason", "longer than 200 characters")
		}
		m, err := w.waitingInbox(ctx, id)
		if err != nil {
			return err
		}
		if m.MessageID != 0 {
			recorded, err := firstRecord(ctx, w.reader(), missing("message", m.MessageID), "feed_message", decodeMessage, `WHERE r.message_id = $1 AND `+withoutWithdrawn, m.MessageID)
			if err != nil {
				return err
			}
			if _, err := w.putMessage(ctx, &recorded, 2, ward.Withdrawn, reason); err != nil {
				return err
			}
		}
		if err := w.note(ctx, ward.AuditEvent{Event: ward.InboxDropped, About: aboutInbox(&m), Detail: reason}); err != nil {
			return err
		}
		m.State, m.Note = ward.MessageDropped, reason
		if err := w.changeInbox(ctx, &m, w.sig); err != nil {
			return err
		}
		return w.cleanInbox(ctx)
	})
}

func aboutInbox(m *ward.InboxMessage) string {
	about := fmt.Sprintf("message %d", m.ID)
	if m.ControlID != "" {
		about += ", control ID " + m.ControlID
	}
	return about
}

// RetryMessage lets fn take a message of the inbox once more, in one transaction of the
// feed that sent it. sig is that of an administrator, of whom the audit has a line.
func (s *Store) RetryMessage(ctx context.Context, sig ward.Signature, id int64, fn func(*FeedAct, *ward.InboxMessage) error) error {
	return s.write(ctx, sig, func(w *tx) error {
		if err := w.may(ctx, ward.MayAdminister); err != nil {
			return err
		}
		m, err := w.waitingInbox(ctx, id)
		if err != nil {
			return err
		}
		if err := w.note(ctx, ward.AuditEvent{Event: ward.InboxRetried, About: aboutInbox(&m)}); err != nil {
			return err
		}
		w.sig.By = m.Feed
		return w.runFeed(ctx, func(a *FeedAct) error { return fn(a, &m) })
	})
}

// InboxCount has the numbers of messages that wait for an administrator.
type InboxCount struct {
	Held, Refused int
	Oldest        time.Time // when the oldest came; zero if none waits
}

// CountInbox counts the messages that wait.
func (s *Store) CountInbox(ctx context.Context) (InboxCount, error) {
	c, err := engine.One(ctx, s.db.Pool(), "", func(rows engine.Results) (c InboxCount, err error) {
		var oldest sql.NullInt64
		if err = rows.Scan(&c.Held, &c.Refused, &oldest); oldest.Valid {
			c.Oldest = time.UnixMilli(oldest.Int64)
		}
		return c, err
	}, `SELECT coalesce(sum(CASE state WHEN 'held' THEN 1 ELSE 0 END), 0), coalesce(sum(CASE state WHEN 'refused' THEN 1 ELSE 0 END), 0), min(received_at)
		FROM intake_inbox
		WHERE `+waiting)
	return c, s.explain(err)
}
