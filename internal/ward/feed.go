package ward

import "time"

// FeedField is a field of a patient or a stay that a feed may set, by its column.
type FeedField string

// The fields.
const (
	FieldName      FeedField = "name"
	FieldBirthDate FeedField = "birth_date"
	FieldLanguage  FeedField = "language"
	FieldVisit     FeedField = "visit"
	FieldBed       FeedField = "bed"
	FieldClinician FeedField = "clinician"
	FieldAdmitted  FeedField = "admitted_at"
)

// FeedFields are the fields with their words.
var FeedFields = []Term{
	{string(FieldName), "name"}, {string(FieldBirthDate), "birth date"}, {string(FieldLanguage), "language"},
	{string(FieldVisit), "visit"}, {string(FieldBed), "bed"}, {string(FieldClinician), "clinician"},
	{string(FieldAdmitted), "admission"},
}

// Difference is a value of a feed that is not taken: the log's is in force until a
// person settles it.
type Difference struct {
	Field FeedField
	Visit string // of the stay, for a field of a stay
	Feed  string // the feed's value
	At    time.Time
}

// OfStay reports whether the difference is about a stay and not about the patient.
func (d *Difference) OfStay() bool { return d.Field == FieldClinician || d.Field == FieldAdmitted }

// BedChange is a bed that a feed took over a person's. The board shows it until the
// patient is opened.
type BedChange struct {
	StayID int64
	Was    string
	By     string    // who had set it
	At     time.Time // when that of the feed came
}

// BedChangeOf returns the change of the bed of a stay by a feed that no person has made
// since. versions are those of the stay, the newest first; it is nil if there is none.
func BedChangeOf(versions []Stay) *BedChange {
	for i := range versions[:max(0, len(versions)-1)] {
		v, before := &versions[i], &versions[i+1]
		if v.Bed == before.Bed {
			continue
		}
		if _, feed := FeedName(v.Recorded.By); !feed {
			return nil
		}
		by := setterOfBed(versions[i+1:])
		if _, feed := FeedName(by); feed || before.Bed == "" {
			return nil
		}
		return &BedChange{StayID: v.ID, Was: before.Bed, By: by, At: v.Recorded.At}
	}
	return nil
}

// setterOfBed returns who set the bed of the first of some versions, the newest first.
func setterOfBed(versions []Stay) string {
	for i := range versions {
		if i+1 == len(versions) || versions[i].Bed != versions[i+1].Bed {
			return versions[i].Recorded.By
		}
	}
	return ""
}

// InboxState is the state of a message in the inbox.
type InboxState string

// The states: the first two wait for an administrator.
const (
	MessageHeld    InboxState = "held"
	MessageRefused InboxState = "refused"
	MessageApplied InboxState = "applied"
	MessageDropped InboxState = "dropped"
)

// InboxStates are the states with their words.
var InboxStates = []Term{
	{string(MessageHeld), "held"}, {string(MessageRefused), "refused"}, {string(MessageApplied), "applied"}, {string(MessageDropped), "dropped"},
}

// InboxMessage is a message of a feed that was held or refused.
type InboxMessage struct {
	ID          int64
	Feed        string // its author
	State       InboxState
	Reason      string // a code if it is held, words if it was refused
	Code        int    // of HL7's table 0357, if it was refused
	Place       string // of the fault
	Event       string
	Application string
	Facility    string
	ControlID   string
	Digest      string
	MessageID   int64 // of its record, if it is replayed
	Received    time.Time
	Content     []byte // the message
	Settled     Signature
	Note        string // the reason of the person who dropped it
}

// Open reports whether the message waits for an administrator.
func (m *InboxMessage) Open() bool { return m.State == MessageHeld || m.State == MessageRefused }

// HeldReasons are the codes of the reasons for which a message is held, with their words:
// those of package intake.
var HeldReasons = []Term{
	{"historic", "a correction of the past"},
	{"by_hand", "an event that only a person can apply"},
	{"ahead", "more than 10 min in the future"},
	{"other_visit", "the patient is here with another visit"},
	{"overlap", "the stay would overlap another one"},
	{"after_end", "moved here after the end of the visit"},
	{"before_admission", "the end is before the admission"},
	{"busy", "something is recorded in the stay"},
	{"later_stay", "a later stay began"},
	{"by_person", "a person ended the stay"},
	{"swap", "not both patients are on the ward"},
	{"elsewhere", "the transfer that is undone ended elsewhere"},
	{"merge", "the hospital says these two are one"},
	{"merge_reversed", "the reverse of a merge that was done"},
	{"record", "the record refuses what the message says"},
}
