package intake

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"neurocheck/internal/hl7"
	"neurocheck/internal/ward"
)

// Message holds the fields that the log keeps of a message.
type Message struct {
	hl7.ADT

	Number   int64     // given by the log, unique
	Feed     string    // the author that the feed signs as
	Received time.Time // by this machine's clock
	Digest   [32]byte  // of the content, so that equal times and control IDs have an order
	// Busy is set if the message waits in the inbox for [ReasonBusy]. It goes on waiting until a
	// person tries it again, also if nothing is recorded there now: a replay that withdrew the
	// stay would part from the log.
	Busy bool
}

// Act is the part of the record that a person made: a version of a patient or of a
// stay, or the answer to a difference.
type Act struct {
	MRN     string // of the patient
	At      time.Time
	By      string
	Patient *Version[ward.Patient]
	Stay    *Version[ward.Stay]
	Settled *Settled
}

// Version is a version of a record with the one before it; Before is the zero value for
// the first.
type Version[T any] struct{ Before, After T }

// Settled is the answer of a person to a difference.
type Settled struct {
	Field Field
	Feed  bool // the feed's value was taken
}

// Entry is an entry of the order that is replayed: a message or an act.
type Entry struct {
	Message *Message
	Act     *Act
}

// ActsOf returns the acts of persons among the versions of a patient and of its stays,
// which are ordered newest first as in a [ward.Chart].
func ActsOf(mrn string, patients []ward.Patient, stays []ward.Stay) []Entry {
	var acts []Entry
	for i := range patients {
		after := &patients[i]
		if _, feed := ward.FeedName(after.Recorded.By); feed {
			continue
		}
		v := Version[ward.Patient]{After: *after}
		if at := slices.IndexFunc(patients, func(p ward.Patient) bool { return p.ID == after.ID && p.Version == after.Version-1 }); at >= 0 {
			v.Before = patients[at]
		}
		acts = append(acts, Entry{Act: &Act{MRN: mrn, At: after.Recorded.At, By: after.Recorded.By, Patient: &v}})
	}
	for i := range stays {
		after := &stays[i]
		if _, feed := ward.FeedName(after.Recorded.By); feed {
			continue
		}
		v := Version[ward.Stay]{After: *after}
		if at := slices.IndexFunc(stays, func(s ward.Stay) bool { return s.ID == after.ID && s.Version == after.Version-1 }); at >= 0 {
			v.Before = stays[at]
		}
		acts = append(acts, Entry{Act: &Act{MRN: mrn, At: after.Recorded.At, By: after.Recorded.By, Stay: &v}})
	}
	return acts
}

// at returns the time at which an entry was recorded.
func (e Entry) at() time.Time {
	if e.Message != nil {
		return e.Message.Recorded.At
	}
	return e.Act.At
}

// compare orders entries by the time of recording; messages then by the time of sending,
// the control ID and the content. A message comes before an act of the same time.
func (e Entry) compare(o Entry) int {
	if c := e.at().Compare(o.at()); c != 0 {
		return c
	}
	a, b := e.Message, o.Message
	switch {
	case a == nil && b == nil:
		return e.Act.compare(o.Act)
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	return cmp.Or(a.Sent.At.Compare(b.Sent.At), cmp.Compare(a.ControlID, b.ControlID), bytes.Compare(a.Digest[:], b.Digest[:]))
}

// compare orders the acts of one time: a patient before its stays, versions in order,
// and answers to differences last.
func (a *Act) compare(b *Act) int {
	rank := func(x *Act) (kind int, id int64, version int) {
		switch {
		case x.Patient != nil:
			return 0, x.Patient.After.ID, x.Patient.After.Version
		case x.Stay != nil:
			return 1, x.Stay.After.ID, x.Stay.After.Version
		}
		return 2, 0, 0
	}
	kindA, idA, versionA := rank(a)
	kindB, idB, versionB := rank(b)
	return cmp.Or(cmp.Compare(kindA, kindB), cmp.Compare(idA, idB), cmp.Compare(versionA, versionB))
}

// inOrder returns the entries in the order of the replay.
func inOrder(entries []Entry) []Entry {
	sorted := slices.Clone(entries)
	slices.SortStableFunc(sorted, Entry.compare)
	return sorted
}
