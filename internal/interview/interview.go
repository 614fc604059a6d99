// Package interview records a neuro check as plain questions, for screen readers, slow
// lines and scripts: each question is a line of text, each answer a line of input. It asks
// the items of the form on the screens in their order, keeps the same draft, and saves by
// the same method of the store; the parts that the two share are in package bedside.
//
// Start with [Run].
package interview

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// DraftChoice decides on an unsaved check of the person who answers.
type DraftChoice int

// The choices. If AskDraft cannot ask, because the answers come from a script, it refuses:
// the answer to one more question would be the first answer of the check.
const (
	AskDraft DraftChoice = iota
	GoOn
	StartNew
)

// Options are the ward, the person, the patient, and the ends of the line.
type Options struct {
	Log     *store.Store
	Site    *ward.Site
	By      string
	Role    ward.Role
	Decides string // the refusal for a person who may not name another cause
	Patient int64
	At      time.Time // of the examination; zero is now
	Request string    // makes the check idempotent; may be empty
	Draft   DraftChoice

	In     io.Reader // an answer a line
	Out    io.Writer // the questions
	Script bool      // the answers come from no terminal: a refused one is named with its line
	Now    func() time.Time
	NewID  func() string
}

// Result is a saved check.
type Result struct {
	store.Saved
	Before  bool         // an earlier run with the same request saved it
	Records []int64      // the records that the save appended
	History ward.History // the patient's record after it
	Words   string       // the check and its consequence in one line
}

// interview is one check that is being asked for.
type interview struct {
	Options
	lines *lines

	history ward.History
	check   ward.Check // its ID, time and comment; the findings are in values
	values  map[string]string
	cause   string
	late    bool // the late signs are asked for on request

	known    map[string]bool
	since    time.Time
	revision int64
	there    *ward.Check // the check that an earlier run with the same request saved
	entered  time.Time   // of the first try to save

	at      string // the column of the selected item, or atSave
	slipped []int  // the lines of a script that were no answer
	changed bool   // a value has changed since the last draft
	kept    bool   // there is a draft
	failing bool   // the last draft could not be kept, which was said
}

// atSave is the place after the last item; the form on the screens calls it the same.
const atSave = "save"

// errEnd is the end of the answers.
var errEnd = errors.New("the answers ended")

// Run asks for a check of a patient and saves it. If the answers end before, it keeps the
// draft and returns an error that says so.
func Run(ctx context.Context, o Options) (Result, error) {
	v := &interview{Options: o, lines: newLines(o.In)}
	defer v.lines.stop()
	if err := v.open(ctx); err != nil {
		return Result{}, err
	}
	result, err := v.ask(ctx)
	switch {
	case errors.Is(err, errEnd):
		return result, v.unsaved()
	case errors.Is(err, context.Canceled) && v.kept:
		v.say("Nothing is recorded. The answers are kept as your draft")
	}
	return result, err
}

// unsaved returns the error of answers that ended before the save.
func (v *interview) unsaved() error {
	e := ward.Unavailable("the answers ended before the save: nothing is recorded")
	e.Code = "not_saved"
	switch {
	case v.failing:
		e.Reason += ", and no draft could be kept"
	case v.kept:
		e.Reason += ". The answers are kept as your draft: the form on the screens goes on with them, and so does neurocheck check with --go-on"
	}
	return e
}

// open reads the record and the draft, and names the patient.
func (v *interview) open(ctx context.Context) error {
	if err := v.read(ctx); err != nil {
		return err
	}
	v.since = v.Now()
	v.known = make(map[string]bool, len(v.history.Checks))
	for i := range v.history.Checks {
		v.known[v.history.Checks[i].ID] = true
	}
	v.check = ward.Check{ID: v.NewID(), Version: 1, PatientID: v.Patient, Status: ward.Recorded, PerformedAt: v.start()}
	v.values = map[string]string{bedside.ToolValue: bedside.ToolCode(v.history.Patient.Tool)}
	v.identify()
	if err := v.takeDraft(ctx); err != nil {
		return err
	}
	if v.Request != "" {
		if err := v.newRequest(ctx); err != nil {
			return err
		}
		v.check.ID = requestCheck(v.Request)
		v.changed = v.kept // so that the draft has the new ID, and goes with the save
	}
	if reason := bedside.TimeRefusal(&v.history, v.check.PerformedAt, v.clock()); reason != "" {
		return ward.Invalid("performed_at", reason+"; --at names another time")
	}
	if !slices.ContainsFunc(v.items(), func(f *icans.Field) bool { return f.Column == v.at }) {
		v.firstOpen()
	}
	return nil
}

