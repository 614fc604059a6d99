package ward

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"neurocheck/internal/icans"
)

// Check is one version of a neuro check: one bedside examination at one time.
// Nothing is changed or deleted: a correction is a new version.
type Check struct {
	// ID is made by the caller before the first try. Saving the same ID and version
	// twice saves once.
	ID        string
	Version   int   // from 1
	PatientID int64 // the patient it was recorded under, also after a link
	StayID    int64 // the stay that held its time when it was recorded; 0 if none did

	Status     Status
	Reason     string // the reason for this version: a code of Reasons; empty in the first
	ReasonNote string

	PerformedAt time.Time // when the patient was examined
	Recorded    Signature // who recorded it and when; a late entry carries both times
	Findings    icans.Findings
	CauseNote   string // the cause that other_cause names; required with it
	Note        string

	Result     icans.Result // grade and flag; the store fills it
	Superseded bool         // a later version replaces it
	// Because is the check whose correction or late entry changed the flag since this
	// one was recorded; empty if none did.
	Because string
}

// Status is the state of one version of a check, a stay or an event.
type Status string

// The statuses. Recorded is the first version, corrected any later one that is
// valid; a check entered on the wrong patient is withdrawn, not deleted.
const (
	Recorded  Status = "recorded"
	Corrected Status = "corrected"
	Withdrawn Status = "withdrawn"
)

// Statuses are the statuses with their words.
var Statuses = []Term{{string(Recorded), "recorded"}, {string(Corrected), "corrected"}, {string(Withdrawn), "withdrawn"}}

// WrongPatient is the reason that a move to another patient records; nothing else
// sets it.
const WrongPatient = "wrong_patient"

// Reasons are the reasons to correct or withdraw a check.
var Reasons = []Term{
	{WrongPatient, "wrong patient"},
	{"wrong_value", "wrong value"},
	{"attribution", "another cause"},
	{"entered_in_error", "entered in error"},
	{"other", "other"},
}

// LateAfter is the time after the examination from which an entry counts as late.
const LateAfter = 2 * time.Hour

// Late reports whether the check was first recorded long after it was performed. A
// correction of a check is no late entry.
func (c *Check) Late() bool {
	return c.Version <= 1 && c.Recorded.At.Sub(c.PerformedAt) > LateAfter
}

// Valid reports whether this version is the one that counts: neither superseded
// nor withdrawn.
func (c *Check) Valid() bool { return !c.Superseded && c.Status != Withdrawn }

// Normal reports whether the check is a normal check: see [icans.Findings.Normal].
func (c *Check) Normal() bool { return c.Valid() && c.Findings.Normal(&c.Result) }

// Unexamined reports whether the check leaves the patient unexamined: see
// [icans.Findings.Unexamined].
func (c *Check) Unexamined() bool { return c.Findings.Unexamined(&c.Result) }

// AtBaseline reports whether the check is at the patient's own baseline.
func (c *Check) AtBaseline() bool { return c.Result.AtBaseline() }

// Floor returns the grade that counts for the schedule, 0 to 4: 0 at the patient's
// own baseline.
func (c *Check) Floor() int {
	if c.AtBaseline() {
		return 0
	}
	return c.Result.Floor
}

// Grade evaluates the findings alone, without earlier checks. A withdrawn check has
// no flag.
func (c *Check) Grade(health icans.FeatureSet) {
	c.Result = icans.Evaluate(&c.Findings, health)
	if c.Status == Withdrawn {
		c.Result.Flag, c.Result.Reasons = icans.FlagNone, 0
	}
}

// Compare orders checks by the time they were performed; of one time the check
// recorded later is the later one.
func (c *Check) Compare(d *Check) int {
	return cmp.Or(c.PerformedAt.Compare(d.PerformedAt), c.Recorded.At.Compare(d.Recorded.At), strings.Compare(c.ID, d.ID))
}

// Same reports whether c and d have the same content, apart from the fields that
// the store fills in.
func (c *Check) Same(d *Check) bool {
	return c.ID == d.ID && c.Version == d.Version && c.PatientID == d.PatientID &&
		c.Status == d.Status && c.Reason == d.Reason && c.ReasonNote == d.ReasonNote &&
		c.PerformedAt.Equal(d.PerformedAt) && c.Recorded.By == d.Recorded.By &&
		c.Findings == d.Findings && c.CauseNote == d.CauseNote && c.Note == d.Note
}

// Clean makes every text that came from outside fit for the record.
func (c *Check) Clean() {
	c.ID = CleanLine(c.ID)
	c.Note = CleanText(c.Note)
	c.CauseNote = CleanLine(c.CauseNote)
	c.ReasonNote = CleanLine(c.ReasonNote)
	c.PerformedAt = Moment(c.PerformedAt)
	c.Recorded.At = Moment(c.Recorded.At)
	c.Recorded.By = CleanLine(c.Recorded.By)
}

