package ward

import (
	"fmt"
	"strconv"
	"time"

	"neurocheck/internal/icans"
)

// Check is one version of a neuro check: one bedside examination at one time.
// Nothing is changed or deleted: a correction is a new version.
type Check struct {
	// ID is made by whoever asks for the save, before the first try. Saving the
	// same ID and version twice saves once.
	ID        string
	Version   int // from 1
	PatientID int64

	Status     Status
	Reason     string // why this version was made: a code of Reasons; empty in the first
	ReasonNote string

	PerformedAt time.Time // when the patient was examined
	Recorded    Signature // who recorded it and when; a late entry carries both times
	Findings    icans.Findings
	Note        string

	Result     icans.Result // what the findings mean; the store fills it
	Superseded bool         // a later version stands in its place
	// Because is the check whose correction or late entry has changed the flag
	// since this one was recorded; empty where nothing has.
	Because string
}

// Status says what a version of a check is.
type Status string

// The statuses. Recorded is the first version, corrected any later one that
// stands; a check entered on the wrong patient is withdrawn, not deleted.
const (
	Recorded  Status = "recorded"
	Corrected Status = "corrected"
	Withdrawn Status = "withdrawn"
)

// Statuses are the statuses with their words.
var Statuses = []Term{{string(Recorded), "recorded"}, {string(Corrected), "corrected"}, {string(Withdrawn), "withdrawn"}}

// Reasons are why a check is corrected or withdrawn.
var Reasons = []Term{
	{"wrong_patient", "wrong patient"},
	{"wrong_value", "wrong value"},
	{"entered_in_error", "entered in error"},
	{"other", "other"},
}

// LateAfter is how long after the examination an entry counts as late.
const LateAfter = 2 * time.Hour

// Late reports whether the check was recorded long after it was performed.
func (c *Check) Late() bool { return c.Recorded.At.Sub(c.PerformedAt) > LateAfter }

// Stands reports whether this version is the one that counts: not superseded
// and not withdrawn.
func (c *Check) Stands() bool { return !c.Superseded && c.Status != Withdrawn }

// Evaluate fills Result from the findings. A withdrawn check means nothing any
// more, so it carries no flag.
func (c *Check) Evaluate() {
	c.Result = icans.Evaluate(&c.Findings)
	if c.Status == Withdrawn {
		c.Result.Flag, c.Result.Reasons = icans.FlagNone, 0
	}
}

// Same reports whether c and d say the same, whatever the store gave them.
func (c *Check) Same(d *Check) bool {
	return c.ID == d.ID && c.Version == d.Version && c.PatientID == d.PatientID &&
		c.Status == d.Status && c.Reason == d.Reason && c.ReasonNote == d.ReasonNote &&
		c.PerformedAt.Equal(d.PerformedAt) && c.Recorded.By == d.Recorded.By &&
		c.Findings == d.Findings && c.Note == d.Note
}

// Clean makes every text that came from outside fit for the record.
func (c *Check) Clean() {
	c.ID = CleanLine(c.ID)
	c.Note = CleanText(c.Note)
	c.ReasonNote = CleanLine(c.ReasonNote)
	c.PerformedAt = Moment(c.PerformedAt)
	c.Recorded.At = Moment(c.Recorded.At)
	c.Recorded.By = CleanLine(c.Recorded.By)
}

const mostNote = 4000

// Problems returns an invalid [*Error] for each field that cannot stand. now is
// the time of the save.
func (c *Check) Problems(p *Patient, now time.Time) []*Error {
	var found []*Error
	add := func(err error) {
		if e, ok := err.(*Error); ok && e != nil {
			found = append(found, e)
		}
	}
	add(textField("check_id", c.ID, 64, required))
	if c.Version < 1 {
		add(Invalid("version", "counts from 1"))
	}
	add(c.StatusProblem())
	add(textField("reason_note", c.ReasonNote, 200, optional))
	add(textField("recorded_by", c.Recorded.By, 60, required))
	switch at := c.PerformedAt; {
	case at.IsZero():
		add(Invalid("performed_at", "missing"))
	case at.After(now):
		add(Invalid("performed_at", "lies in the future"))
	case at.Before(p.AdmittedAt) && !(p.AdmittedAt.After(now) && now.Sub(at) <= LateAfter):
		// Where the admission itself lies in the future the clock was set back since:
		// a check of now is then no mistake.
		add(Invalid("performed_at", "lies before the patient's admission"))
	case !p.OnWard() && at.After(p.DischargedAt):
		add(Invalid("performed_at", "lies after the patient's discharge"))
	}
	switch at := c.Recorded.At; {
	case at.IsZero():
		add(Invalid("recorded_at", "missing"))
	case at.After(now):
		add(Invalid("recorded_at", "lies in the future"))
	case at.Before(c.PerformedAt):
		add(Invalid("recorded_at", "lies before performed_at"))
	}
	for _, problem := range c.Findings.Problems() {
		add(fromProblem(problem))
	}
	if len(c.Note) > mostNote {
		add(Invalid("note", fmt.Sprintf("longer than %d bytes", mostNote)))
	} else if c.Note != CleanText(c.Note) {
		add(Invalid("note", "holds a control character"))
	}
	return found
}

// StatusProblem returns why version, status and reason cannot stand together, or
// nil.
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

// Slips returns, in words, what is likely a slip: to be asked about once, and
// then kept as entered. last is the check before it that stands, or nil; now is
// the time of the save.
func (c *Check) Slips(p *Patient, last *Check, now time.Time) []string {
	var slips []string
	x := &c.Findings
	if x.Consciousness == icans.Unarousable && x.Tool == icans.ICE {
		points := 0
		for _, item := range x.ICE {
			if n, ok := item.Value(); ok {
				points += n
			}
		}
		if points > 0 {
			slips = append(slips, fmt.Sprintf("%d points of ICE beside unarousable", points))
		}
	}
	age := p.BirthDate.YearsTo(DateOf(c.PerformedAt))
	switch {
	case x.Tool == icans.CAPD && age >= 18:
		slips = append(slips, fmt.Sprintf("CAPD for an adult of %d years", age))
	case x.Tool == icans.ICE && age < ToolAge:
		slips = append(slips, fmt.Sprintf("ICE for a child of %d years", age))
	}
	if last != nil && last.Findings.Tool == x.Tool {
		before, known := last.Result.Score.Value()
		after, knownNow := icans.Evaluate(x).Score.Value()
		if known && knownNow && max(before-after, after-before) >= 4 {
			slips = append(slips, fmt.Sprintf("%s %d, and %d at the last check", icans.FieldOf("tool").Words(x), after, before))
		}
	}
	if ago := now.Sub(c.PerformedAt); ago > LateAfter {
		slips = append(slips, fmt.Sprintf("performed %s ago", Elapsed(ago)))
	}
	return slips
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

// ComputedColumns are the columns of a check that follow from its findings.
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
