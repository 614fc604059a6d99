package ward

import "time"

// Report is a symptom that the patient or a caregiver reported between checks, in
// their words. It makes a check due at once.
type Report struct {
	ID        int64
	PatientID int64
	ToldAt    time.Time
	ToldBy    string // code of Reporters
	Words     string
	Withdrawn bool
	Reason    string    // the reason for the withdrawal
	Undone    Signature // of the withdrawal
	Recorded  Signature
}

// Reporters are the people who report a symptom.
var Reporters = []Term{{"patient", "the patient"}, {"caregiver", "a caregiver"}}

// Validate returns an invalid [*Error] on the first field that cannot be recorded at
// the time now, admitted being when the stay began.
func (r *Report) Validate(admitted, now time.Time) error {
	if err := happened("told_at", r.ToldAt, admitted, now); err != nil {
		return err
	}
	if err := oneOf("told_by", r.ToldBy, Reporters); err != nil {
		return err
	}
	return textField("words", r.Words, 200, required)
}

// beforeStay is the longest time before the admission that an event may belong to
// the stay: a dose in the clinic, a drug on the way.
const beforeStay = 60 * 24 * time.Hour

func happened(field string, at, admitted, now time.Time) error {
	switch {
	case at.IsZero():
		return Invalid(field, "missing")
	case at.After(now):
		return Invalid(field, "is in the future")
	case at.Before(admitted.Add(-beforeStay)):
		return Invalid(field, "is more than 60 days before the admission")
	}
	return nil
}
