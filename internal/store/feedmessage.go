package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// FeedMessage is a message of a feed as the record keeps it. Package intake writes and
// reads its content.
type FeedMessage struct {
	ID                               int64
	Feed                             string // its author
	Received                         time.Time
	Event                            string
	Application, Facility, ControlID string
	Digest                           string // in hexadecimal
	MRN, OtherMRN                    string
	Content                          string
}

func decodeMessage(r *row) FeedMessage {
	sig := r.signature()
	return FeedMessage{
		ID: r.number("message_id"), Feed: sig.By, Received: sig.At, Event: r.text("event"),
		Application: r.text("application"), Facility: r.text("facility"), ControlID: r.text("control_id"),
		Digest: r.text("digest"), MRN: r.text("mrn"), OtherMRN: r.text("other_mrn"), Content: r.value("content").Text,
	}
}

// PutMessage records a message, and returns its number.
func (a *FeedAct) PutMessage(m *FeedMessage) (int64, error) {
	return a.tx.putMessage(a.ctx, m, 1, ward.Recorded, "")
}

func (w *tx) putMessage(ctx context.Context, m *FeedMessage, version int64, status ward.Status, reason string) (int64, error) {
	var id any = m.ID
	if version == 1 {
		id = ownSeq
	}
	return w.append(ctx, "feed_message",
		column{"message_id", id}, column{"version", version}, column{"status", string(status)}, column{"reason", text(reason)},
		column{"event", m.Event}, column{"application", m.Application}, column{"facility", m.Facility},
		column{"control_id", m.ControlID}, column{"digest", m.Digest},
		column{"mrn", ward.FoldMRN(m.MRN)}, column{"other_mrn", text(ward.FoldMRN(m.OtherMRN))}, column{"content", m.Content})
}

// withoutWithdrawn is the condition of a message that counts.
const withoutWithdrawn = `r.version = 1 AND NOT EXISTS (SELECT 1 FROM feed_message w WHERE w.message_id = r.message_id AND w.version = 2)`

// Message returns a message of the record that counts.
func (a *FeedAct) Message(id int64) (FeedMessage, error) {
	return firstRecord(a.ctx, a.tx.reader(), missing("message", id), "feed_message", decodeMessage, `WHERE r.message_id = $1 AND `+withoutWithdrawn, id)
}

// Seen is the part of the log that has a message or one with its control ID.
type Seen struct {
	Duplicate bool
	Inbox     *ward.InboxMessage // of a duplicate that is or was in the inbox
	Reused    bool               // the control ID came with other content
}

// Seen looks for a message that came before.
func (a *FeedAct) Seen(application, facility, controlID, digest string) (seen Seen, err error) {
	waiting, err := engine.All(a.ctx, a.tx.sql, scanInbox, inboxQuery+`WHERE control_id = $1 AND application = $2 AND facility = $3 ORDER BY id`, controlID, application, facility)
	if err != nil {
		return seen, err
	}
	recorded, err := records(a.ctx, a.tx.reader(), "feed_message", decodeMessage,
		`WHERE r.control_id = $1 AND r.application = $2 AND r.facility = $3 AND r.version = 1 ORDER BY r.seq`, controlID, application, facility)
	for i := range waiting {
		if m := &waiting[i]; m.Digest == digest {
			seen.Duplicate, seen.Inbox = true, m
		} else {
			seen.Reused = true
		}
	}
	for _, m := range recorded {
		seen.Duplicate = seen.Duplicate || m.Digest == digest
		seen.Reused = seen.Reused || m.Digest != digest
	}
	return seen, err
}

// FeedPatient has the part of a patient's record that the replay of messages needs.
type FeedPatient struct {
	MRN         string         // the present one; of a linked patient that of the one that it is linked into
	Versions    []ward.Patient // newest first
	Stays       []ward.Stay    // all versions of those of all that are linked, newest first
	Differences []FeedDifference
}

// FeedJournal has the messages and the patients of a replay.
type FeedJournal struct {
	Messages []FeedMessage
	Patients []FeedPatient
}

