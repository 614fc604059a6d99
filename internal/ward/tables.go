package ward

import (
	"strings"

	"neurocheck/internal/icans"
)

// The rows in which a ward leaves the log as tables and comes back. A row of another
// table than that of patients has the MRN of the patient, or of the one that the patient
// is linked into. Stays, events and follow-ups are numbered from 1 in the order of the
// record, because their numbers in the log change with it.

// PatientRow is a version of a patient, or a link of the patient to another one or its
// undoing, whose reason and signature it then has.
type PatientRow struct {
	Patient  Patient
	Status   Status // Recorded, Corrected, Linked or Unlinked
	Former   string // MRNs of the earlier versions, joined by ";"
	LinkedTo string // MRN of the patient that this one is linked to; empty if it is not
}

// Linked and Unlinked are the states of a patient's row that is a link, or its undoing.
const (
	Linked   Status = "linked"
	Unlinked Status = "unlinked"
)

// PatientStatuses are the states of the rows of patients with their words.
var PatientStatuses = []Term{
	{string(Recorded), "recorded"}, {string(Corrected), "corrected"},
	{string(Linked), "linked to another patient"}, {string(Unlinked), "link undone"},
}

// FormerMRNs returns the MRNs but the current one as a row has them.
func FormerMRNs(all []string, current string) string {
	var former []string
	for _, mrn := range all {
		if mrn != current {
			former = append(former, mrn)
		}
	}
	return strings.Join(former, ";")
}

// StayRow is a version of a stay. The ID of the stay is its number.
type StayRow struct {
	Stay Stay
	MRN  string
}

// EventRow is a version of an event: its recording or its withdrawal, whose reason and
// signature it then has. The ID of the event is its number.
type EventRow struct {
	Event   Event
	Version int
	Patient Patient // with the identifiers alone
}

// FollowUpRow is an event of a follow-up.
type FollowUpRow struct {
	Number int64 // of the follow-up
	MRN    string
	Event  FollowUpAct
	Signature
	CheckID string     // the check that opened, joined or raised it; else empty
	Level   icans.Flag // of the follow-up after that check
	Peak    int
	Item    string // of the checklist; [AskedAgain] for a closing that was asked about
	Outcome string
	Note    string
}

// FollowUpAct is an event of a follow-up as a row has it.
type FollowUpAct string

// The events of a follow-up without a check; the others are those of [JoinEvent].
const (
	FollowUpAcknowledged FollowUpAct = "acknowledged"
	FollowUpTicked       FollowUpAct = "ticked"
	FollowUpUnticked     FollowUpAct = "unticked"
	FollowUpNoted        FollowUpAct = "noted"
	FollowUpClosed       FollowUpAct = "closed"
)

// FollowUpActs are the events of a follow-up with their words.
var FollowUpActs = []Term{
	{string(JoinOpened), "a check opened it"}, {string(JoinJoined), "a check joined it"}, {string(JoinRaised), "a check raised it"},
	{string(FollowUpAcknowledged), "accepted"}, {string(FollowUpTicked), "an item was ticked"}, {string(FollowUpUnticked), "a tick was removed"},
	{string(FollowUpNoted), "a comment"}, {string(FollowUpClosed), "closed"},
}

// AskedAgain is the item of a closing as resolved that was asked about again.
const AskedAgain = "asked"

// Joins reports whether a check opens, joins or raises the follow-up with the event.
func (a FollowUpAct) Joins() bool {
	switch JoinEvent(a) {
	case JoinOpened, JoinJoined, JoinRaised:
		return true
	}
	return false
}
