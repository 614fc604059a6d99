package check

import (
	"time"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/ward"
)

// examination is the check that a form records or corrects, and the patient's record that
// it is compared with. The form and its dialogs change it.
type examination struct {
	desk     *desk.Desk
	patient  int64
	check    ward.Check  // its ID, time and comment; the findings are those of the sheet
	original *ward.Check // the version that a correction replaces; nil for a new check
	gone     string      // the reason that nothing is left to correct, such as a withdrawal
	sheet    sheet
	dialog   string // the dialog that is open, by the line that opened it
	typed    string // the text of a time that is not read yet

	history ward.History    // the patient's record, as last read
	known   map[string]bool // the checks that it had as the form was opened
	since   time.Time       // when the form was begun
	view    bedside.Preview

	changed bool // something has changed since the last draft
}

// correcting reports whether the check replaces one on record.
func (e *examination) correcting() bool { return e.original != nil }

// take replaces the record and compares with it anew.
func (e *examination) take(chart *ward.Chart) {
	e.history = chart.History
	e.sheet.asksLate, e.sheet.others = bedside.AsksLate(&e.history), len(e.others()) > 0
	e.evaluate()
}

// evaluate computes the results that the form shows, after a change of the answers, the
// time or the record.
func (e *examination) evaluate() {
	e.sheet.before = earlierThan(&e.history, &e.check, e.sheet.tool())
	e.sheet.lay()
	e.view = bedside.PreviewOf(&e.history, e.desk.Site(), e.toSave(), e.desk.User().Name, e.desk.Now())
}

// help returns the text that a large window shows next to a line.
func (e *examination) help(field *icans.Field) string {
	return helpOf(e.desk.Site(), &e.history.Patient, field)
}

// toSave returns the check as it would be recorded.
func (e *examination) toSave() ward.Check {
	c := e.check
	c.Findings = e.sheet.findings()
	c.Note = ward.CleanText(e.check.Note)
	c.CauseNote = ""
	if c.Findings.OtherCause != 0 {
		c.CauseNote = ward.CleanLine(e.sheet.cause)
	}
	return c
}

// resulting returns the check as it would be recorded, with its result.
func (e *examination) resulting() ward.Check {
	c := e.toSave()
	c.Result = e.view.Result
	return c
}

// others returns the unsaved checks of the patient that other people have open.
func (e *examination) others() []ward.Draft {
	if e.correcting() {
		return nil
	}
	return bedside.OthersDrafts(&e.history, e.desk.User().Name)
}

// current returns the version of this check on the record, or nil.
func (e *examination) current() *ward.Check {
	for i := range e.history.Checks {
		if e.history.Checks[i].ID == e.check.ID {
			return &e.history.Checks[i]
		}
	}
	return nil
}

// takenAway returns the check that another person saved from a draft taken over; nil if
// it is not so.
func (e *examination) takenAway() *ward.Check {
	if c := e.current(); c != nil && !e.correcting() && c.Recorded.By != e.desk.User().Name {
		return c
	}
	return nil
}

func (e *examination) isLateEntry() bool {
	return e.desk.Now().Sub(e.check.PerformedAt) > ward.LateAfter
}

// hasLeft reports whether no stay of the patient holds the current time, so that a new
// check is a late one.
func (e *examination) hasLeft() bool {
	return len(e.history.Stays) > 0 && ward.StayAt(e.history.Stays, e.desk.Now()) == nil
}

// beginNew makes the examination a new check of now.
func (e *examination) beginNew(chart *ward.Chart) {
	e.begin(chart)
	e.check = ward.Check{ID: e.desk.NewID(), Version: 1, PatientID: e.patient, Status: ward.Recorded, PerformedAt: ward.Moment(e.desk.Now())}
	e.sheet.Load(map[string]string{bedside.ToolValue: bedside.ToolCode(e.history.Patient.Tool)})
	e.sheet.lay()
}

// beginCorrection fills the examination from the version that counts. It returns the
// reason if there is none to correct.
func (e *examination) beginCorrection(chart *ward.Chart) string {
	c := chart.Current(e.check.ID)
	if reason := goneWords(e.desk, c); reason != "" {
		return reason
	}
	e.begin(chart)
	original := *c
	e.original, e.check, e.sheet.cause = &original, original, original.CauseNote
	e.check.Version++
	e.check.Status = ward.Corrected
	e.check.Recorded, e.check.Reason, e.check.ReasonNote = ward.Signature{}, "", ""
	e.sheet.Load(bedside.ValuesOf(&original.Findings))
	e.sheet.lay()
	return ""
}

func (e *examination) begin(chart *ward.Chart) {
	e.history, e.since = chart.History, e.desk.Now()
	e.known = make(map[string]bool, len(e.history.Checks))
	for i := range e.history.Checks {
		e.known[e.history.Checks[i].ID] = true
	}
}