// Journal returns the messages and the patients of some MRNs, with those of every patient
// who shares a message with them.
func (a *FeedAct) Journal(mrns ...string) (j FeedJournal, err error) {
	var wanted []string
	add := func(mrn string) {
		if folded := ward.FoldMRN(mrn); folded != "" && !slices.Contains(wanted, folded) {
			wanted = append(wanted, folded)
		}
	}
	for _, mrn := range mrns {
		add(mrn)
	}
	messages := make(map[int64]FeedMessage)
	patients := make(map[int64]bool)
	for i := 0; i < len(wanted); i++ {
		id, err := a.tx.reader().patientIDByMRN(a.ctx, wanted[i])
		if err != nil {
			return j, err
		}
		if id != 0 && !patients[id] {
			patients[id] = true
			p, names, err := a.feedPatient(id)
			if err != nil {
				return j, err
			}
			j.Patients = append(j.Patients, p)
			for _, mrn := range names {
				add(mrn)
			}
		}
		found, err := records(a.ctx, a.tx.reader(), "feed_message", decodeMessage, `WHERE (r.mrn = $1 OR r.other_mrn = $1) AND `+withoutWithdrawn+` ORDER BY r.seq`, wanted[i])
		if err != nil {
			return j, err
		}
		for _, m := range found {
			messages[m.ID] = m
			add(m.MRN)
			add(m.OtherMRN)
		}
	}
	for _, m := range messages {
		j.Messages = append(j.Messages, m)
	}
	slices.SortFunc(j.Messages, func(x, y FeedMessage) int { return int(x.ID - y.ID) })
	return j, nil
}

// feedPatient returns a patient with all versions, and the folded MRNs of all that are
// linked, present and former ones.
func (a *FeedAct) feedPatient(id int64) (p FeedPatient, mrns []string, err error) {
	in := a.tx.reader()
	if p.Versions, err = records(a.ctx, in, "patient", decodePatient, `WHERE r.patient_id = $1 ORDER BY r.version DESC`, id); err != nil {
		return p, nil, err
	}
	p.MRN = p.Versions[0].MRN
	p.Stays, err = in.stayVersionsOf(a.ctx, `WHERE r.patient_id IN (`+groupOf("$1")+`) ORDER BY r.seq DESC`, id)
	if err != nil {
		return p, nil, err
	}
	if p.Differences, err = in.differencesOf(a.ctx, groupOf("$1"), id); err != nil {
		return p, nil, err
	}
	mrns, err = engine.All(a.ctx, in.q, engine.Scan[string], `SELECT folded FROM patient_mrn WHERE patient_id IN (`+groupOf("$1")+`) ORDER BY folded`, id)
	return p, mrns, err
}

// FeedCandidate is a patient of a merge.
type FeedCandidate struct {
	Patient  ward.Patient
	Stays    []ward.Stay
	Recorded bool // something besides identifiers and stays
}

// Candidate returns the patient that has or had exactly this MRN, and not the one that
// this patient is linked into; nil if there is none.
func (a *FeedAct) Candidate(mrn string) (*FeedCandidate, error) {
	ids, err := engine.All(a.ctx, a.tx.sql, engine.Scan[int64], `SELECT patient_id FROM patient_mrn WHERE folded = $1`, ward.FoldMRN(mrn))
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	var c FeedCandidate
	if c.Patient, err = a.tx.reader().patient(a.ctx, ids[0]); err != nil {
		return nil, err
	}
	versions, err := a.tx.reader().stayVersions(a.ctx, ids[0])
	if err != nil {
		return nil, err
	}
	c.Stays = currentStays(versions)
	c.Recorded, err = a.HasRecords(ids[0])
	return &c, err
}

// Links returns the links that are not undone.
func (a *FeedAct) Links() (list []ward.Link, err error) {
	links, err := a.tx.reader().activeLinks(a.ctx)
	for patient, l := range links {
		list = append(list, ward.Link{PatientID: patient, Into: l.into})
	}
	return list, err
}

// scanInbox scans a row of [inboxQuery].
func scanInbox(rows engine.Results) (m ward.InboxMessage, err error) {
	var message, settled sql.NullInt64
	var by, note sql.NullString
	var received int64
	err = rows.Scan(&m.ID, &m.Feed, &m.State, &m.Reason, &m.Code, &m.Place, &m.Event, &m.Application, &m.Facility, &m.ControlID,
		&m.Digest, &message, &received, &settled, &by, &note)
	m.MessageID, m.Received, m.Note = message.Int64, time.UnixMilli(received), strings.ToValidUTF8(note.String, "")
	if settled.Valid {
		m.Settled = ward.Sign(by.String, time.UnixMilli(settled.Int64))
	}
	return m, err
}

// inboxQuery reads the messages of the inbox without their text.
const inboxQuery = `
	SELECT id, feed, state, reason, code, place, event, application, facility, control_id, digest, message_id, received_at, settled_at, settled_by, note
	FROM intake_inbox `