// read reads the record anew. A check that an earlier run with the same request saved is
// left out, so that the same answers mean the same.
func (v *interview) read(ctx context.Context) error {
	chart, err := v.Log.Chart(ctx, v.Patient)
	if err != nil {
		return err
	}
	v.history = chart.History
	evaluate := v.history.Memory == (ward.Memory{}) && len(v.history.Checks) > 0
	if v.Request != "" {
		id := requestCheck(v.Request)
		for i := range v.history.Checks {
			if c := v.history.Checks[i]; c.ID == id {
				v.there = &c
				v.history.Checks = append(v.history.Checks[:i:i], v.history.Checks[i+1:]...)
				evaluate = true
				break
			}
		}
	}
	if evaluate {
		v.history.Evaluate(v.Site)
	}
	return nil
}

// start returns the time of the check, unless t changes it.
func (v *interview) start() time.Time {
	switch {
	case !v.At.IsZero():
		return ward.Moment(v.At).UTC()
	case v.there != nil:
		return ward.Moment(v.there.PerformedAt).UTC()
	}
	return ward.Moment(v.Now()).UTC()
}

// requestCheck returns the ID of the check that a request makes.
func requestCheck(request string) string {
	sum := sha256.Sum256([]byte(request))
	return "request-" + hex.EncodeToString(sum[:16])
}

// newRequest returns an error if the ID of the request is none, or is that of another act,
// so that this is known before the answers are given.
func (v *interview) newRequest(ctx context.Context) error {
	if err := store.ValidRequest(v.Request); err != nil {
		return err
	}
	records, err := v.Log.RecordsOf(ctx, v.Request)
	if err == nil && len(records) > 0 && v.there == nil {
		err = store.RequestReused()
	}
	return err
}

// identify names the patient and what is known before the first question.
func (v *interview) identify() {
	p := &v.history.Patient
	v.say("NEURO CHECK of " + v.about())
	line := "day not known"
	if day, known := p.Day(v.Now(), v.Site.Zone); known {
		line = fmt.Sprintf("day %+d", day)
	}
	if p.Product != "" {
		line += ", " + words.Plain(p.Product)
	}
	if n, known := p.Baseline.Value(); known {
		line += fmt.Sprintf(", baseline %s %d", words.ToolName(p.Tool), n)
	}
	if p.Interpreter {
		line += strings.TrimRight(", interpreter needed: "+words.Plain(p.Language), ": ")
	}
	v.say(line)
	if cause := v.clock().NamedCause(&v.history); cause != "" {
		v.say("A clinician named a cause: " + cause)
	}
	for _, d := range bedside.OthersDrafts(&v.history, v.By) {
		v.say(bedside.OpenElsewhere(v.clock(), &d))
	}
	v.say(commandWords)
}

// about returns the identifiers of the patient with the bed.
func (v *interview) about() string {
	text := words.About(&v.history.Patient)
	if stay := v.history.Stay(); stay != nil && stay.Bed != "" {
		text += "   bed " + words.Plain(stay.Bed)
	}
	return text
}

// ask asks the items, and then whether to save, until the check is saved.
func (v *interview) ask(ctx context.Context) (Result, error) {
	for {
		if v.at == atSave {
			result, done, err := v.askSave(ctx)
			if done || err != nil {
				return result, err
			}
			continue
		}
		if err := v.askItem(ctx, icans.FieldOf(v.at)); err != nil {
			return Result{}, err
		}
	}
}

// say writes one line.
func (v *interview) say(text string) { fmt.Fprintln(v.Out, text) }

// prompt asks for one line.
func (v *interview) prompt(ctx context.Context, question string) (string, error) {
	v.say(question)
	if !v.Script {
		fmt.Fprint(v.Out, "> ")
	}
	text, err := v.lines.next(ctx)
	if err != nil && !v.Script {
		v.say("")
	}
	return text, err
}

// wrong says which answers there are. In a script it names the line.
func (v *interview) wrong(text, answers string) {
	where := ""
	if v.Script {
		v.slipped = append(v.slipped, v.lines.number)
		where = fmt.Sprintf("line %d: ", v.lines.number)
	}
	v.say(fmt.Sprintf("%s%s does nothing here; answers: %s", where, quoted(text), answers))
}

// clock returns the present time of the ward.
func (v *interview) clock() words.Clock { return words.Clock{Now: v.Now(), Zone: v.Site.Zone} }

// toSave returns the check as it would be recorded.
func (v *interview) toSave() ward.Check {
	c := v.check
	c.Findings = bedside.FindingsOf(v.Value)
	c.Note = ward.CleanText(c.Note)
	c.CauseNote = ""
	if c.Findings.OtherCause != 0 {
		c.CauseNote = ward.CleanLine(v.cause)
	}
	return c
}

func (v *interview) asksLate() bool { return v.late || bedside.AsksLate(&v.history) }

// The values implement [bedside.Answers].

func (v *interview) Value(column string) string { return v.values[column] }

// Set sets a value.
func (v *interview) Set(column, code string) {
	if v.values[column] != code {
		v.values[column], v.changed = code, true
	}
}

// Cause returns the cause in words.
func (v *interview) Cause() string { return v.cause }

// SetCause sets the cause in words.
func (v *interview) SetCause(text string) {
	if v.cause != text {
		v.cause, v.changed = text, true
	}
}
