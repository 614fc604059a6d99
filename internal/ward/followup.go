package ward

import (
	"time"

	"neurocheck/internal/icans"
)

// FollowUp is the follow-up of one patient for one episode. A flagged check opens
// it or joins it; it is acknowledged and closed by people, and never closes by
// itself. Level and Peak never fall.
type FollowUp struct {
	ID        int64 // 0 for one that is not recorded yet
	PatientID int64

	Level icans.Flag // the most urgent flag that joined
	Peak  int        // the greatest grade that joined, 0 to 4

	Opened   Signature
	RaisedAt time.Time // when a check last raised it; zero if none did
	Acked    Signature // not done until it is accepted after it was opened or raised
	Closed   Signature // not done while it is open
	Outcome  string    // code of Outcomes; empty while it is open
	Note     string    // the note of the closing
	Asked    bool      // closing it as resolved was asked about again

	Joined []Joined    // in the order of recording
	Acks   []Signature // every acceptance, in the order of recording

	Notes []FollowUpNote // in the order of recording
}

// FollowUpNote is a comment on a follow-up.
type FollowUpNote struct {
	Text string
	Signature
}

// Joined is a check that opened, joined or raised a follow-up. A check whose flag
// rises joins again.
type Joined struct {
	CheckID     string
	Event       JoinEvent
	Flag        icans.Flag
	Floor       int
	PerformedAt time.Time
	At          time.Time // time of recording
}

// JoinEvent is the effect that a check has on a follow-up.
type JoinEvent string

// The events of joining.
const (
	JoinOpened JoinEvent = "opened"
	JoinJoined JoinEvent = "joined"
	JoinRaised JoinEvent = "raised"
)

// Outcomes are the ways that a follow-up can end.
var Outcomes = []Term{
	{ConfirmedICANS, "ICANS confirmed"},
	{"other_cause", "other cause"},
	{Resolved, "resolved"},
	{"transferred", "transferred"},
}

// ConfirmedICANS is the outcome that makes the ICD-10-CM code apply: a clinician's
// diagnosis. Resolved is asked about again if the record says otherwise: see
// [History.AskResolved].
const (
	ConfirmedICANS = "confirmed_icans"
	Resolved       = "resolved"
)

// IsOpen reports whether the follow-up is not closed.
func (f *FollowUp) IsOpen() bool { return !f.Closed.Done() }

// Checks returns the number of checks that opened, joined or raised it.
func (f *FollowUp) Checks() int {
	seen := make(map[string]bool, len(f.Joined))
	for _, j := range f.Joined {
		seen[j.CheckID] = true
	}
	return len(seen)
}

// Has reports whether the check with that ID joined, and with which event last.
func (f *FollowUp) Has(id string) (event JoinEvent, ok bool) {
	for i := len(f.Joined) - 1; i >= 0; i-- {
		if f.Joined[i].CheckID == id {
			return f.Joined[i].Event, true
		}
	}
	return "", false
}

// EscalatesAt returns when a follow-up that is not acknowledged escalates.
func (s *Site) EscalatesAt(f *FollowUp) time.Time {
	wait := s.Acknowledge.Grade1
	if f.Level == icans.FlagUrgent {
		wait = s.Acknowledge.Urgent
	}
	since := f.Opened.At
	if f.RaisedAt.After(since) {
		since = f.RaisedAt
	}
	return since.Add(wait)
}

// Escalated reports whether a follow-up has waited too long for acceptance.
func (s *Site) Escalated(f *FollowUp, now time.Time) bool {
	return f.IsOpen() && !f.Acked.Done() && now.After(s.EscalatesAt(f))
}

// ValidateClosing returns an error if f cannot be closed so. Only a clinician
// closes: see [MayDo].
func (f *FollowUp) ValidateClosing(outcome, note string) error {
	switch {
	case !f.IsOpen():
		return Conflict(f.Closed.By + " closed it: " + WordsFor(Outcomes, f.Outcome))
	case !f.Acked.Done():
		return Conflict("accept the follow-up first")
	}
	if err := oneOf("outcome", outcome, Outcomes); err != nil {
		return err
	}
	return textField("note", note, 400, required)
}

// ValidateNote returns an error if a comment cannot be added to f.
func (f *FollowUp) ValidateNote(note string) error {
	if !f.IsOpen() {
		return Conflict(f.Closed.By + " closed it: " + WordsFor(Outcomes, f.Outcome))
	}
	return textField("note", note, 400, required)
}

// ICD10 returns the ICD-10-CM code of a closed follow-up: G92.0n for ICANS grade n,
// G92.00 if the grade is not known. It is empty until a clinician closed the
// follow-up as [ConfirmedICANS].
func (f *FollowUp) ICD10() string {
	if f.Outcome != ConfirmedICANS {
		return ""
	}
	return "G92.0" + string(rune('0'+f.Peak))
}
