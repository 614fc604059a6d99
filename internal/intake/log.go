package intake

import (
	"encoding/hex"
	"encoding/json"
	"fmt"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// storeLog is the log in the transaction of a message. It keeps the first error.
type storeLog struct {
	act   *store.FeedAct
	known map[string]ward.Patient // by the MRN that was asked; of ID 0 if there is none
	err   error
}

func newLog(a *store.FeedAct) *storeLog {
	return &storeLog{act: a, known: make(map[string]ward.Patient)}
}

func (l *storeLog) find(mrn string) ward.Patient {
	p, asked := l.known[mrn]
	if asked || l.err != nil {
		return p
	}
	p, _, err := l.act.Patient(mrn)
	if err != nil {
		l.err = err
	}
	l.known[mrn] = p
	return p
}

// Patient implements [Log].
func (l *storeLog) Patient(mrn string) string { return l.find(mrn).MRN }

// Busy implements [Log].
func (l *storeLog) Busy(mrn string, stay *ward.Stay) bool {
	p := l.find(mrn)
	if p.ID == 0 || l.err != nil {
		return false
	}
	busy, err := l.act.Busy(p.ID, stay)
	if err != nil {
		l.err = err
	}
	return busy
}

// journal returns the messages and the acts of persons that a message is replayed with,
// without the message itself.
func (l *storeLog) journal(m *Message) ([]Entry, error) {
	var mrns []string
	for i := range m.Persons {
		mrns = append(mrns, m.Persons[i].MRN)
	}
	j, err := l.act.Journal(mrns...)
	if err != nil {
		return nil, err
	}
	var entries []Entry
	for i := range j.Messages {
		recorded := &j.Messages[i]
		before, err := messageOf(recorded)
		if err != nil {
			return nil, err
		}
		if recorded.ID == m.Number || before.Merges() {
			continue
		}
		if before.withdraws() {
			waiting, err := l.act.WaitingFor(recorded.ID)
			if err != nil {
				return nil, err
			}
			before.Busy = waiting != nil && waiting.Reason == string(ReasonBusy)
		}
		entries = append(entries, Entry{Message: before})
	}
	for i := range j.Patients {
		p := &j.Patients[i]
		entries = append(entries, ActsOf(p.MRN, p.Versions, p.Stays)...)
		for _, d := range p.Differences {
			if d.Settled {
				entries = append(entries, Entry{Act: &Act{MRN: p.MRN, At: d.Recorded.At, By: d.Recorded.By, Settled: &Settled{d.Field, d.Taken}}})
			}
		}
	}
	return entries, nil
}

// messageOf reads a message of the record.
func messageOf(m *store.FeedMessage) (*Message, error) {
	read := Message{Number: m.ID, Feed: m.Feed, Received: m.Received}
	if err := json.Unmarshal([]byte(m.Content), &read.ADT); err != nil {
		return nil, ward.UnavailableFor(ward.LogDamaged, fmt.Sprintf("record %d (feed_message) cannot be read", m.ID))
	}
	digest, err := hex.DecodeString(m.Digest)
	copy(read.Digest[:], digest)
	return &read, err
}

// applyChanges records the changes of one patient, by folded MRN.
func applyChanges(a *store.FeedAct, key string, changes []Change) error {
	p, _, err := a.Patient(key)
	if err != nil {
		return err
	}
	id := p.ID
	for i := range changes {
		c := &changes[i]
		switch c.Kind {
		case Admit:
			p, err = a.Admit(c.Patient, c.Stay, func(known []ward.Patient, p *ward.Patient) []int64 { return LooksKnown(p, known) })
			id = p.ID
		case Begin:
			err = a.Begin(id, c.Stay)
		case EditPatient:
			err = a.EditPatient(id, &c.WasPatient, &c.Patient)
		case EditStay:
			err = a.EditStay(id, &c.Was, &c.Stay)
		case End:
			err = a.End(id, &c.Was, c.Stay.DischargedAt, c.Stay.Discharge)
		case Undo:
			err = a.Undo(id, &c.Was)
		case Withdraw:
			err = a.Withdraw(id, &c.Was)
		case Restore:
			err = a.Restore(id, c.Was.ID, &c.Stay)
		case Differ:
			err = a.Differ(id, c.Difference)
		case Agree:
			err = a.Agree(id, c.Difference)
		case Notice, Rename, Link: // the log derives the first from the versions of the stay; the others are of merges
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// merge applies a message about merges: all of them, or none.
func (w *work) merge(a *store.FeedAct, m *Message) error {
	changed := false
	for _, apply := range []bool{false, true} {
		for i := range m.Persons {
			p := &m.Persons[i]
			for _, prior := range p.Prior {
				decided, into, err := decide(a, prior, p.MRN)
				if err != nil {
					return err
				}
				if decided.Did == Held {
					return w.note(a, m, decided.Outcome, false)
				}
				if !apply {
					continue
				}
				changed = changed || len(decided.Changes) > 0
				if err := mergeTwo(a, decided.Changes, p.MRN, into, w.key.ControlID); err != nil {
					return err
				}
			}
		}
	}
	return w.note(a, m, Outcome{Did: Applied}, changed)
}

// decide decides about a prior MRN, and returns the patient it goes into, 0 if there is
// none.
func decide(a *store.FeedAct, priorMRN, intoMRN string) (Merge, int64, error) {
	prior, err := a.Candidate(priorMRN)
	if err != nil {
		return Merge{}, 0, err
	}
	into, err := a.Candidate(intoMRN)
	if err != nil {
		return Merge{}, 0, err
	}
	links, err := a.Links()
	id := int64(0)
	if into != nil {
		id = into.Patient.ID
	}
	return DecideMerge(priorMRN, intoMRN, candidateOf(prior), candidateOf(into), links), id, err
}

func candidateOf(c *store.FeedCandidate) *Candidate {
	if c == nil {
		return nil
	}
	return &Candidate{Patient: c.Patient, Stays: c.Stays, Recorded: c.Recorded}
}

func mergeTwo(a *store.FeedAct, changes []Change, mrn string, into int64, controlID string) error {
	for i := range changes {
		c := &changes[i]
		var err error
		if c.Kind == Rename {
			err = a.Rename(c.Patient.ID, mrn)
		} else {
			err = a.Link(c.Patient.ID, into, "the hospital says that these two are one (message "+controlID+")")
		}
		if err != nil {
			return err
		}
	}
	return nil
}
