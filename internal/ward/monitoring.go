package ward

import (
	"fmt"
	"time"

	"neurocheck/internal/icans"
)

// Symptom is what the patient or a caregiver reported between checks, in their
// words. It makes a check due now.
type Symptom struct {
	PatientID int64
	ToldAt    time.Time
	ToldBy    string // code of Tellers
	Words     string
	Recorded  Signature
}

// Tellers are who reports a symptom.
var Tellers = []Term{{"patient", "the patient"}, {"caregiver", "a caregiver"}}

// Intervention is what was done at one time, for a trend to be read against.
type Intervention struct {
	ID        int64
	PatientID int64
	DoneAt    time.Time
	Kind      string // code of Interventions
	Detail    string // dose, route, result
	Withdrawn bool   // entered in error
	Recorded  Signature
}

// Interventions are the kinds of [Intervention], the immunotherapy itself last.
var Interventions = []Term{
	{"dexamethasone", "dexamethasone"},
	{"other_steroid", "another steroid"},
	{"tocilizumab", "tocilizumab"},
	{"anakinra", "anakinra"},
	{"levetiracetam", "levetiracetam"},
	{"sedative", "a sedative"},
	{"imaging", "imaging"},
	{"eeg", "EEG"},
	{"transfer", "transfer"},
	{"dose_given", "immunotherapy: dose given"},
	{"dose_held", "immunotherapy: dose held"},
	{"dose_reduced", "immunotherapy: dose reduced"},
	{"dose_delayed", "immunotherapy: dose put off"},
}

// Validate returns an invalid [*Error] on the first field that cannot stand at
// the time now.
func (s *Symptom) Validate(p *Patient, now time.Time) error {
	if err := happened("told_at", s.ToldAt, p, now); err != nil {
		return err
	}
	if err := oneOf("told_by", s.ToldBy, Tellers); err != nil {
		return err
	}
	return textField("words", s.Words, 200, required)
}

// Validate returns an invalid [*Error] on the first field that cannot stand at
// the time now.
func (i *Intervention) Validate(p *Patient, now time.Time) error {
	if err := happened("done_at", i.DoneAt, p, now); err != nil {
		return err
	}
	if err := oneOf("kind", i.Kind, Interventions); err != nil {
		return err
	}
	return textField("detail", i.Detail, 120, optional)
}

// beforeStay is how long before the admission a thing may have been done that
// belongs to the stay: a dose in the clinic, a drug on the way.
const beforeStay = 60 * 24 * time.Hour

func happened(field string, at time.Time, p *Patient, now time.Time) error {
	switch {
	case at.IsZero():
		return Invalid(field, "missing")
	case at.After(now):
		return Invalid(field, "lies in the future")
	case at.Before(p.AdmittedAt.Add(-beforeStay)):
		return Invalid(field, "lies more than 60 days before the admission")
	}
	return nil
}

// Validate returns an invalid [*Error] on the first field that cannot stand.
// Orders are a clinician's.
func (o *Order) Validate(by Staff) error {
	if by.Role != Clinician {
		return Invalid("kind", "the schedule of a patient is a clinician's to change")
	}
	if err := oneOf("kind", string(o.Kind), OrderKinds); err != nil {
		return err
	}
	if o.Kind == OrderInterval && (o.Interval < 15*time.Minute || o.Interval > 7*24*time.Hour) {
		return Invalid("interval", "from 15 minutes to 7 days")
	}
	if o.Kind == OrderExtend && (o.UntilDay < 1 || o.UntilDay > 365) {
		return Invalid("until_day", "a day from 1 to 365")
	}
	return textField("reason", o.Reason, 200, required)
}

// Comparison is what a flag that looks back rests on.
type Comparison struct {
	Reason icans.Reasons // one of icans.WorseThanLast, icans.ICEDrop2, icans.BelowBaseline
	With   *Check        // nil for the baseline
}

// dropWindow is how far back the best ICE is looked for.
const dropWindow = 24 * time.Hour

// LookBack compares a check with what stood before it. others are checks of the
// same patient that stand, in any order; those performed after c, and c itself,
// are passed over. It returns nothing for a check that does not stand.
func LookBack(c *Check, p *Patient, others []Check) []Comparison {
	if c.Status == Withdrawn {
		return nil
	}
	var last, best *Check
	for i := range others {
		o := &others[i]
		if o.ID == c.ID || !o.Stands() || !o.PerformedAt.Before(c.PerformedAt) {
			continue
		}
		if last == nil || o.PerformedAt.After(last.PerformedAt) {
			last = o
		}
		if o.Findings.Tool != icans.ICE || o.Result.Score == 0 || o.PerformedAt.Before(c.PerformedAt.Add(-dropWindow)) {
			continue
		}
		if best == nil || o.Result.Score > best.Result.Score {
			best = o
		}
	}
	plain := icans.Evaluate(&c.Findings)
	var found []Comparison
	if last != nil && plain.Low > last.Result.High {
		found = append(found, Comparison{icans.WorseThanLast, last})
	}
	if c.Findings.Tool != icans.ICE {
		return found
	}
	// What is missing counts as full: only a drop that is certain is one.
	_, most := c.Findings.ScoreRange()
	if best != nil {
		if n, _ := best.Result.Score.Value(); n-most >= 2 {
			found = append(found, Comparison{icans.ICEDrop2, best})
		}
	}
	if n, ok := p.Baseline.Value(); ok && p.Tool == icans.ICE && most < n {
		found = append(found, Comparison{icans.BelowBaseline, nil})
	}
	return found
}

// Look is [LookBack] put into the result: the check's own meaning, and what
// comparing adds to it.
func (c *Check) Look(p *Patient, others []Check) {
	c.Evaluate()
	var why icans.Reasons
	for _, comparison := range LookBack(c, p, others) {
		why |= comparison.Reason
	}
	c.Result = c.Result.Compared(why)
}

// Words says what a comparison rests on, with the time of the check as clock
// shows it.
func (c Comparison) Words(clock func(time.Time) string) string {
	words := c.Reason.Words()[0]
	if c.With == nil {
		return words
	}
	if n, ok := c.With.Result.Score.Value(); ok {
		return fmt.Sprintf("%s (%d at %s)", words, n, clock(c.With.PerformedAt))
	}
	return fmt.Sprintf("%s (%s)", words, clock(c.With.PerformedAt))
}
