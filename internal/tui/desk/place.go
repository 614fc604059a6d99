package desk

import (
	"strconv"
	"strings"

	"neurocheck/internal/tui/kit"
)

// The names of the screens, for [kit.Place]. The comment gives the subject: a patient
// and a check are made with [Subject] and [CheckSubject]. Empty means that the screen is
// about the whole ward.
const (
	Board      = "board"      // empty, or the patient to select
	FollowUps  = "followups"  // empty, or the patient to select
	Handover   = "handover"   // empty, or one patient
	Round      = "round"      // empty; the round that is open goes on
	Wall       = "wall"       // empty; Detail WithoutPIN on a log without PINs
	Staff      = "staff"      // empty
	Settings   = "settings"   // empty
	Inbox      = "inbox"      // empty
	PIN        = "pin"        // empty: the person at the keyboard chooses another PIN
	Export     = "export"     // empty, or one patient
	Outside    = "outside"    // empty, or one patient: a file for the person's own machine, at a seat over SSH
	PatientIn  = "admit"      // empty, or a former patient; Detail is a search that was typed
	Patient    = "patient"    // patient; Detail may name a view: trend, events, details, audit
	Events     = "events"     // patient: acts and reports; or an event of theirs, to select
	Details    = "details"    // patient: particulars and their changes
	Audit      = "audit"      // patient, or empty for the ward
	Form       = "form"       // patient: a new check, or the draft of the person at the keyboard; Detail InRound or a reason in a round
	Paper      = "paper"      // patient
	Intervene  = "done"       // patient: what was done
	Report     = "report"     // patient: a reported symptom
	Interval   = "interval"   // patient
	Cause      = "cause"      // patient: a cause named ahead, or the end of one
	Edit       = "edit"       // patient
	Discharge  = "discharge"  // patient; also confirms the discharge by a feed
	UndoLeave  = "undoleave"  // patient: undo a discharge
	Close      = "close"      // patient: close the open follow-up
	Accept     = "accept"     // patient: accept the open follow-up
	Checklist  = "checklist"  // patient: the checklist of the open follow-up; Detail AfterSave after a save
	Comment    = "comment"    // patient: a comment on the checklist or the follow-up
	Discard    = "discard"    // patient: discard the draft of the person at the keyboard
	Check      = "check"      // check: in full
	Correct    = "correct"    // check
	Withdraw   = "withdraw"   // check
	MoveCheck  = "move"       // check: to another patient
	WrongBand  = "wristband"  // patient of the form; Detail is the MRN of the wristband
	SignIn     = "signin"     // empty; Detail is a name that is asked for the PIN at once
	FirstRun   = "firstrun"   // empty
	NewPIN     = "newpin"     // empty; Detail is the name of the person who has a PIN for one time
	CheckAudit = "checkaudit" // check: who recorded and read it
)

// AfterSave is the detail of a [Checklist] that opens at once after a save.
const AfterSave = "saved"

// InRound is the detail of a [Form] that a round opens. The code of a reason why the tool
// was not done, such as asleep, opens the form with that answer and asks at once whether
// to save it.
const InRound = "round"

// WithoutPIN is the detail of a [Wall] that is left without a PIN: the program ends then.
const WithoutPIN = "without PIN"

// Maker makes the screen of a place. If the screen is a dialog, it lies over the screen
// that asked for it.
type Maker func(*Desk, kit.Place) kit.Screen

// Subject returns the subject of a patient.
func Subject(patient int64) string { return strconv.FormatInt(patient, 10) }

// CheckSubject returns the subject of a check. It holds the patient, whose chart has the
// check.
func CheckSubject(patient int64, check string) string { return Subject(patient) + "/" + check }

// PatientOf returns the patient of a subject, also of that of a check; 0 if it has none.
func PatientOf(subject string) int64 {
	id, _, _ := strings.Cut(subject, "/")
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// CheckOf returns the ID of the check of a subject; empty if it is no check.
func CheckOf(subject string) string {
	_, id, _ := strings.Cut(subject, "/")
	return id
}
