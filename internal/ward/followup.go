package ward

import "neurocheck/internal/icans"

// FollowUp is what a flagged check opens: open, then acknowledged, then closed
// with an outcome, each by a person. It never closes by itself.
type FollowUp struct {
	ID        int64
	PatientID int64
	CheckID   string

	Level   icans.Flag // flag of the version of the check that opened it
	Opened  Signature
	Acked   Signature // not done while nobody has acknowledged it
	Closed  Signature // not done while it is open
	Outcome string    // code of Outcomes; empty while it is open
	Note    string    // what was written at closing
}

// Outcomes are how a follow-up can end.
var Outcomes = []Term{
	{ConfirmedICANS, "ICANS confirmed"},
	{"other_cause", "another cause"},
	{"resolved", "resolved"},
	{"transferred", "transferred"},
}

// ConfirmedICANS is the outcome that makes the ICD-10-CM code stand: a
// clinician's diagnosis.
const ConfirmedICANS = "confirmed_icans"

// IsOpen reports whether nobody has closed it.
func (f *FollowUp) IsOpen() bool { return !f.Closed.Done() }

// Close judges that by may close f so: that is a clinician's.
func (f *FollowUp) Close(by Staff, outcome, note string) error {
	switch {
	case !f.IsOpen():
		return Conflict("this follow-up is closed already")
	case !f.Acked.Done():
		return Conflict("acknowledge the follow-up first")
	case by.Role != Clinician:
		return Invalid("outcome", "a follow-up is closed by a clinician")
	}
	if err := oneOf("outcome", outcome, Outcomes); err != nil {
		return err
	}
	return textField("note", note, 400, required)
}

// ICD10 returns the ICD-10-CM code that the closed follow-up of a check stands
// for: G92.0n for ICANS grade n, G92.00 where the grade is not known. It is
// blank until a clinician has closed the follow-up as [ConfirmedICANS].
func ICD10(f *FollowUp, r icans.Result) string {
	if f.Outcome != ConfirmedICANS {
		return ""
	}
	grade, known := r.Grade()
	if !known {
		grade = 0
	}
	return "G92.0" + string(rune('0'+grade))
}

// Open returns the follow-ups that nobody has closed.
func Open(all []FollowUp) []FollowUp {
	var open []FollowUp
	for _, f := range all {
		if f.IsOpen() {
			open = append(open, f)
		}
	}
	return open
}