const mostNote = 4000

// Problems returns an invalid [*Error] for each field that cannot be recorded. stays
// are those of the patient; now is the time of the save.
func (c *Check) Problems(stays []Stay, now time.Time) []*Error {
	var found problems
	found.add(textField("check_id", c.ID, 64, required))
	if c.Version < 1 {
		found.add(Invalid("version", "counts from 1"))
	}
	found.add(c.StatusProblem())
	found.add(textField("reason_note", c.ReasonNote, 200, optional))
	found.add(textField("recorded_by", c.Recorded.By, 80, required))
	found.add(c.timeProblem(stays, now))
	switch at := c.Recorded.At; {
	case at.IsZero():
		found.add(Invalid("recorded_at", "missing"))
	case at.After(now):
		found.add(Invalid("recorded_at", "is in the future"))
	case at.Before(c.PerformedAt):
		found.add(Invalid("recorded_at", "is before performed_at"))
	}
	for _, problem := range c.Findings.Problems() {
		found.add(fromProblem(problem))
	}
	if c.Findings.OtherCause != 0 && c.CauseNote == "" {
		found.add(Invalid("other_cause_note", "missing: other_cause needs the cause in words"))
	}
	found.add(textField("other_cause_note", c.CauseNote, 200, optional))
	if len(c.Note) > mostNote {
		found.add(Invalid("note", fmt.Sprintf("longer than %d bytes", mostNote)))
	} else if c.Note != CleanText(c.Note) {
		found.add(Invalid("note", "holds a control character"))
	}
	return found
}

// timeProblem returns the reason that the check cannot have been performed at its
// time, or nil.
func (c *Check) timeProblem(stays []Stay, now time.Time) error {
	at := c.PerformedAt
	switch {
	case at.IsZero():
		return Invalid("performed_at", "missing")
	case at.After(now):
		return Invalid("performed_at", "is in the future")
	case len(stays) == 0 || StayAt(stays, at) != nil:
		return nil
	case at.Before(stays[0].AdmittedAt):
		// An admission in the future means that the clock was set back since: a check
		// of now is then no mistake.
		if stays[0].AdmittedAt.After(now) && now.Sub(at) <= LateAfter {
			return nil
		}
		return Invalid("performed_at", "is before the patient's admission, "+whenWords(stays[0].AdmittedAt.In(at.Location())))
	}
	return Invalid("performed_at", "is outside the patient's stays")
}

// StatusProblem returns the reason that version, status and reason do not go
// together, or nil.
func (c *Check) StatusProblem() error {
	switch {
	case c.Version <= 1 && c.Status != Recorded:
		return Invalid("status", "the first version is recorded")
	case c.Version <= 1 && c.Reason != "":
		return Invalid("reason", "the first version has none")
	case c.Version > 1 && c.Status != Corrected && c.Status != Withdrawn:
		return Invalid("status", "a later version is corrected or withdrawn")
	case c.Version > 1:
		return oneOf("reason", c.Reason, Reasons)
	}
	return nil
}

// Elapsed returns a length of time as a person says it: "5 min", "2 h 10 min",
// "3 d 4 h". A negative one counts as 0.
func Elapsed(d time.Duration) string {
	minutes := int(max(d, 0) / time.Minute)
	hours := minutes / 60
	switch {
	case minutes < 60:
		return fmt.Sprintf("%d min", minutes)
	case hours < 24 && minutes%60 == 0:
		return fmt.Sprintf("%d h", hours)
	case hours < 24:
		return fmt.Sprintf("%d h %d min", hours, minutes%60)
	case hours%24 == 0:
		return fmt.Sprintf("%d d", hours/24)
	}
	return fmt.Sprintf("%d d %d h", hours/24, hours%24)
}

// ComputedColumns are the columns of a check that are computed from its findings.
var ComputedColumns = []string{"score", "icans_grade", "grade_low", "grade_high", "drivers", "flag", "flag_reasons"}

// Computed returns one of [ComputedColumns] as the CSV has it.
func (c *Check) Computed(column string) string {
	r := &c.Result
	switch column {
	case "score":
		if n, ok := r.Score.Value(); ok {
			return strconv.Itoa(n)
		}
	case "icans_grade":
		if n, ok := r.Grade(); ok {
			return strconv.Itoa(n)
		}
	case "grade_low":
		return strconv.Itoa(r.Low)
	case "grade_high":
		return strconv.Itoa(r.High)
	case "drivers":
		return string(r.Drivers.AppendCodes(nil))
	case "flag":
		return r.Flag.Code()
	case "flag_reasons":
		return string(r.Reasons.AppendCodes(nil))
	}
	return ""
}
