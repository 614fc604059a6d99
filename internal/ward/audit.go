package ward

// AuditEvent is an event about the use of the log and not about a patient's care: a
// read, a sign-in that succeeded or failed, an export.
type AuditEvent struct {
	Event     string // code of AuditEvents
	PatientID int64  // 0 if it is about no patient
	About     string // its object: a member of staff, the kind of an export
	Detail    string // in words, without patient data
}

// The audit events that a person causes. A record about a patient is an event of its
// own: see [AuditEntry].
const (
	SignedIn     = "sign_in"
	SignInFailed = "sign_in_failed"
	SignInLocked = "sign_in_locked"
	SignedOut    = "sign_out"
	Locked       = "lock"
	Unlocked     = "unlock"
	ReadPatient  = "read"
	ReadHandover = "handover"
	ReadAudit    = "audit"
	Exported     = "export"
	Reported     = "report"
	BackedUp     = "backup"
	Restored     = "restore"
	DamageSeen   = "damage_seen"
	DamageFound  = "damage_found"
	Verified     = "verified"
	MarkMissing  = "mark_missing" // nothing said which record of the log was the last
	LogAccepted  = "log_accepted" // a log that lost records is used as it is
	InboxRead    = "inbox_read"
	InboxRetried = "inbox_retried"
	InboxDropped = "inbox_dropped"
)

// AuditEvents are the audit events with their words.
var AuditEvents = []Term{
	{SignedIn, "signed in"},
	{SignInFailed, "gave a wrong PIN"},
	{SignInLocked, "was locked out after wrong PINs"},
	{SignedOut, "signed out"},
	{Locked, "screen locked"},
	{Unlocked, "unlocked the screen"},
	{ReadPatient, "read the patient"},
	{ReadHandover, "read the handover"},
	{ReadAudit, "read the audit trail"},
	{Exported, "exported"},
	{Reported, "made a report"},
	{BackedUp, "made a backup"},
	{Restored, "restored from a backup"},
	{DamageSeen, "has seen the line about damage of the log"},
	{DamageFound, "found the record not whole"},
	{Verified, "found the record whole"},
	{MarkMissing, "was the first to save in a log without the mark of its last record"},
	{LogAccepted, "accepted a log that had lost records"},
	{InboxRead, "read the inbox of the feed"},
	{InboxRetried, "tried a message of the feed again"},
	{InboxDropped, "dropped a message of the feed"},
}

// AuditEntry is one record of the log as the audit trail lists it: an
// [AuditEvent], or another record.
type AuditEntry struct {
	Seq       int64 // number of the record
	Signature Signature
	Event     string // code of AuditEvents or RecordEvents
	PatientID int64  // 0 if it is about no patient
	MRN       string // of that patient
	About     string // a check, a member of staff, …
	Detail    string
}

// RecordDamaged is the event of an entry in place of a record that is not shown, because
// it does not fit its hash or is missing.
const RecordDamaged = "damaged"

// RecordEvents are the records that are about patients, staff and the ward, with
// their words.
var RecordEvents = []Term{
	{"ward", "named the ward"},
	{"settings", "changed the settings"},
	{"staff_added", "added to the staff"},
	{"staff_changed", "changed on the staff"},
	{"pin", "set the PIN"},
	{"seat_added", "added the seat"},
	{"seat_disabled", "disabled the seat"},
	{"patient_added", "added the patient"},
	{"patient_edited", "edited the patient"},
	{"patient_linked", "linked the patient with another one"},
	{"patient_unlinked", "undid the link with another patient"},
	{"stay_began", "admitted the patient"},
	{"stay_edited", "edited the stay"},
	{"stay_ended", "discharged the patient"},
	{"stay_withdrawn", "withdrew the admission"},
	{"check_recorded", "recorded a check"},
	{"check_corrected", "corrected a check"},
	{"check_withdrawn", "withdrew a check"},
	{"flag_reevaluated", "flag evaluated again"},
	{"follow_up_opened", "follow-up opened"},
	{"follow_up_joined", "check joined a follow-up"},
	{"follow_up_raised", "follow-up raised"},
	{"follow_up_acknowledged", "accepted a follow-up"},
	{"follow_up_closed", "closed a follow-up"},
	{"item_ticked", "ticked an item"},
	{"item_unticked", "removed a tick"},
	{"order", "changed the check interval"},
	{"cause_named", "named a cause ahead"},
	{"cause_ended", "ended a cause"},
	{"report_recorded", "recorded a reported symptom"},
	{"report_withdrawn", "withdrew a reported symptom"},
	{"intervention_recorded", "recorded an intervention"},
	{"intervention_withdrawn", "withdrew an intervention"},
	{"message_recorded", "recorded a message"},
	{"message_withdrawn", "withdrew a message"},
	{"feed_differs", "has another value"},
	{"feed_agrees", "has no other value any more"},
	{"feed_took", "took the value of the feed"},
	{"feed_kept", "kept the value of the ward"},
	{"patients_alike", "marked the patient as perhaps one person with another"},
	{"patients_distinct", "said that two patients are two persons"},
	{RecordDamaged, "THIS RECORD IS DAMAGED and is not shown"},
}

// Words returns the entry in one line, without its author.
func (e *AuditEntry) Words() string {
	words := WordsFor(RecordEvents, e.Event)
	if words == e.Event {
		words = WordsFor(AuditEvents, e.Event)
	}
	if e.About != "" {
		words += ": " + e.About
	}
	if e.Detail != "" {
		words += " (" + e.Detail + ")"
	}
	return words
}
